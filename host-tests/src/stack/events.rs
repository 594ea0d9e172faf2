//! Follows the file to which the user service appends each event it has accepted.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

pub struct Events {
    file: PathBuf,
    read: u64,
}

impl Events {
    pub fn of(file: &Path) -> Result<Events> {
        let mut events = Events { file: file.to_owned(), read: 0 };
        events.new_ones()?;
        Ok(events)
    }

    /// The whole lines that came since the last call.
    pub fn new_ones(&mut self) -> Result<Vec<Value>> {
        let text = self.rest()?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += whole as u64;
        text[..whole].lines().map(parse).collect()
    }

    fn rest(&self) -> Result<String> {
        let mut text = String::new();
        if self.file.exists() {
            let mut file = File::open(&self.file)?;
            file.seek(SeekFrom::Start(self.read))?;
            file.read_to_string(&mut text)?;
        }
        Ok(text)
    }
}

fn parse(line: &str) -> Result<Value> {
    serde_json::from_str(line).with_context(|| format!("not an event: {line}"))
}

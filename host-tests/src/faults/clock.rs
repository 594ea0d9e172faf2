//! A wall clock that jumps: a small library between Envoy and the C library, which adds what a file says. It is made
//! here with the C compiler that Rust needs anyway.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

const HOUR: i64 = 3_600;
const YEAR: i64 = 31_557_600;
/// An hour on, one back, ten years on, the last second before 2038-01-19 (from November 2026, within a month), five
/// minutes back.
const JUMPS: [i64; 5] = [HOUR, -HOUR, 10 * YEAR, 352_900_000, -300];

const SOURCE: &str = include_str!("clock.c");

pub(super) struct Clock {
    library: PathBuf,
    offset: PathBuf,
    file: File,
}

impl Clock {
    pub(super) fn new(dir: &Path) -> Result<Clock> {
        let (source, library, offset) = (dir.join("clock.c"), dir.join("clock.so"), dir.join("offset"));
        std::fs::write(&source, SOURCE)?;
        let mut command = Command::new("cc");
        command.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).arg("-ldl");
        ensure!(command.status().context("no C compiler")?.success(), "the clock does not compile");
        let mut file = File::options().create(true).truncate(true).read(true).write(true).open(&offset)?;
        file.write_all(&0_i64.to_ne_bytes())?;
        Ok(Clock { library, offset, file })
    }

    pub(super) fn surroundings(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        vec![("LD_PRELOAD".into(), text(&self.library)), ("USHER_CLOCK_OFFSET".into(), text(&self.offset))]
    }

    pub(super) fn jump(&mut self, time: usize) -> Result<()> {
        Ok(self.file.write_all_at(&JUMPS[time % JUMPS.len()].to_ne_bytes(), 0)?)
    }

    /// The access log must have seen another decade: else the library was not heard.
    pub(super) fn confirm(&mut self, dir: &Path) -> Result<()> {
        self.file.write_all_at(&0_i64.to_ne_bytes(), 0)?;
        let log = std::fs::read_to_string(dir.join("access.log"))?;
        ensure!(log.contains("\"time\":\"2036-") || log.contains("\"time\":\"2037-"), "the clock did not jump");
        Ok(())
    }
}

//! What both sides of Usher wrote down. The verdict is found in nothing else.
//!
//! The service writes a line to a file before it answers, so that its own death loses none. An operation is known by a
//! marker that stands in the body of the request, as `externalId`, and from there in every event.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One call that the service heard, and what it did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// In the query of the call.
    pub directory: String,
    pub heard: Heard,
    pub status: u16,
    /// Whether the answer was to be complete; otherwise it was cut, or never begun.
    pub whole: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Heard {
    /// A delivery.
    Delivery {
        /// The idempotency key.
        key: String,
        events: Vec<Noted>,
        outcome: Taken,
    },
    /// A read that showed the outcome of these operations.
    Read(Vec<String>),
}

/// What the service did with a delivery, whatever it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Taken {
    /// It is stored.
    Stored,
    /// It was stored before, under the same ids.
    Repeated,
    /// Its `if-match` was old.
    Stale,
    /// It is not stored.
    No,
}

/// One event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Noted {
    pub id: String,
    /// `user.created`, ...
    pub name: String,
    /// What the event says of itself.
    pub directory: String,
    pub data: Value,
}

impl Noted {
    pub fn of(event: &Value) -> Noted {
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        Noted { id: text("id"), name: text("event"), directory: text("directory_id"), data: event["data"].clone() }
    }

    /// The marker of the operation. A deletion carries none of its own: it is known by whom it deletes.
    pub fn operation(&self) -> String {
        let record = if self.data["group"].is_object() { &self.data["group"] } else { &self.data };
        let marker = record["raw"]["externalId"].as_str().unwrap_or("none");
        if self.name.ends_with(".deleted") { deletion_of(marker) } else { marker.to_owned() }
    }

    /// The id of the record that it is about.
    pub fn subject(&self) -> &str {
        let record = if self.data["group"].is_object() { &self.data["group"] } else { &self.data };
        record["id"].as_str().unwrap_or_default()
    }
}

/// What the deletion of what this operation made is known by.
pub fn deletion_of(marker: &str) -> String {
    format!("{marker}-deleted")
}

/// The service's ledger.
pub struct Ledger(File);

impl Ledger {
    pub fn append_to(file: &Path) -> Result<Ledger> {
        let opened = File::options().create(true).append(true).open(file);
        opened.map(Ledger).with_context(|| format!("cannot write {}", file.display()))
    }

    /// In one call of the system, so that a death of this process finds it written or not begun.
    pub fn write(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        Ok(self.0.write_all(&text)?)
    }

    pub fn read(file: &Path) -> Result<Vec<Line>> {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        text.lines().map(|line| serde_json::from_str(line).context("a line of the ledger")).collect()
    }
}

/// What a client did and heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub marker: String,
    pub directory: &'static str,
    /// Whether it makes something: then each attempt has a new id.
    pub creates: bool,
    pub ending: Ending,
    pub attempts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A complete 2xx, or, after attempts without an answer, a 409 and a look-up that found what it made.
    Done,
    /// After attempts without an answer, a deletion heard that there is nobody any more.
    Gone,
    /// A complete answer that no provider should get.
    Refused(u16),
    /// None in time.
    None,
}

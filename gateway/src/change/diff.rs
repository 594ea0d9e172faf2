//! What changed between two states of a resource, as paths in SCIM notation.
//!
//! Applying the changes to the old state as PATCH operations gives the new one; a property test says so.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use usher_json::Object;

use crate::schema::ResourceType;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What happened to the path.
    pub op: ChangeOp,
    /// `active`, `name.givenName`, `urn:...:User:department`.
    pub path: String,
    /// The value now.
    pub value: Option<Value>,
    /// The value before.
    pub previous: Option<Value>,
}

/// The word of PATCH for a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOp {
    /// It was not there.
    Add,
    /// It had another value.
    Replace,
    /// It is gone.
    Remove,
}

impl ChangeOp {
    /// As PATCH has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }
}

/// Write differences as a JSON array.
pub fn write_changes(out: &mut Vec<u8>, changes: &[Change]) {
    out.push(b'[');
    for (i, change) in changes.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let mut object = Object::new(out);
        object.text("op", change.op.word());
        object.text("path", &change.path);
        for (name, value) in [("value", &change.value), ("previous", &change.previous)] {
            if let Some(value) = value {
                object.value(name, value);
            }
        }
        object.end();
    }
    out.push(b']');
}

/// Bookkeeping, and membership, which has events of its own.
const NOT_COMPARED: [&str; 5] = ["id", "meta", "schemas", "members", "groups"];

/// The differences, in the order of their paths; none when nothing changed.
pub fn changes(resource_type: &ResourceType, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut found = Vec::new();
    for name in names(before, after).filter(|name| !NOT_COMPARED.contains(name)) {
        let (old, new) = (before.get(name), after.get(name));
        if resource_type.extension(name).is_some() {
            compare_parts(&format!("{name}:"), old, new, &mut |path, o, n| compare(path, o, n, &mut found));
        } else {
            compare(name.to_owned(), old, new, &mut found);
        }
    }
    found
}

fn compare(path: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    match (old, new) {
        (old, new) if old == new => {}
        // Always by part, also when all of it is new: consumers look for `name.givenName` and nothing else.
        (Some(Value::Object(_)), None | Some(Value::Object(_))) | (None, Some(Value::Object(_))) => {
            let prefix = format!("{path}.");
            compare_parts(&prefix, old, new, &mut |path, o, n| found.extend(change(path, o, n)));
        }
        (old, new) => found.extend(change(path, old, new)),
    }
}

/// Told of each part's path, its old and its new value.
type Each<'e> = dyn FnMut(String, Option<&Value>, Option<&Value>) + 'e;

fn compare_parts(prefix: &str, old: Option<&Value>, new: Option<&Value>, each: &mut Each<'_>) {
    let empty = Map::new();
    let old = old.and_then(Value::as_object).unwrap_or(&empty);
    let new = new.and_then(Value::as_object).unwrap_or(&empty);
    for name in names(old, new) {
        each(format!("{prefix}{name}"), old.get(name), new.get(name));
    }
}

fn change(path: String, old: Option<&Value>, new: Option<&Value>) -> Option<Change> {
    let op = match (old, new) {
        (old, new) if old == new => return None,
        (None, _) => ChangeOp::Add,
        (_, None) => ChangeOp::Remove,
        _ => ChangeOp::Replace,
    };
    Some(Change { op, path, value: new.cloned(), previous: old.cloned() })
}

fn names<'m>(before: &'m Map<String, Value>, after: &'m Map<String, Value>) -> impl Iterator<Item = &'m str> {
    let all: BTreeSet<&str> = before.keys().chain(after.keys()).map(String::as_str).collect();
    all.into_iter()
}

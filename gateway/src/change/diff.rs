//! What changed between two states of a resource, as paths in SCIM notation.
//!
//! Applying the changes to the old state as PATCH operations gives the new one; a property test says so.

use std::cmp::Ordering;
use std::iter;

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
    for (name, old, new) in differing(before, after, &NOT_COMPARED) {
        if resource_type.extension(name).is_some() {
            let none = Map::new();
            for (part, old, new) in differing(parts(old, &none), parts(new, &none), &[]) {
                compare(format!("{name}:{part}"), old, new, &mut found);
            }
        } else {
            compare(name.to_owned(), old, new, &mut found);
        }
    }
    found
}

fn compare(path: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    match (old, new) {
        // Always by part, also when all of it is new: consumers look for `name.givenName` and nothing else.
        (Some(Value::Object(_)), None | Some(Value::Object(_))) | (None, Some(Value::Object(_))) => {
            let none = Map::new();
            for (part, old, new) in differing(parts(old, &none), parts(new, &none), &[]) {
                found.push(change(format!("{path}.{part}"), old, new));
            }
        }
        (old, new) => found.push(change(path, old, new)),
    }
}

fn parts<'v>(value: Option<&'v Value>, none: &'v Map<String, Value>) -> &'v Map<String, Value> {
    value.and_then(Value::as_object).unwrap_or(none)
}

fn change(path: String, old: Option<&Value>, new: Option<&Value>) -> Change {
    let op = match (old, new) {
        (None, _) => ChangeOp::Add,
        (_, None) => ChangeOp::Remove,
        _ => ChangeOp::Replace,
    };
    Change { op, path, value: new.cloned(), previous: old.cloned() }
}

/// What stands under each name that has not the same value in both; under some nobody looks.
fn differing<'m>(
    before: &'m Map<String, Value>,
    after: &'m Map<String, Value>,
    unseen: &[&str],
) -> impl Iterator<Item = (&'m str, Option<&'m Value>, Option<&'m Value>)> {
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    let both = iter::from_fn(move || {
        let order = match (before.peek(), after.peek()) {
            (Some((old, _)), Some((new, _))) => old.cmp(new),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        let name = old.or(new)?.0.as_str();
        Some((name, old.map(|(_, value)| value), new.map(|(_, value)| value)))
    });
    both.filter(|(name, old, new)| !unseen.contains(name) && old != new)
}

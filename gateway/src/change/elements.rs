//! The values of a multi-valued attribute: which are the same, which is primary (RFC 7643 section 2.4).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::error::{ErrorKind, ScimError};
use crate::schema::Attribute;

/// The list under this name; empty when there is none.
pub(super) fn list(object: &mut Map<String, Value>, attribute: &Attribute) -> Vec<Value> {
    match object.remove(&attribute.name) {
        Some(Value::Array(items)) => items,
        Some(single) => vec![single],
        None => Vec::new(),
    }
}

/// Put the list back; an empty one is unassigned.
pub(super) fn put_list(object: &mut Map<String, Value>, attribute: &Attribute, mut items: Vec<Value>) {
    items.retain(|item| item.as_object().is_none_or(|o| !o.is_empty()));
    if !items.is_empty() {
        object.insert(attribute.name.clone(), Value::Array(items));
    }
}

/// What makes two values the same: the id for members, `value` and `type` for e-mails and the like, else all of it.
pub(super) fn identity(attribute: &Attribute, item: &Value) -> String {
    let Some(value) = item.get("value") else { return item.to_string() };
    let is_reference = attribute.sub("$ref").is_some();
    match item.get("type") {
        Some(kind) if !is_reference => format!("{value}\u{1f}{kind}"),
        _ => value.to_string(),
    }
}

/// The values of a list by what makes them the same: their `value`, or all of them where there is none.
pub(super) struct Index {
    is_reference: bool,
    places: BTreeMap<String, Vec<usize>>,
}

impl Index {
    pub(super) fn new(attribute: &Attribute, items: &[Value]) -> Self {
        let mut index = Self { is_reference: attribute.sub("$ref").is_some(), places: BTreeMap::new() };
        items.iter().enumerate().for_each(|(i, item)| index.add(item, i));
        index
    }

    pub(super) fn add(&mut self, item: &Value, place: usize) {
        self.places.entry(key(item)).or_default().push(place);
    }

    /// Where this value is already. The same address can stand there for work and for home; one without a type is
    /// any of them.
    pub(super) fn find(&self, items: &[Value], item: &Value) -> Option<usize> {
        let mut places = self.places.get(&key(item))?.iter().copied();
        places.find(|i| self.is_reference || items.get(*i).is_some_and(|there| same_type(there, item)))
    }
}

fn key(item: &Value) -> String {
    item.get("value").unwrap_or(item).to_string()
}

fn same_type(one: &Value, other: &Value) -> bool {
    match (one.get("type").and_then(Value::as_str), other.get("type").and_then(Value::as_str)) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => true,
    }
}

/// Each value once, the first of equal ones; one pass, so that ten thousand members cost ten thousand steps.
pub(super) fn dedup(attribute: &Attribute, items: &mut Vec<Value>) {
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(identity(attribute, item)));
}

/// The position of the value that is primary.
pub(super) fn primary(items: &[Value]) -> Option<usize> {
    items.iter().position(is_primary)
}

/// A value made primary takes that from the one that was (RFC 7644 section 3.5.2).
pub(super) fn settle_primary(items: &mut [Value], was: Option<usize>) -> Result<(), ScimError> {
    let primaries: Vec<usize> = (0..items.len()).filter(|i| items.get(*i).is_some_and(is_primary)).collect();
    if primaries.len() < 2 {
        return Ok(());
    }
    let settled = was.and_then(|i| items.get_mut(i)).and_then(Value::as_object_mut);
    if primaries.len() > 2 || settled.is_none() {
        return Err(ScimError::new(ErrorKind::InvalidValue, "more than one value is primary"));
    }
    settled.map(|element| element.insert("primary".into(), false.into()));
    Ok(())
}

fn is_primary(item: &Value) -> bool {
    item.get("primary") == Some(&Value::Bool(true))
}

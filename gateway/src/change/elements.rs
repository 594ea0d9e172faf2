//! The values of a multi-valued attribute: which are the same, which is primary (RFC 7643 section 2.4).

use std::collections::BTreeSet;

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

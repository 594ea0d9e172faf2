//! Which values of a multi-valued attribute are the same.
//!
//! RFC 7643 section 2.4 does not want one type and value returned twice, so no list that is written holds it twice.

use std::collections::BTreeSet;

use serde_json::Value;

use super::attribute::Attribute;
use super::coerce::is_reference;

/// What makes two values the same: the id for members, `value` and `type` for e-mails and the like, else all of it.
/// Being primary is not part of what a value is.
pub fn identity(attribute: &Attribute, item: &Value) -> String {
    let kind = item.get("type").and_then(Value::as_str).filter(|_| !is_reference(attribute));
    match (item, item.get("value"), kind) {
        (_, Some(value), Some(kind)) => format!("{}\u{1f}{}", text(value), kind.to_ascii_lowercase()),
        (_, Some(value), None) => text(value),
        (Value::Object(parts), ..) if parts.contains_key("primary") => {
            let mut parts = parts.clone();
            parts.remove("primary");
            text(&Value::Object(parts))
        }
        (item, ..) => text(item),
    }
}

/// Not by its `Display`, which is a writer of its own, and slower.
fn text(value: &Value) -> String {
    String::from_utf8(usher_json::write(value)).unwrap_or_default()
}

/// Each value once, the first of equal ones; one pass, so that ten thousand members cost ten thousand steps.
pub fn dedup(attribute: &Attribute, items: &mut Vec<Value>) {
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(identity(attribute, item)));
}

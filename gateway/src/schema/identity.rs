//! Which values of a multi-valued attribute are the same.
//!
//! RFC 7643 section 2.4 does not want one type and value returned twice, so no list that is written holds it twice.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::attribute::Attribute;
use super::coerce::is_reference;
use crate::message::written;

/// Up to here each value is compared with the others, which takes no memory.
const FEW: usize = 8;

/// What makes two values the same: the id for members, `value` and `type` for e-mails and the like, else all of it.
/// Being primary is not part of what a value is.
pub fn identity(attribute: &Attribute, item: &Value) -> String {
    match (item, parts_of(attribute, item)) {
        (_, Some((value, Some(kind)))) => [&written(value), "\u{1f}", &kind.to_ascii_lowercase()].concat(),
        (_, Some((value, None))) => written(value),
        (Value::Object(parts), None) if parts.contains_key("primary") => {
            let mut parts = parts.clone();
            parts.remove("primary");
            written(&Value::Object(parts))
        }
        (item, None) => written(item),
    }
}

/// Whether two values have one identity.
fn same(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    match (parts_of(attribute, a), parts_of(attribute, b)) {
        (Some((a, Some(kind))), Some((b, Some(other)))) => a == b && kind.eq_ignore_ascii_case(other),
        (Some((a, None)), Some((b, None))) => a == b,
        (None, None) => match (a, b) {
            (Value::Object(a), Value::Object(b)) => unmarked(a).eq(unmarked(b)),
            (a, b) => a == b,
        },
        _ => false,
    }
}

/// Its `value`, and its `type` where that tells it from others.
fn parts_of<'v>(attribute: &Attribute, item: &'v Value) -> Option<(&'v Value, Option<&'v str>)> {
    let value = item.get("value")?;
    let kind = item.get("type").and_then(Value::as_str).filter(|_| !is_reference(attribute));
    Some((value, kind))
}

fn unmarked(parts: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    parts.iter().filter(|(name, _)| *name != "primary")
}

/// Each value once, the first of equal ones. Of many in one pass, so that ten thousand members cost ten thousand steps.
pub fn dedup(attribute: &Attribute, items: &mut Vec<Value>) {
    if items.len() <= FEW {
        return dedup_few(attribute, items);
    }
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(identity(attribute, item)));
}

fn dedup_few(attribute: &Attribute, items: &mut Vec<Value>) {
    let mut at = 1;
    while let Some((item, earlier)) = items.get(..=at).and_then(<[Value]>::split_last) {
        if earlier.iter().any(|other| same(attribute, other, item)) {
            items.remove(at);
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn few_are_told_apart_as_many_are() {
        let attribute = |parts: Value| -> Attribute {
            crate::message::typed(&json!({"name": "x", "type": "complex", "multiValued": true, "subAttributes": parts}))
                .unwrap()
        };
        let emails = attribute(json!([{"name": "value"}, {"name": "type"}, {"name": "primary", "type": "boolean"}]));
        let members = attribute(json!([{"name": "value"}, {"name": "$ref", "type": "reference"}]));
        let values = [
            json!({"value": "a"}),
            json!({"value": "a", "primary": true}),
            json!({"value": "a", "type": "Work"}),
            json!({"value": "a", "type": "work", "primary": true}),
            json!({"value": "b", "type": "work"}),
            json!({"value": 1}),
            json!({"value": {"value": "a"}}),
            json!({"type": "work", "formatted": "a"}),
            json!({"type": "work", "formatted": "a", "primary": false}),
            json!({"type": "Work", "formatted": "a"}),
            json!({}),
            json!({"primary": true}),
        ];
        let plain = [json!("a"), json!("b"), json!(1), json!(true), json!("A")];
        for (attribute, values) in [(&emails, &values[..]), (&members, &values[..]), (&emails, &plain[..])] {
            for a in values {
                for b in values {
                    let equal = identity(attribute, a) == identity(attribute, b);
                    assert_eq!(same(attribute, a, b), equal, "{a} {b}");
                }
            }
            let mut few: Vec<Value> = values.iter().take(FEW).cloned().collect();
            let mut many = [values, values, values].concat();
            dedup(attribute, &mut few);
            dedup(attribute, &mut many);
            many.truncate(few.len());
            assert_eq!(few, many);
        }
    }
}

//! Compares what was expected with what came, and says each difference in words.

use serde_json::{Map, Value};

/// Nothing when `actual` holds all of `expected`.
///
/// * An object may hold more fields than expected; an array may not hold more items.
/// * An expected `"*"` is met by any value that is not empty.
/// * An expected `null` is met by a field that is null or not there.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, actual, &mut found);
    found
}

fn compare(place: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => compare_fields(place, expected, actual, found),
        (Value::Array(expected), Value::Array(actual)) => compare_items(place, expected, actual, found),
        (Value::String(any), _) if any == "*" => {
            if is_empty(actual) {
                found.push(format!("{}expected something, got {actual}", prefix(place)));
            }
        }
        _ if expected == actual => {}
        _ => found.push(format!("{}expected {expected}, got {actual}", prefix(place))),
    }
}

fn compare_fields(place: &str, expected: &Map<String, Value>, actual: &Map<String, Value>, found: &mut Vec<String>) {
    for (name, expected) in expected {
        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        match actual.get(name) {
            Some(actual) => compare(&place, expected, actual, found),
            None if expected.is_null() => {}
            None => found.push(format!("{place}: expected {expected}, but it is not there")),
        }
    }
}

fn compare_items(place: &str, expected: &[Value], actual: &[Value], found: &mut Vec<String>) {
    if expected.len() != actual.len() {
        let all = Value::from(actual);
        found.push(format!("{}expected {} items, got {}: {all}", prefix(place), expected.len(), actual.len()));
        return;
    }
    for (number, (expected, actual)) in expected.iter().zip(actual).enumerate() {
        compare(&format!("{place}[{number}]"), expected, actual, found);
    }
}

fn prefix(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn more_than_expected_is_fine() {
        let actual = json!({"id": "1", "name": {"givenName": "Ada", "familyName": "L"}, "emails": [{"value": "a@b"}]});
        assert!(differences(&json!({"id": "*", "name": {"givenName": "Ada"}, "title": null}), &actual).is_empty());
    }

    #[test]
    fn each_difference_says_where_it_is() {
        let expected = json!({"active": true, "id": "*", "emails": [{"value": "a@b"}], "title": null, "x": 1});
        let actual = json!({"active": false, "id": "", "emails": [{"value": "c@d"}], "title": "T"});
        assert_eq!(
            differences(&expected, &actual),
            [
                "active: expected true, got false",
                r#"emails[0].value: expected "a@b", got "c@d""#,
                r#"id: expected something, got """#,
                r#"title: expected null, got "T""#,
                "x: expected 1, but it is not there",
            ]
        );
    }

    #[test]
    fn an_array_may_not_hold_more() {
        assert_eq!(differences(&json!([]), &json!([1])), ["expected 0 items, got 1: [1]"]);
    }
}

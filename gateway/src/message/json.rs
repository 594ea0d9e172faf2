//! JSON text into a value, with every limit charged while reading (RFC 7643 section 2.1: names ignore case).
//!
//! Two keys of one object that differ only in case are one attribute twice, so they are refused:
//! a reader that took the first and a reader that took the last would see two different requests.

use serde_json::{Map, Value};
use usher_json::Bounds;

use crate::error::{ErrorKind, ScimError};
use crate::limits::Limits;

/// Parse one JSON document that must be an object.
pub fn parse_object(text: &[u8], limits: &Limits) -> Result<Map<String, Value>, ScimError> {
    match parse(text, limits)? {
        Value::Object(map) => Ok(map),
        other => Err(syntax(format!("expected a JSON object, found {}", kind_of(&other)))),
    }
}

/// Parse one JSON document.
pub fn parse(text: &[u8], limits: &Limits) -> Result<Value, ScimError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(syntax("the body is empty, expected a JSON object".into()));
    }
    read(text, limits).map_err(|e| syntax(format!("the body is not valid JSON: {e}")))
}

/// Read one JSON document, wherever it comes from.
pub fn read(text: &[u8], limits: &Limits) -> serde_json::Result<Value> {
    usher_json::read(text, Bounds { depth: limits.json_depth, items: limits.json_items, keys: limits.json_keys })
}

/// A value as JSON. Not by its `Display`, which is a writer of its own, and slower.
pub fn written(value: &Value) -> String {
    String::from_utf8(usher_json::write(value)).unwrap_or_default()
}

/// The JSON name of a value's type, for messages.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn syntax(reason: String) -> ScimError {
    ScimError::new(ErrorKind::InvalidSyntax, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        parse(text.as_bytes(), &Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn keys_come_out_sorted_so_that_hashes_agree() {
        let value = parse(br#"{"b":1,"a":{"d":1,"c":2}}"#, &Limits::default()).unwrap();
        assert_eq!(value.to_string(), r#"{"a":{"c":2,"d":1},"b":1}"#);
    }

    #[test]
    fn one_attribute_twice_is_refused() {
        assert!(reason(r#"{"userName":"a","username":"b"}"#).contains("`username` occurs twice"));
    }

    #[test]
    fn depth_and_items_are_charged_while_reading() {
        assert!(reason(&"[".repeat(100_000)).contains("nested too deeply"));
        let many = format!("[{}1]", "1,".repeat(100_000));
        assert!(reason(&many).contains("too many keys and elements"));
    }

    #[test]
    fn rubbish_says_where() {
        assert!(reason("{\"a\": tru}").contains("line 1 column"));
        assert!(reason("{} xyz").contains("trailing characters"));
        assert!(reason(" \r\n").contains("empty"));
    }
}

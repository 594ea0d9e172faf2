//! JSON text into a value, with every limit charged while reading (RFC 7643 section 2.1: names ignore case).
//!
//! Two keys of one object that differ only in case are one attribute twice, so they are refused:
//! a reader that took the first and a reader that took the last would see two different requests.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

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
    let budget = Budget { items: Cell::new(limits.json_items), keys: limits.json_keys };
    let text = str::from_utf8(text).map_err(serde_json::Error::custom)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Bounded { budget: &budget, depth: limits.json_depth }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Read JSON that needs no limits: the service's, or our own. All that is read is a `str` first, since serde_json has
/// one reader for text and a second one for bytes.
pub fn from_json<'t, T: Deserialize<'t>>(text: &'t [u8]) -> Option<T> {
    serde_json::from_str(str::from_utf8(text).ok()?).ok()
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

struct Budget {
    items: Cell<usize>,
    keys: usize,
}

impl Budget {
    fn charge<E: serde::de::Error>(&self) -> Result<(), E> {
        let left = self.items.get().checked_sub(1).ok_or_else(|| E::custom("too many keys and elements"))?;
        self.items.set(left);
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Bounded<'b> {
    budget: &'b Budget,
    depth: usize,
}

impl Bounded<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            self.budget.charge()?;
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        let mut seen = BTreeSet::new();
        while let Some(key) = access.next_key::<String>()? {
            self.budget.charge()?;
            if seen.len() >= self.budget.keys {
                return Err(A::Error::custom("too many keys in one object"));
            }
            if !seen.insert(key.to_ascii_lowercase()) {
                return Err(A::Error::custom(format_args!("the key `{key}` occurs twice (names ignore case)")));
            }
            map.insert(key, access.next_value_seed(inner)?);
        }
        Ok(Value::Object(map))
    }
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

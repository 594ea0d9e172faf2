//! How a value looks in SCIM and in the service's JSON. Each form can be turned around.

use serde_json::{Map, Number, Value, json};

use crate::message::written;
use crate::schema::Kind;

/// The two looks of one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// The same in both.
    Same,
    /// One of these pairs: SCIM's and the service's. No two have the same service's.
    OneOf(Vec<(Value, Value)>),
    /// Text in SCIM, a number in the service.
    Number,
    /// A list of objects in SCIM, in the service a list of what they have under this name.
    Each(String),
}

impl Form {
    /// From the service's value to SCIM's; nothing when it has none.
    pub fn read(&self, value: &Value, kind: Kind) -> Option<Value> {
        match (self, value) {
            (Self::Same, Value::Number(number)) if matches!(kind, Kind::String | Kind::Reference) => {
                Some(number.to_string().into())
            }
            (Self::Same, value) => Some(value.clone()),
            (Self::OneOf(pairs), value) => pairs.iter().find(|(_, ours)| ours == value).map(|(scim, _)| scim.clone()),
            (Self::Number, Value::Number(number)) => Some(number.to_string().into()),
            (Self::Number, _) => None,
            (Self::Each(name), Value::Array(items)) => Some(items.iter().map(|item| json!({name: item})).collect()),
            (Self::Each(_), _) => None,
        }
    }

    /// From SCIM's value to the service's.
    ///
    /// # Errors
    /// What the value would have to be.
    pub fn write(&self, value: &Value) -> Result<Value, String> {
        match self {
            Self::Same => Ok(value.clone()),
            Self::OneOf(pairs) => {
                let found = pairs.iter().find(|(scim, _)| same(scim, value)).map(|(_, ours)| ours.clone());
                found.ok_or_else(|| format!("expected one of {}", list(pairs)))
            }
            Self::Number => number(value).ok_or_else(|| "expected a number in digits".to_owned()),
            Self::Each(name) => {
                let items = value.as_array().into_iter().flatten();
                Ok(items.filter_map(|item| item.as_object().and_then(|o: &Map<_, _>| o.get(name)).cloned()).collect())
            }
        }
    }
}

/// Words of SCIM ignore letter case unless the schema says otherwise, and for a choice of words nobody does.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}

/// Digits that are read as the same digits: neither `007` nor more of them than a number holds.
fn number(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    let number: Number = text.parse::<i64>().ok()?.into();
    (number.to_string() == text).then_some(Value::Number(number))
}

fn list(pairs: &[(Value, Value)]) -> String {
    pairs.iter().map(|(scim, _)| written(scim)).collect::<Vec<_>>().join(", ")
}

//! A filter that knows what its names mean: evaluation cannot fail.
//!
//! A value is found by walking steps (`emails`, `value`) through objects; lists on the way fan out, so a
//! multi-valued attribute matches when any of its values does.

use serde_json::{Map, Value};

use super::Operator;
use super::compare::{Comparand, compare};
use crate::message::object_of;

/// A filter bound to a resource type, or to one complex attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// At least one holds.
    Any(Vec<Predicate>),
    /// Every one holds.
    All(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// What is found at the end of these steps; no steps lead nowhere: an attribute nobody knows has no value.
    At(Vec<String>, Test),
    /// One element of the list at the end of these steps satisfies all of it.
    Element(Vec<String>, Box<Predicate>),
}

/// What is asked of the values found.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// There is one.
    Present,
    /// There is none (`eq null`).
    Absent,
    /// One compares so.
    Compare(Operator, Comparand),
}

impl Predicate {
    /// Whether this resource, or this element of a list, matches.
    pub fn matches(&self, object: &Map<String, Value>) -> bool {
        match self {
            Self::Any(terms) => terms.iter().any(|t| t.matches(object)),
            Self::All(terms) => terms.iter().all(|t| t.matches(object)),
            Self::Not(inner) => !inner.matches(object),
            Self::At(steps, test) => test.holds(object, steps),
            Self::Element(steps, inner) => any_in(object, steps, &mut |element| inner.matches_element(element)),
        }
    }

    /// Whether this element of a list matches; a plain value is its own `value`.
    pub fn matches_element(&self, element: &Value) -> bool {
        match element {
            Value::Object(object) => self.matches(object),
            plain => self.matches(&object_of([("value", plain.clone())])),
        }
    }

    /// Whether it looks at this top-level attribute.
    pub fn mentions(&self, name: &str) -> bool {
        match self {
            Self::Any(terms) | Self::All(terms) => terms.iter().any(|t| t.mentions(name)),
            Self::Not(inner) => inner.mentions(name),
            Self::At(steps, _) | Self::Element(steps, _) => steps.first().is_some_and(|step| step == name),
        }
    }

    /// The value that what is found at these steps must equal, if that is a condition for matching at all.
    pub fn must_equal(&self, wanted: &[&str]) -> Option<&Comparand> {
        match self {
            Self::At(steps, Test::Compare(Operator::Equal, value)) if steps == wanted => Some(value),
            Self::All(terms) => terms.iter().find_map(|t| t.must_equal(wanted)),
            Self::Element(steps, inner) => {
                inner.must_equal(wanted.strip_prefix(steps.iter().map(String::as_str).collect::<Vec<_>>().as_slice())?)
            }
            _ => None,
        }
    }
}

impl Test {
    fn holds(&self, object: &Map<String, Value>, steps: &[String]) -> bool {
        match self {
            Self::Present => any_in(object, steps, &mut is_present),
            Self::Absent => !any_in(object, steps, &mut is_present),
            // A missing attribute is not equal to anything (RFC 7644 table 3).
            Self::Compare(Operator::NotEqual, value) => {
                let differs = any_in(object, steps, &mut |v| compare(Operator::NotEqual, v, value));
                differs || !any_in(object, steps, &mut is_present)
            }
            Self::Compare(op, value) => any_in(object, steps, &mut |v| compare(*op, v, value)),
        }
    }
}

fn any_in(object: &Map<String, Value>, steps: &[String], test: &mut dyn FnMut(&Value) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else { return false };
    object.get(step).is_some_and(|value| any(value, rest, test))
}

fn any(value: &Value, steps: &[String], test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any(item, steps, test)),
        value if steps.is_empty() => test(value),
        Value::Object(object) => any_in(object, steps, test),
        plain => steps == ["value"] && test(plain),
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}

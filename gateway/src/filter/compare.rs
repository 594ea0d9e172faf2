//! Comparing one value with one literal, by the attribute's type (RFC 7644 table 3).

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::Operator;
use crate::instant::Instant;

/// The right-hand side of a comparison, in the attribute's own type.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparand {
    /// Compared letter by letter.
    Exact(String),
    /// Compared in lower case.
    Folded {
        /// In lower case.
        lower: String,
        /// As it was written: whom a service looks up may be spelled so, and not all services ignore letter case.
        written: String,
    },
    /// Compared as a number.
    Number(f64),
    /// Compared for equality only.
    Bool(bool),
    /// Compared as a point in time, whatever the zone it was written in.
    Instant(Instant),
}

impl Comparand {
    /// The text of it, when it is text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Exact(text) | Self::Folded { written: text, .. } => Some(text),
            _ => None,
        }
    }
}

/// Whether the value stands in this relation to the comparand. Another type never does.
pub(super) fn compare(op: Operator, value: &Value, with: &Comparand) -> bool {
    match (value, with) {
        (Value::String(text), Comparand::Exact(other)) => compare_text(op, text, other),
        (Value::String(text), Comparand::Folded { lower, .. }) => {
            compare_text(op, &one_sigma(&text.to_lowercase()), &one_sigma(lower))
        }
        (Value::String(text), Comparand::Instant(other)) => {
            text.parse::<Instant>().is_ok_and(|instant| ordered(op, instant.partial_cmp(other)))
        }
        (Value::Number(number), Comparand::Number(other)) => {
            ordered(op, number.as_f64().and_then(|n| n.partial_cmp(other)))
        }
        (Value::Bool(flag), Comparand::Bool(other)) => ordered(op, flag.partial_cmp(other)),
        _ => op == Operator::NotEqual,
    }
}

/// A sigma in lower case depends on what follows it, so that `ΟΔΟΣ` would not be the beginning of `ΟΔΟΣΑ`.
fn one_sigma(lower: &str) -> Cow<'_, str> {
    if lower.contains('ς') { lower.replace('ς', "σ").into() } else { lower.into() }
}

fn compare_text(op: Operator, text: &str, other: &str) -> bool {
    match op {
        Operator::Contains => text.contains(other),
        Operator::StartsWith => text.starts_with(other),
        Operator::EndsWith => text.ends_with(other),
        op => ordered(op, text.partial_cmp(other)),
    }
}

fn ordered(op: Operator, ordering: Option<Ordering>) -> bool {
    let Some(ordering) = ordering else { return false };
    match op {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
    }
}

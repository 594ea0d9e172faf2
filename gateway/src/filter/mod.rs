//! Filters (RFC 7644 section 3.4.2.2): grammar in [`Filter`], meaning in [`Predicate`].
//!
//! A `Filter` is what was written; binding it to a resource type gives a `Predicate`, which cannot fail.

mod bind;
mod compare;
mod display;
mod parse;
mod predicate;

use crate::path::AttrPath;

pub use compare::Comparand;
pub use predicate::{Predicate, Test};

/// A filter as it was written. Precedence is in the shape: `Or` of `And` of terms.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Any of these, at least two.
    Or(Vec<Filter>),
    /// All of these, at least two.
    And(Vec<Filter>),
    /// `not (...)`.
    Not(Box<Filter>),
    /// `attr pr`.
    Present(AttrPath),
    /// `attr op value`.
    Compare(AttrPath, Operator, Literal),
    /// `attr[...]`: one value of the attribute satisfies all that is inside.
    Element(AttrPath, Box<Filter>),
}

/// The comparison operators of RFC 7644 table 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `ew`
    EndsWith,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

impl Operator {
    /// Every operator and its word.
    pub const ALL: [(Operator, &'static str); 9] = [
        (Operator::Equal, "eq"),
        (Operator::NotEqual, "ne"),
        (Operator::Contains, "co"),
        (Operator::StartsWith, "sw"),
        (Operator::EndsWith, "ew"),
        (Operator::Greater, "gt"),
        (Operator::GreaterOrEqual, "ge"),
        (Operator::Less, "lt"),
        (Operator::LessOrEqual, "le"),
    ];

    /// The word of the grammar.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(op, _)| *op == self).map_or("", |(_, word)| word)
    }
}

/// The value a filter compares with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A JSON string, or a bare word where they are taken.
    Text(String),
    /// A JSON number.
    Number(serde_json::Number),
    /// `true` or `false`.
    Bool(bool),
    /// `null`: unassigned.
    Null,
}

/// What a filter may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// As in RFC 7644.
    Strict,
    /// Also `userName sw O`: unquoted words occur in Microsoft's documentation and collection.
    BareWords,
}

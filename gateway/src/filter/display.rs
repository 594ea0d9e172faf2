//! A filter back into text, so that parsing what was printed gives the same filter.

use std::fmt;

use super::{Filter, Literal};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(terms) => join(f, terms, " or "),
            Self::And(terms) => join(f, terms, " and "),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare(path, op, literal) => write!(f, "{path} {} {literal}", op.word()),
            Self::Element(path, inner) => write!(f, "{path}[{inner}]"),
        }
    }
}

/// A list inside a list stands in parentheses, whichever binds tighter, so that the shape survives.
fn join(f: &mut fmt::Formatter<'_>, terms: &[Filter], word: &str) -> fmt::Result {
    for (i, term) in terms.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        match term {
            Filter::Or(_) | Filter::And(_) => write!(f, "({term})")?,
            _ => write!(f, "{term}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
        }
    }
}

//! Why a value is not of a type, in serde's words, and where.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::error::{ErrorKind, ScimError};

/// The failure, in a box: derived code hands it on from every field, and a pointer is handed on in little code.
#[derive(Debug)]
pub(super) struct Misfit(Box<ScimError>);

impl Misfit {
    pub(super) fn told(self) -> ScimError {
        *self.0
    }

    pub(super) fn under(self, place: &str) -> Self {
        Self(Box::new(self.0.under(place)))
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Misfit {}

impl Error for Misfit {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self(Box::new(ScimError::new(ErrorKind::InvalidValue, reason.to_string())))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("invalid type: {}, expected {expected}", noun(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("invalid value: {}, expected {expected}", noun(found)))
    }
}

/// In serde's words; but printing a fraction takes more code than reading a configuration.
fn noun(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(flag) => format!("boolean `{flag}`"),
        Unexpected::Unsigned(number) => format!("integer `{number}`"),
        Unexpected::Signed(number) => format!("integer `{number}`"),
        Unexpected::Float(_) => "a fraction".into(),
        Unexpected::Str(text) => format!("string {text:?}"),
        Unexpected::Unit => "null".into(),
        Unexpected::Seq => "sequence".into(),
        Unexpected::Map => "map".into(),
        Unexpected::Other(other) => other.into(),
        _ => "something else".into(),
    }
}

//! What can be wrong with a request, as SCIM says it (RFC 7644 section 3.12).
//!
//! An error knows its status and `scimType`, and the place on the wire that caused it.
//! Who answers HTTP has nothing left to decide.

use std::fmt;

/// The kinds of failure a provider can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The filter does not follow the grammar or compares what cannot be compared.
    InvalidFilter,
    /// More matches than may be examined or returned.
    TooMany,
    /// A value that must be unique is taken.
    Uniqueness,
    /// A read-only or already set immutable attribute was to be changed.
    Mutability,
    /// The body is not the JSON, or not the message, that was expected.
    InvalidSyntax,
    /// A PATCH path is malformed or names nothing.
    InvalidPath,
    /// A PATCH path selects no value.
    NoTarget,
    /// A value has the wrong type, or a required one is missing.
    InvalidValue,
    /// The filter would put a secret into a URL.
    Sensitive,
    /// The cursor is none of this list's (RFC 9865).
    InvalidCursor,
    /// `count` makes no sense beside a cursor (RFC 9865).
    InvalidCount,
    /// The request cannot be understood before it is SCIM at all (path, query, headers).
    BadRequest,
    /// No credential, or a wrong one.
    Unauthorized,
    /// Understood and not allowed.
    Forbidden,
    /// No such endpoint or resource.
    NotFound,
    /// The endpoint exists and does not take this method; these are taken.
    MethodNotAllowed(&'static str),
    /// None of the media types the client accepts can be given.
    NotAcceptable,
    /// The body has a media type or coding that is not read.
    UnsupportedMediaType,
    /// The body is over the limit.
    PayloadTooLarge,
    /// The request target is over the limit.
    UriTooLong,
    /// The resource has another version by now.
    PreconditionFailed,
    /// Too many requests; seconds to wait.
    TooManyRequests(u32),
    /// An optional feature that is off.
    NotImplemented,
    /// The user service refuses the gateway itself.
    BadGateway,
    /// The user service cannot be reached or failed; seconds to wait.
    Unavailable(u32),
}

use ErrorKind as K;

impl ErrorKind {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            K::InvalidFilter | K::TooMany | K::Mutability | K::InvalidSyntax | K::InvalidPath => 400,
            K::NoTarget | K::InvalidValue | K::InvalidCursor | K::InvalidCount | K::BadRequest => 400,
            K::Unauthorized => 401,
            K::Forbidden | K::Sensitive => 403,
            K::NotFound => 404,
            K::MethodNotAllowed(_) => 405,
            K::NotAcceptable => 406,
            K::Uniqueness => 409,
            K::PreconditionFailed => 412,
            K::PayloadTooLarge => 413,
            K::UriTooLong => 414,
            K::UnsupportedMediaType => 415,
            K::TooManyRequests(_) => 429,
            K::NotImplemented => 501,
            K::BadGateway => 502,
            K::Unavailable(_) => 503,
        }
    }

    /// The `scimType` of RFC 7644 table 9, where there is one.
    pub fn scim_type(self) -> Option<&'static str> {
        Some(match self {
            K::InvalidFilter => "invalidFilter",
            K::TooMany => "tooMany",
            K::Uniqueness => "uniqueness",
            K::Mutability => "mutability",
            K::InvalidSyntax => "invalidSyntax",
            K::InvalidPath => "invalidPath",
            K::NoTarget => "noTarget",
            K::InvalidValue => "invalidValue",
            K::PreconditionFailed => "invalidVers",
            K::Sensitive => "sensitive",
            K::InvalidCursor => "invalidCursor",
            K::InvalidCount => "invalidCount",
            _ => return None,
        })
    }

    /// Seconds for `Retry-After`; always an integer, since Okta reads nothing else.
    pub fn retry_after(self) -> Option<u32> {
        match self {
            K::TooManyRequests(seconds) | K::Unavailable(seconds) => Some(seconds),
            _ => None,
        }
    }
}

/// A failure: its kind, the place on the wire, and a sentence for the customer's administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where: `Operations[2].path`, `emails[0].value`; empty when the whole request is meant.
    pub at: String,
    /// The sentence, lower case and without a full stop.
    pub reason: String,
    /// In a path or a filter, the character from which on it is wrong; the first one is 1.
    pub column: Option<usize>,
    /// The sentence is the user service's own; nobody knows what it tells of people.
    pub told_by_service: bool,
}

impl ScimError {
    /// A failure of the whole request.
    pub fn new(kind: ErrorKind, reason: impl Into<String>) -> Self {
        Self { kind, at: String::new(), reason: reason.into(), column: None, told_by_service: false }
    }

    /// The same failure, one place further out: `value` under `Operations[2]` is `Operations[2].value`.
    #[must_use]
    pub fn under(mut self, place: &str) -> Self {
        self.at = match self.at.as_str() {
            "" => place.to_owned(),
            inner if inner.starts_with('[') => format!("{place}{inner}"),
            inner => format!("{place}.{inner}"),
        };
        self
    }

    /// The same failure, with its outermost place called otherwise: the `value` of an operation is that key's value.
    #[must_use]
    pub fn instead_of(mut self, outermost: &str, place: &str) -> Self {
        if let Some(inner) = self.at.strip_prefix(outermost) {
            self.at = inner.trim_start_matches('.').to_owned();
        }
        self.under(place)
    }
}

impl fmt::Display for ScimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at.as_str() {
            "" => f.write_str(&self.reason),
            at => write!(f, "{at}: {}", self.reason),
        }
    }
}

impl std::error::Error for ScimError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_nest_outwards() {
        let error = ScimError::new(K::InvalidValue, "must be a string").under("value").under("[1]").under("emails");
        assert_eq!(error.to_string(), "emails[1].value: must be a string");
        let error = ScimError::new(K::InvalidValue, "x").under("[0]").under("value").instead_of("value", "emails");
        assert_eq!(error.at, "emails[0]");
    }
}

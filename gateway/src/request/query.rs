//! The query of a request (RFC 7644 section 3.4.2). Parameters nobody defined are ignored: an Entra administrator
//! appends `?aadOptscim062020` to the tenant URL.

use super::percent::decode;
use crate::error::{ErrorKind, ScimError};

/// The parameters SCIM defines, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    parameters: Vec<(String, String)>,
}

const KNOWN: [&str; 8] =
    ["filter", "startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder", "cursor"];

impl Query {
    /// Parse the text after `?`.
    ///
    /// # Errors
    /// 400 when it is not decodable, or when a parameter of SCIM occurs twice.
    pub fn parse(text: &[u8]) -> Result<Self, ScimError> {
        let mut query = Self::default();
        for pair in text.split(|b| *b == b'&').filter(|p| !p.is_empty()) {
            let (name, value) = match pair.iter().position(|b| *b == b'=') {
                Some(at) => (pair.get(..at).unwrap_or_default(), pair.get(at + 1..).unwrap_or_default()),
                None => (pair, &b""[..]),
            };
            query.take(name, value)?;
        }
        Ok(query)
    }

    fn take(&mut self, name: &[u8], value: &[u8]) -> Result<(), ScimError> {
        let name = decode(name, true).ok_or_else(undecodable)?;
        let Some(known) = KNOWN.iter().find(|k| k.eq_ignore_ascii_case(&name)) else { return Ok(()) };
        if self.get(known).is_some() {
            return Err(invalid("is given twice").under(known));
        }
        let value = decode(value, true).ok_or_else(undecodable)?;
        self.parameters.push(((*known).to_owned(), value));
        Ok(())
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The value of a parameter that is a whole number; out-of-range ones are as far as they can be.
    ///
    /// # Errors
    /// `invalidValue` when it is not a number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, ScimError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid("expected a whole number").under(name));
        }
        Ok(text.parse().ok())
    }
}

fn undecodable() -> ScimError {
    ScimError::new(ErrorKind::BadRequest, "the query is not percent-encoded UTF-8")
}

fn invalid(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::InvalidValue, reason)
}

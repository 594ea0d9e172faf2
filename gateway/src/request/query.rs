//! The query of a request (RFC 7644 section 3.4.2). Parameters nobody defined are ignored: an Entra administrator
//! appends `?aadOptscim062020` to the tenant URL.

use serde_json::{Map, Value};

use super::percent::decode;
use crate::error::{ErrorKind, ScimError};
use crate::message::SEARCH_REQUEST;

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

    /// The parameters of a SearchRequest (RFC 7644 section 3.4.3).
    ///
    /// # Errors
    /// `invalidSyntax` when it is none.
    pub fn from_search(body: Map<String, Value>) -> Result<Self, ScimError> {
        let mut query = Self::default();
        let mut is_search = false;
        for (name, value) in body {
            if name.eq_ignore_ascii_case("schemas") {
                is_search = value.as_array().is_some_and(|urns| urns.iter().any(|u| u == SEARCH_REQUEST));
            } else if let Some(known) = KNOWN.iter().find(|k| k.eq_ignore_ascii_case(&name)) {
                let text = text_of(&value).ok_or_else(|| invalid("has the wrong type").under(known))?;
                query.parameters.extend(text.map(|text| ((*known).to_owned(), text)));
            }
        }
        let reason = format!("`schemas` must contain `{SEARCH_REQUEST}`");
        if is_search { Ok(query) } else { Err(ScimError::new(ErrorKind::InvalidSyntax, reason)) }
    }

    /// The same parameters in other words.
    pub(crate) fn reworded(mut self, reword: impl Fn(&str) -> String) -> Self {
        self.parameters.iter_mut().for_each(|(_, value)| *value = reword(value));
        self
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

/// As it would stand in a URL; nothing for `null`.
fn text_of(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        Value::Number(number) => Some(Some(number.to_string())),
        Value::Array(names) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            names.map(|names| Some(names.join(",")))
        }
        _ => None,
    }
}

fn undecodable() -> ScimError {
    ScimError::new(ErrorKind::BadRequest, "the query is not percent-encoded UTF-8")
}

fn invalid(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::InvalidValue, reason)
}

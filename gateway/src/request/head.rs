//! The head of a request: header lines as the proxy gives them, pseudo-headers included.

use crate::error::{ErrorKind, ScimError};

/// Header names and values, raw bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestHead {
    /// Names in lower case, as HTTP/2 and Envoy have them.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Passed on to the user service, so that its log and traces find ours.
const TRACE_HEADERS: [&str; 9] = [
    "x-request-id",
    "traceparent",
    "tracestate",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
];

impl RequestHead {
    /// The values of every line of this name.
    pub fn all<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        self.headers.iter().filter(move |(n, _)| n == name.as_bytes()).map(|(_, v)| v.as_slice())
    }

    /// The one value of this name as text.
    ///
    /// # Errors
    /// 400 when it occurs twice (who reads the first and who reads the last would disagree) or is not UTF-8.
    pub fn one(&self, name: &str) -> Result<Option<&str>, ScimError> {
        let mut values = self.all(name);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(bad(format!("the header `{name}` occurs twice")));
        }
        let text = std::str::from_utf8(value).map_err(|_| bad(format!("the header `{name}` is not UTF-8")))?;
        Ok(Some(text))
    }

    /// The request target of a head that makes sense: one host, a path. CONNECT has no path, and two `Host` lines
    /// arrive joined. Tunnels and echoes are refused here as well, whatever the proxy lets through: `upgrade`,
    /// `:protocol` (CONNECT of HTTP/2), CONNECT and TRACE.
    ///
    /// # Errors
    /// 400 otherwise.
    pub fn check(&self) -> Result<&[u8], ScimError> {
        let has = |name: &str| self.all(name).next().is_some();
        let is = |method: &str| self.all(":method").any(|m| m.eq_ignore_ascii_case(method.as_bytes()));
        if has("upgrade") || has(":protocol") || is("CONNECT") || is("TRACE") {
            return Err(bad("tunnels and echoes are refused".to_owned()));
        }
        let authority = self.one(":authority")?.unwrap_or_default();
        let fit = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
        let one_host = self.all("host").next().is_none() && authority.chars().all(fit);
        match self.all(":path").next() {
            Some(target) if one_host => Ok(target),
            _ => Err(bad("the request names no path, or not one host".to_owned())),
        }
    }

    /// Trace and request id, as far as they are fit to be sent on.
    pub fn trace(&self) -> Vec<(String, String)> {
        let fit =
            |value: &str| !value.is_empty() && value.len() <= 512 && value.bytes().all(|b| (b' '..=b'~').contains(&b));
        let found = TRACE_HEADERS.iter().filter_map(|name| Some((*name, self.one(name).ok()??)));
        found.filter(|(_, value)| fit(value)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// `https://scim.example.com`, as the client sees us; empty when it cannot be told safely.
    pub fn origin(&self) -> String {
        let scheme = self.one("x-forwarded-proto").ok().flatten().or_else(|| self.one(":scheme").ok().flatten());
        let authority = self.one(":authority").ok().flatten().unwrap_or_default();
        if authority.is_empty() {
            return String::new();
        }
        let scheme = if scheme == Some("http") { "http" } else { "https" };
        [scheme, "://", authority].concat()
    }
}

fn bad(reason: String) -> ScimError {
    ScimError::new(ErrorKind::BadRequest, reason)
}

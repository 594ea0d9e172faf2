//! A call the filter dispatches to a cluster, and every way it can come out.

use std::time::Duration;

use super::headers::Headers;

/// The ABI's name for one call of one worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token(pub(super) u32);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCall {
    pub cluster: String,
    pub headers: Headers,
    pub body: Vec<u8>,
    pub trailers: Headers,
    /// Zero is no timeout at all.
    pub timeout: Duration,
}

impl ServiceCall {
    pub fn method(&self) -> String {
        self.headers.text(":method")
    }

    pub fn path(&self) -> String {
        self.headers.text(":path")
    }
}

/// The shapes a dispatched call was seen to take in Envoy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The service answered, whatever it answered.
    Answer { headers: Headers, body: Vec<u8> },
    /// Refused at once with BadArgument.
    UnknownCluster,
    /// Refused at once with InternalFailure: no healthy host, empty cluster, circuit breaker.
    NoHealthyHost,
    /// Comes back as a 503 in plain text, made by the proxy.
    ConnectionRefused,
    /// Comes back as a 504 in plain text, made by the proxy.
    TimedOut,
    /// Comes back with no headers at all and no body: reset in mid body, or over the client's limit.
    ResetMidBody,
}

/// What the filter can read during the callback.
pub(super) struct CallResponse {
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
}

impl CallOutcome {
    pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::with_headers(status, &[("content-type", "application/json")], body)
    }

    pub fn with_headers(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let status = status.to_string();
        let pairs = std::iter::once((":status", status.as_str())).chain(headers.iter().copied());
        let (headers, body) = (pairs.collect(), body.into());
        Self::Answer { headers, body }
    }

    /// True for the two outcomes that exist only at the moment of the dispatch.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::UnknownCluster | Self::NoHealthyHost)
    }

    /// Only a real answer carries `x-envoy-upstream-service-time`: the one way to tell a service's 503 from
    /// the proxy's own.
    pub(super) fn into_response(self) -> Option<CallResponse> {
        match self {
            Self::Answer { mut headers, body } => {
                headers.add_missing("x-envoy-upstream-service-time", "1");
                Some(CallResponse { headers, body })
            }
            Self::TimedOut => Some(proxy_made(504, "upstream request timeout")),
            Self::ConnectionRefused => Some(proxy_made(503, CONNECTION_REFUSED)),
            Self::ResetMidBody | Self::UnknownCluster | Self::NoHealthyHost => None,
        }
    }
}

impl CallResponse {
    /// Envoy's answer to a call with CR, LF or NUL in a header: sent nowhere, answered by its router.
    pub(super) fn invalid_header(name: &str) -> Self {
        proxy_made(503, &format!("invalid header value for: {name}"))
    }
}

const CONNECTION_REFUSED: &str = "upstream connect error or disconnect/reset before headers. reset reason: \
     remote connection failure, transport failure reason: delayed connect error: Connection refused";

fn proxy_made(status: u16, body: &str) -> CallResponse {
    let (status, length) = (status.to_string(), body.len().to_string());
    let pairs = [(":status", status.as_str()), ("content-length", &length), ("content-type", "text/plain")];
    CallResponse { headers: pairs.into_iter().collect(), body: body.into() }
}

//! How an exchange ends: with a reply, or in one of the ways that are always worth a failing test.

use std::collections::BTreeMap;
use std::fmt;

use super::headers::Headers;
use super::log::LogLine;

pub type Ending = Result<Reply, Failure>;

/// What the client gets, and what the proxy's access log could say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    pub status: u32,
    pub headers: Headers,
    pub body: Vec<u8>,
    /// `%RESPONSE_CODE_DETAILS%`.
    pub details: String,
    /// The filter state the filter set, by name.
    pub properties: BTreeMap<String, Vec<u8>>,
    pub logs: Vec<LogLine>,
    /// How many calls the filter dispatched, refused ones included.
    pub calls: usize,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The filter let the request through to the route behind it: for a filter that guards, a hole.
    Forwarded(Forwarded),
    /// Paused, and nothing will ever wake it: in Envoy until `stream_idle_timeout`.
    Hung,
    /// A panic or trap in this exchange: the VM is dead from here on.
    Trapped(String),
    /// The VM was dead already, killed by another exchange.
    Dead(String),
    /// The client went away, or the test said so.
    Aborted,
    /// The filter closed the stream without an answer.
    Reset,
}

/// What would have gone upstream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    pub headers: Headers,
    pub body: Vec<u8>,
    /// The filter both let the request through and answered it.
    pub also_answered: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forwarded(request) => {
                write!(f, "forwarded upstream: {}", request.headers.text(":path"))
            }
            Self::Hung => write!(f, "hung: paused without a pending call"),
            Self::Trapped(why) => write!(f, "trapped: {why}"),
            Self::Dead(why) => write!(f, "the VM is dead since: {why}"),
            Self::Aborted => write!(f, "aborted by the client"),
            Self::Reset => write!(f, "reset by the filter"),
        }
    }
}

impl std::error::Error for Failure {}

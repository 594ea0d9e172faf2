//! The answer to the provider, and what the proxy's log and statistics should say of the exchange.

use crate::config::DirectoryId;
use crate::error::{ErrorKind, ScimError};
use crate::message::render_error;

/// A complete HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Lower-case names; values of visible ASCII, since the proxy writes them as they are.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, or nothing at all.
    pub body: Option<Vec<u8>>,
    /// For log and statistics.
    pub account: Account,
    /// What the body says, for those who show it in another way; nothing when the request did not fail.
    pub failure: Option<ScimError>,
}

/// The same for every directory, whichever methods it has: nobody learns which.
const CHALLENGE: &str = r#"Bearer realm="SCIM", Basic realm="SCIM", charset="UTF-8""#;

/// What happened, in words of a small fixed set (save for the directory, which is a configured id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The directory, once the request has authenticated.
    pub directory: Option<DirectoryId>,
    /// `patch_user`, `list_groups`, ...
    pub operation: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Events that the service accepted.
    pub events: usize,
}

impl Default for Account {
    fn default() -> Self {
        Self { directory: None, operation: "unknown", outcome: Outcome::Answered, events: 0 }
    }
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A write was delivered and acknowledged.
    Accepted,
    /// A write changed nothing, so nothing was delivered.
    Unchanged,
    /// A read was answered.
    Answered,
    /// The request was at fault.
    Refused,
    /// No or a wrong credential.
    Unauthorized,
    /// Too many requests.
    Limited,
    /// The service was at fault, or could not be reached.
    Unavailable,
}

impl Outcome {
    /// The word for log and statistics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Unchanged => "unchanged",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Unauthorized => "unauthorized",
            Self::Limited => "limited",
            Self::Unavailable => "unavailable",
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            429 => Self::Limited,
            400..500 | 501 => Self::Refused,
            500.. => Self::Unavailable,
            _ => Self::Answered,
        }
    }
}

impl Answer {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: Vec<u8>) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        let account = Account { outcome: Outcome::of_status(status), ..Account::default() };
        Self { status, headers: Vec::new(), body: None, account, failure: None }
    }

    /// A failure in SCIM's own words.
    pub fn failure(error: &ScimError) -> Self {
        let kind = error.kind;
        let mut answer = Self::json(kind.status(), render_error(error));
        answer.headers.extend(kind.retry_after().map(|s| ("retry-after", s.to_string())));
        match kind {
            ErrorKind::MethodNotAllowed(allow) => answer.headers.push(("allow", allow.to_owned())),
            ErrorKind::Unauthorized => answer.headers.push(("www-authenticate", CHALLENGE.to_owned())),
            _ => {}
        }
        answer.failure = Some(error.clone());
        answer
    }

    /// For a host that steps an exchange in a way that makes no sense; fails closed.
    pub(super) fn broken() -> Self {
        Self::failure(&ScimError::new(ErrorKind::Unavailable(5), "the exchange was interrupted"))
    }

    /// Add a header; a value that could break out of its line is left away.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        if value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            self.headers.push((name, value));
        }
        self
    }
}

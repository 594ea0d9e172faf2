//! Conversations: what an identity provider says, what it must be answered, and which events must come of it.
//!
//! A conversation is a JSON file. The same file is played against the bare gateway, the module in a small host, and
//! the whole stack; each of them is a [`Target`].

mod compare;
mod load;
mod play;
mod substitute;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use compare::differences;
pub use load::{load, load_all};
pub use play::{Played, Target, play};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    pub provider: String,
    pub title: String,
    /// Which of the sample's directories is spoken to.
    #[serde(default = "acme")]
    pub directory: String,
    /// The service behind it; with a REST service, `events` are the requests it accepted.
    #[serde(default)]
    pub service: ServiceKind,
    /// A file of the repository, laid over the whole configuration before the next two.
    #[serde(default)]
    pub configuration: Option<String>,
    /// Laid over the sample's configuration of that directory.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// Laid over the whole configuration of the gateway.
    #[serde(default)]
    pub gateway_config: Map<String, Value>,
    /// It leaves traces in the proxy's shared data: none may be there when it begins.
    #[serde(default)]
    pub fresh_proxy: bool,
    pub steps: Vec<Step>,
}

/// What is behind the gateway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// The reference user service.
    #[default]
    Reference,
    /// A REST service with a shape of its own.
    Rest,
}

/// One request, and what must come of it. In any string, `{name}` stands for what an earlier step captured.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub say: String,
    pub request: Request,
    pub expect: Expect,
    /// A name, and where in the answer's body its value is (a JSON pointer).
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub method: String,
    /// Relative to the directory's base, with the query as it is sent.
    pub path: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Another base than the directory's own, such as `/scim/v2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Without the directory's own token.
    #[serde(default)]
    pub anonymous: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// A body to be sent letter by letter, when it is not to be JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What is not named here is not looked at.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub status: u16,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A part of the body: see [`differences`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Exactly these events in this order, a part of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Value>>,
}

#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Null when there was none, a string when it was not JSON.
    pub body: Value,
}

fn acme() -> String {
    "acme".into()
}

impl Request {
    /// The bytes of the body, if the request has one.
    pub fn payload(&self) -> Option<Vec<u8>> {
        let text = self.text.clone();
        text.or_else(|| self.body.as_ref().map(Value::to_string)).map(String::into_bytes)
    }

    /// The headers of the request, with the content type that goes with a body unless the step says another.
    pub fn all_headers(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<_, _> =
            self.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
        if self.body.is_some() || self.text.is_some() {
            all.entry("content-type".into()).or_insert_with(|| "application/scim+json; charset=utf-8".into());
        }
        all
    }
}

impl Answer {
    pub fn new(status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Answer {
        Answer { status, headers, body: json_or_text(body) }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

fn json_or_text(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

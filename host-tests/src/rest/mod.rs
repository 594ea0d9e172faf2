//! A REST service as one finds it: nothing in it was written for Usher. Accounts with a shape of their own, teams whose
//! members are a list of their own, numbers for ids, revisions, envelopes around records, pages.
//!
//! `/api/{tenant}/accounts` and `/api/{tenant}/teams`; below `/plain` a service that takes events and stores what they
//! say in a shape of its own. Accepted writes are appended to a file, a line each.

mod accounts;
mod plain;
mod teams;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Everything it stores; gone with the process.
#[derive(Default)]
struct Store {
    accounts: BTreeMap<(String, u64), Map<String, Value>>,
    teams: BTreeMap<(String, u64), Map<String, Value>>,
    members: BTreeMap<(String, u64), Vec<u64>>,
    plain: BTreeMap<(String, String), Map<String, Value>>,
    last_id: u64,
    file: PathBuf,
}

/// One request, taken apart.
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    query: BTreeMap<String, String>,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

type Shared = Arc<Mutex<Store>>;

/// The whole service, with nothing stored.
pub fn app(file: PathBuf) -> Router {
    let store: Shared = Arc::new(Mutex::new(Store { file, ..Store::default() }));
    Router::new().fallback(serve).layer(DefaultBodyLimit::disable()).with_state(store)
}

async fn serve(State(store): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
    let query = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
    let asked = Asked { method: method.as_str(), path: uri.path(), query, headers: &headers, body: &body };
    let answer = store.answer(&asked);
    if asked.method != "GET" && answer.status().is_success() {
        store.tell(&asked);
    }
    answer
}

impl Store {
    fn answer(&mut self, asked: &Asked<'_>) -> Response {
        let segments: Vec<String> = asked.path.split('/').skip(1).map(decoded).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["plain", rest @ ..] => self.plain(asked, rest),
            ["api", tenant, "accounts", rest @ ..] => self.accounts(asked, tenant, rest),
            ["api", tenant, "teams", rest @ ..] => self.teams(asked, tenant, rest),
            _ => refused(404, "there is no such address"),
        }
    }

    fn tell(&self, asked: &Asked<'_>) {
        let text = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut line = json!({"method": asked.method, "path": asked.path, "key": text("idempotency-key")});
        line["if_match"] = text("if-match").into();
        if !asked.body.is_empty() {
            line["body"] = asked.json();
        }
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&self.file);
        if let Err(error) = file.and_then(|mut file| writeln!(file, "{line}")) {
            eprintln!("cannot write {}: {error}", self.file.display());
        }
    }
}

impl Asked<'_> {
    fn json(&self) -> Value {
        serde_json::from_slice(self.body).unwrap_or_default()
    }

    /// Whether a change of this revision is to be made: there is no `if-match`, or it names it.
    fn is_of(&self, revision: &Value) -> bool {
        let wanted = self.headers.get("if-match").and_then(|value| value.to_str().ok());
        wanted.is_none_or(|wanted| wanted == format!("\"{revision}\""))
    }

    fn is_merge_patch(&self) -> bool {
        let given = self.headers.get("content-type").and_then(|value| value.to_str().ok());
        given.is_some_and(|given| given.starts_with("application/merge-patch+json"))
    }

    /// One page of these, with an envelope around it; never more than three records.
    fn page(&self, all: Vec<Value>) -> Response {
        let number = |name: &str| self.query.get(name).and_then(|text| text.parse::<usize>().ok());
        let size = number("per_page").unwrap_or(3).min(3);
        let skipped = (number("page").unwrap_or(1).max(1) - 1) * size;
        let total = all.len();
        let data: Vec<Value> = all.into_iter().skip(skipped).take(size).collect();
        answer(200, &json!({"data": data, "meta": {"total": total}}))
    }
}

/// RFC 7396.
fn merge(into: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *into = patch.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (name, value) in patch {
        match value {
            Value::Null => drop(into.as_object_mut().and_then(|into| into.remove(name))),
            value => merge(&mut into[name.as_str()], value),
        }
    }
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}

fn refused(status: u16, why: &str) -> Response {
    answer(status, &json!({"message": why}))
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

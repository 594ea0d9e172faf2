//! What becomes of each effect: one byte each, and when they are used up all is well.

use serde_json::json;
use usher_gateway::exchange::{CallFailure, CallResult, Kept, ServiceAnswer, ServiceRequest};

/// What nobody but the other directory may ever see.
pub(crate) const FOREIGN: &str = "kept-for-globex-only";

/// The choices, one after the other.
pub(crate) struct Script<'s> {
    bytes: std::slice::Iter<'s, u8>,
    same: Option<&'s [u8]>,
}

impl<'s> Script<'s> {
    /// All is well.
    pub(crate) fn good() -> Self {
        Self { bytes: [].iter(), same: None }
    }

    pub(crate) fn of(bytes: &'s [u8]) -> Self {
        Self { bytes: bytes.iter(), same: None }
    }

    /// The service answers this to everything.
    pub(crate) fn same(body: &'s [u8]) -> Self {
        Self { bytes: [].iter(), same: Some(body) }
    }

    fn next(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(0)
    }

    pub(crate) fn answer(&mut self, call: &ServiceRequest) -> CallResult {
        if let Some(body) = self.same {
            return answered(200, body.to_vec());
        }
        match self.next() {
            1 => CallResult::Failed(CallFailure::Reset),
            2 => CallResult::Failed(CallFailure::NoHost),
            3 => CallResult::Failed(CallFailure::TooLarge),
            4 => answered(204, Vec::new()),
            5 => answered(200, b"{".to_vec()),
            6 => answered(200, json!({"total": u64::MAX, "items": []}).to_string().into_bytes()),
            7 => answered(200, json!({"id": "another", "raw": {"id": "u1"}}).to_string().into_bytes()),
            status @ 8..16 => {
                answered([400, 401, 404, 409, 412, 422, 429, 500][usize::from(status - 8)], b"{}".to_vec())
            }
            16 => answered(302, Vec::new()),
            17 => answered(0, Vec::new()),
            18 => answered(u16::MAX, Vec::new()),
            _ => good(call),
        }
    }

    /// What was saved under a key: perhaps by another directory, or by nobody who knows how.
    pub(crate) fn loaded(&mut self) -> Option<Kept> {
        let kept = |value: Vec<u8>| Some(Kept { value, edition: 1 });
        match self.next() {
            1 => kept(b"{".to_vec()),
            2 => kept(slot("globex", FOREIGN)),
            3 => kept(vec![0xff; 40]),
            4 => kept(b"[]".to_vec()),
            5 => kept(Vec::new()),
            6 => kept(slot("acme", "ada")),
            _ => None,
        }
    }

    pub(crate) fn saved(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    pub(crate) fn now(&mut self) -> u64 {
        [1_795_000_000_000_000_000, 0, u64::MAX, 1][usize::from(self.next() % 4)]
    }

    pub(crate) fn fact(&mut self) -> Vec<String> {
        match self.next() {
            1 => vec!["\u{0}".to_owned()],
            2 => vec!["a".to_owned(), "b".to_owned()],
            _ => Vec::new(),
        }
    }

    pub(crate) fn random(&mut self) -> [u8; 16] {
        [self.next(); 16]
    }
}

/// A record of this directory in the slot of ours, as gateway/src/delivery/memory.rs keeps it for ever.
fn slot(directory: &str, user: &str) -> Vec<u8> {
    let resource = json!({"id": "u1", "userName": user, "externalId": user});
    let record = json!({"id": "u1", "version": "1", "raw": resource}).to_string();
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(0).to_be_bytes();
    let parts = [directory, "users", "u1"].map(|part| [&length(part.len())[..], part.as_bytes()].concat());
    let name = parts.concat();
    [&length(name.len())[..], &name, &u64::MAX.to_be_bytes(), record.as_bytes()].concat()
}

fn answered(status: u16, body: Vec<u8>) -> CallResult {
    CallResult::Answered(ServiceAnswer { status, headers: vec![("etag".into(), "2".into())], body })
}

/// A service with one user and one group.
fn good(call: &ServiceRequest) -> CallResult {
    let path = call.path.split('?').next().unwrap_or_default();
    let of = |collection: &str| path.split_once(collection).map(|(_, id)| id.trim_start_matches('/').to_owned());
    match (call.method, of("/users"), of("/groups")) {
        ("POST", ..) => answered(200, b"{}".to_vec()),
        (_, Some(id), _) => found(
            &id,
            "u1",
            json!({"id": "u1", "userName": "ada", "active": true,
            "emails": [{"value": "a@b.c", "type": "work", "primary": true}, {"value": "d@e.f", "type": "home"}]}),
        ),
        (_, _, Some(id)) => found(
            &id,
            "g1",
            json!({"id": "g1", "displayName": "Engineers",
            "members": [{"value": "u1", "type": "User"}, {"value": "u2", "type": "User"}]}),
        ),
        _ => answered(404, b"{}".to_vec()),
    }
}

fn found(asked: &str, id: &str, raw: serde_json::Value) -> CallResult {
    let record = json!({"id": id, "raw": raw, "version": "1"});
    let body = if asked.is_empty() { json!({"total": 1, "items": [record]}) } else { record };
    if asked.is_empty() || asked == id {
        answered(200, body.to_string().into_bytes())
    } else {
        answered(404, Vec::new())
    }
}

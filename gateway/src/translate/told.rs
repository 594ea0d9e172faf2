//! Deliveries read back into events, whatever their format: what a receiver would see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::exchange::ServiceRequest;
use crate::message::object_of;

/// The events of one delivery.
pub(super) fn events(delivery: &ServiceRequest) -> Vec<Value> {
    let body = delivery.body.as_deref().unwrap_or_default();
    let event = if header(delivery, "content-type") == Some("application/secevent+jwt") {
        claims(body)
    } else {
        serde_json::from_slice(body).ok().map(|data| in_binary_mode(delivery, data))
    };
    match event {
        Some(Value::Array(events)) => events,
        other => other.into_iter().collect(),
    }
}

/// What a Security Event Token says (RFC 8417 section 2).
fn claims(token: &[u8]) -> Option<Value> {
    let claims = token.split(|byte| *byte == b'.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// A CloudEvent in binary mode as the structured one it stands for; anything else as it is.
fn in_binary_mode(delivery: &ServiceRequest, data: Value) -> Value {
    let context = delivery.headers.iter().filter_map(|(name, value)| Some((name.strip_prefix("ce-")?, value)));
    let mut event = object_of(context.map(|(name, value)| (name, Value::from(value.as_str()))));
    if event.is_empty() {
        return data;
    }
    event.insert("data".into(), data);
    Value::Object(event)
}

fn header<'r>(delivery: &'r ServiceRequest, name: &str) -> Option<&'r str> {
    delivery.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

/// What an event says: a Security Event Token says it in words of its own, and is left alone.
pub(super) struct Said<'e> {
    /// `user`
    pub(super) noun: &'e str,
    /// `updated`
    pub(super) what: &'e str,
    pub(super) record: &'e Map<String, Value>,
    pub(super) changes: &'e [Value],
}

pub(super) fn said(event: &Value) -> Option<Said<'_>> {
    let (name, record, changes) = match event.get("event") {
        Some(name) => (name, event.get("data"), event.get("changes")),
        None => {
            let data = event.get("data");
            (event.get("type")?, data.and_then(|data| data.get("record")), data.and_then(|data| data.get("changes")))
        }
    };
    // Something of the operator's stands in front of the name of a CloudEvent.
    let mut words = name.as_str()?.rsplit('.');
    let (what, noun) = (words.next()?, words.next()?);
    let changes = changes.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Some(Said { noun, what, record: record?.as_object()?, changes })
}

/// What one event says is different, each with what it is about.
pub(super) fn changes(event: &Value) -> Vec<Value> {
    let Some(said) = said(event) else { return Vec::new() };
    let about =
        |id: Option<&Value>| object_of([("resource", said.noun.into()), ("id", id.cloned().unwrap_or_default())]);
    let member = match said.what {
        "user_added" => Some("add"),
        "user_removed" => Some("remove"),
        _ => None,
    };
    if let Some(op) = member {
        let mut change = about(said.record.get("group").and_then(|group| group.get("id")));
        let id = said.record.get("id").cloned().unwrap_or_default();
        change.extend(object_of([("op", op.into()), ("path", "members".into())]));
        change.insert(if op == "add" { "value" } else { "previous" }.into(), id);
        return vec![change.into()];
    }
    let each = said.changes.iter().filter_map(Value::as_object);
    each.map(|change| {
        let mut all = about(said.record.get("id"));
        all.extend(change.clone());
        all.into()
    })
    .collect()
}

//! Security Event Tokens (RFC 8417) with SCIM's events (RFC 9967): one token for each event.
//!
//! The subject of a membership is the group, whose `members` changed. `txn` is the same for all tokens of one SCIM
//! request. Signed with HS256: ES256 would cost 50 KB, EdDSA 58 KB.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::Event;
use crate::change::{Change, ChangeOp};
use crate::config::Secret;
use crate::message::PATCH_OP;

const PREFIX: &str = "urn:ietf:params:scim:event:";

/// The compact serialization of one event's token.
pub(super) fn token(
    event: &Event,
    issuer: &str,
    audience: &[String],
    key: Option<&Secret>,
    seconds: u64,
    transaction: &str,
) -> String {
    let algorithm = if key.is_some() { "HS256" } else { "none" };
    let header = json!({"typ": "secevent+jwt", "alg": algorithm});
    let claims = json!({
        "iss": issuer,
        "aud": audience,
        "iat": seconds,
        "jti": event.id,
        "txn": transaction,
        "sub_id": subject(event),
        "events": events(event),
    });
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = key.map(|key| URL_SAFE_NO_PAD.encode(key.sign(&[signed.as_bytes()]))).unwrap_or_default();
    format!("{signed}.{signature}")
}

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(usher_json::write(json))
}

fn subject(event: &Event) -> Value {
    let mut subject = json!({"format": "scim", "uri": event.subject.uri(), "id": event.subject.id});
    if let (Some(subject), Some(external)) = (subject.as_object_mut(), &event.subject.external_id) {
        subject.insert("externalId".into(), external.as_str().into());
    }
    subject
}

fn events(event: &Event) -> Value {
    let what = event.name.rsplit('.').next().unwrap_or_default();
    let mut events = Map::new();
    let mut put = |name: &str, payload: Value| events.insert(format!("{PREFIX}prov:{name}"), payload);
    match what {
        "created" => put("create:full", json!({"data": resource(event)})),
        "deleted" => put("delete", json!({})),
        "user_added" | "user_removed" => put("patch:full", json!({"data": membership(event, what == "user_added")})),
        _ => put("patch:full", json!({"data": operations(event)})),
    };
    let active = event.changes.iter().find(|c| c.path == "active").map(|c| c.value != Some(Value::Bool(false)));
    match (what, active) {
        ("created" | "deleted", _) | (_, None) => None,
        (_, Some(true)) => put("activate", json!({})),
        (_, Some(false)) => put("deactivate", json!({})),
    };
    Value::Object(events)
}

/// The SCIM resource inside the record.
fn resource(event: &Event) -> Value {
    let record: Option<Value> = usher_json::read_any(&event.data.record);
    record.and_then(|mut record| record.get_mut("raw").map(Value::take)).unwrap_or_default()
}

fn operations(event: &Event) -> Value {
    let operations: Vec<Value> = event.changes.iter().map(operation).collect();
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

fn operation(change: &Change) -> Value {
    match (change.op, &change.value) {
        (ChangeOp::Remove, _) => json!({"op": "remove", "path": change.path}),
        (op, Some(value)) => json!({"op": op.word(), "path": change.path, "value": value}),
        (op, None) => json!({"op": op.word(), "path": change.path}),
    }
}

fn membership(event: &Event, added: bool) -> Value {
    let member = event.member.as_deref().unwrap_or_default();
    let operation = if added {
        json!({"op": "add", "path": "members", "value": [{"value": member}]})
    } else {
        let quoted = Value::from(member);
        json!({"op": "remove", "path": format!("members[value eq {quoted}]")})
    };
    json!({"schemas": [PATCH_OP], "Operations": [operation]})
}

//! Records as the service has stored them: what Usher itself once delivered.

use std::rc::Rc;

use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value, json};
use usher_gateway::Gateway;

use crate::drive::drive;
use crate::requests;

/// The core with the sample's first directory, keeping records and signing nothing.
pub fn gateway() -> Result<Rc<Gateway>> {
    gateway_with(json!({}))
}

/// The same, with events like these.
pub fn gateway_with(events: Value) -> Result<Rc<Gateway>> {
    let token = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";
    let configuration = json!({
        "user_service": {"cluster": "user-service"},
        "record_cache": {},
        "events": events,
        "directories": [{"id": "acme", "product": "crm", "credentials": [{"bearer": {"sha256": token}}]}],
    });
    Gateway::new(configuration.to_string().as_bytes()).map(Rc::new).map_err(|error| anyhow!(error))
}

/// What a service with users named `m1` and `new1` answers when members are looked up.
pub fn looked_up(target: &str) -> Option<Value> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if let Some(ids) = query.split('&').find_map(|p| p.strip_prefix("ids=")) {
        let items: Vec<Value> = ids.split("%2C").map(member).collect();
        return Some(json!({"total": items.len(), "items": items}));
    }
    let id = path.strip_prefix("/provisioning/users/")?;
    (id.starts_with('m') || id.starts_with("new")).then(|| member(id))
}

/// A group as it is read, with the named users where they are wanted.
pub fn with_users(target: &str, mut group: Vec<u8>) -> Vec<u8> {
    let parameter = |name: &str| target.split('&').find_map(|p| p.strip_prefix(name));
    if let (Some(members), Some("users")) = (parameter("members="), parameter("include=")) {
        let users: Vec<Value> = members.split("%2C").map(member).collect();
        group.pop();
        group.extend(format!(",\"users\":{}}}", Value::from(users)).bytes());
    }
    group
}

/// A user with this id, stored by a POST of it.
pub fn user(gateway: &Rc<Gateway>, id: &str, user: &Value) -> Result<Value> {
    let request = requests::create(user);
    let mut delivered = Value::Null;
    drive(gateway, &request, &mut |call| {
        if let Some(body) = &call.body {
            delivered = serde_json::from_slice(body).unwrap_or_default();
        }
        (200, None, b"{}".to_vec())
    });
    let mut data = delivered.pointer_mut("/0/data").map(Value::take).context("a POST delivers a record")?;
    for place in ["/id", "/raw/id"] {
        *data.pointer_mut(place).context("a record has an id")? = id.into();
    }
    Ok(with_version(data))
}

/// What is delivered of somebody with few attributes.
pub fn member(id: &str) -> Value {
    let raw = json!({
        "id": id, "userName": format!("{id}@acme.test"), "active": true,
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "meta": meta("User"),
    });
    with_version(json!({"id": id, "first_name": "Ada", "last_name": "Lovelace", "email": format!("{id}@acme.test"),
                        "active": true, "roles": [], "raw": raw}))
}

/// A group without its members.
pub fn group(id: &str) -> Value {
    let raw = json!({
        "id": id, "displayName": "Engineers", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "meta": meta("Group"),
    });
    with_version(json!({"id": id, "name": "Engineers", "raw": raw}))
}

/// The same group with its members.
pub fn with_members(mut group: Value, members: impl Iterator<Item = String>) -> Value {
    let members = members.map(|id| json!({"id": id})).collect();
    group.as_object_mut().map(|group| group.insert("members".into(), members));
    group
}

fn with_version(mut record: Value) -> Value {
    record.as_object_mut().map(|record: &mut Map<_, _>| record.insert("version".into(), "1".into()));
    record
}

fn meta(kind: &str) -> Value {
    json!({"resourceType": kind, "created": "2026-11-21T20:00:00.000Z", "lastModified": "2026-11-21T20:00:00.000Z"})
}

//! What holds for every delivery, whatever the request was.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

/// What can happen to a resource of any type.
const LIFE: [&str; 3] = ["created", "updated", "deleted"];

/// What is wrong with the body of a delivery; nothing when all is well.
pub fn unsound(delivery: &[u8]) -> Vec<String> {
    let Ok(Value::Array(events)) = serde_json::from_slice(delivery) else {
        return vec!["a delivery is not an array of events".into()];
    };
    let mut found: Vec<String> = events.iter().flat_map(of_event).collect();
    let ids: BTreeSet<_> = events.iter().map(|event| event["id"].to_string()).collect();
    if events.is_empty() || ids.len() < events.len() {
        found.push("a delivery is empty, or two of its events share an id".into());
    }
    found
}

fn of_event(event: &Value) -> Vec<String> {
    let name = event["event"].as_str().unwrap_or_default();
    let is_membership = matches!(name, "group.user_added" | "group.user_removed");
    let rules = [
        (is_membership || is_life(name), "it has no name that we know"),
        (event["id"].as_str().is_some_and(|id| id.starts_with("evt_") && id.len() > 20), "it has no id"),
        (event["time"].as_str().is_some_and(|time| time.parse::<Timestamp>().is_ok()), "it has no time"),
        (["tenant", "product", "directory_id"].iter().all(|key| is_text(&event[*key])), "nobody owns it"),
        (is_text(&event["data"]["id"]), "its data has no id"),
        (is_membership || event["data"]["raw"].is_object(), "its data has no resource"),
        (!is_membership || is_text(&event["data"]["group"]["id"]), "its group has no id"),
        (!is_membership || event["data"]["group"]["raw"].get("members").is_none(), "its group has all members"),
        (!tells_password(event), "it tells a password"),
    ];
    let broken = rules.into_iter().filter(|(holds, _)| !holds);
    broken.map(|(_, rule)| format!("{rule}: {event}")).collect()
}

/// `user.created`, or `role.created` for a type of the configuration.
fn is_life(name: &str) -> bool {
    name.split_once('.').is_some_and(|(noun, what)| !noun.is_empty() && LIFE.contains(&what))
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

/// A change of it may be named, without a value.
fn tells_password(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let named = fields.get("path").and_then(Value::as_str).is_some_and(is_password);
            let told = ["value", "previous"].iter().any(|key| fields.get(*key).is_some_and(|v| !v.is_null()));
            (named && told) || fields.iter().any(|(name, value)| is_password(name) || tells_password(value))
        }
        Value::Array(items) => items.iter().any(tells_password),
        _ => false,
    }
}

fn is_password(name: &str) -> bool {
    name.to_lowercase().ends_with("password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event() -> Value {
        json!({"id": "evt_0123456789abcdefghij", "event": "user.updated", "time": "2026-11-21T20:00:00.123Z",
               "tenant": "acme", "product": "crm", "directory_id": "acme", "data": {"id": "1", "raw": {}},
               "changes": [{"op": "replace", "path": "password"}]})
    }

    fn found(events: &Value) -> usize {
        unsound(events.to_string().as_bytes()).len()
    }

    #[test]
    fn a_sound_delivery_passes() {
        assert_eq!(unsound(json!([event()]).to_string().as_bytes()), [""; 0]);
    }

    #[test]
    fn each_fault_is_found() {
        assert_eq!(found(&json!([])), 1);
        assert_eq!(found(&json!({})), 1);
        assert_eq!(found(&json!([event(), event()])), 1);
        for (pointer, value) in [
            ("/id", json!("evt_")),
            ("/event", json!("user.changed")),
            ("/time", json!("today")),
            ("/tenant", json!("")),
            ("/data/id", json!(null)),
            ("/data/raw", json!(null)),
            ("/data/raw", json!({"Password": "x"})),
            ("/changes/0", json!({"path": "password", "value": "x"})),
        ] {
            let mut event = event();
            *event.pointer_mut(pointer).unwrap() = value;
            assert_eq!(found(&json!([event])), 1, "{pointer}");
        }
    }
}

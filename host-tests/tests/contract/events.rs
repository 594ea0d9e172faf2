//! docs/schemas: every event that is sent, in every format.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use usher_host_tests::stack::repository;

use crate::published::{faults, strict_validator};
use crate::recordings;

#[test]
fn every_event_of_every_conversation_is_as_described() {
    let event = strict_validator("schemas/event.json");
    let mut seen = 0;
    for (name, conversation, recordings) in recordings() {
        if conversation.config.get("events").is_some_and(|events| events.get("format").is_some()) {
            continue;
        }
        for delivery in recordings.iter().flat_map(|recording| recording.deliveries()) {
            for found in serde_json::from_slice::<Vec<Value>>(delivery).unwrap() {
                assert_eq!(faults(&event, &found), [""; 0], "{name}: {found}");
                seen += 1;
            }
        }
    }
    assert!(seen > 400, "only {seen} events");
}

/// The snapshots have all formats, and the same events in each.
#[test]
fn every_format_is_as_described() {
    let mut seen = 0;
    for file in std::fs::read_dir(repository().join("host-tests/snapshots")).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let bodies = lines.iter().enumerate().filter(|(place, _)| is_body(&lines, *place));
        for (_, body) in bodies {
            for (schema, event) in of(&name, body) {
                assert_eq!(faults(&strict_validator(schema), &event), [""; 0], "{name}: {event}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "only {seen} events");
}

/// No conversation has these: nobody asks for them.
#[test]
fn an_event_about_a_directory_is_as_described() {
    let page = std::fs::read_to_string(repository().join("docs/directories.md")).unwrap();
    let block = page.split("```json\n").find(|block| block.starts_with("[{ \"id\"")).unwrap();
    let events: Vec<Value> = serde_json::from_str(block.split("```").next().unwrap()).unwrap();
    let event = strict_validator("schemas/event.json");
    assert_eq!(faults(&event, &events[0]), [""; 0]);
    for (pointer, value) in [("/data/state", "asleep"), ("/event", "directory.renamed"), ("/data/first_name", "Ada")] {
        let mut bad = events[0].clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[key] = value.into();
        assert!(!faults(&event, &bad).is_empty(), "{pointer}");
    }
}

/// A body is the one line between two empty ones, or an empty one and the end.
fn is_body(lines: &[&str], place: usize) -> bool {
    place > 0 && lines[place - 1].is_empty() && lines.get(place + 1).is_none_or(|next| next.is_empty())
}

/// The events in a body, and what describes them.
fn of(name: &str, body: &str) -> Vec<(&'static str, Value)> {
    let json = || serde_json::from_str::<Value>(body).unwrap();
    let each = |schema| json().as_array().unwrap().iter().map(|event| (schema, event.clone())).collect();
    let format = name.split('.').nth(1).unwrap();
    match format {
        "array" | "array-signed" => each("schemas/event.json"),
        "single" => vec![("schemas/event.json", json())],
        "cloudevents" => vec![("schemas/cloudevent.json", json())],
        "cloudevents-batch" => each("schemas/cloudevent.json"),
        "cloudevents-binary" => vec![("schemas/cloudevent.json#/$defs/data", json())],
        "security-events" | "security-events-unsigned" => vec![("schemas/security-event.json", claims(body))],
        other => panic!("no schema for {other}"),
    }
}

fn claims(token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

/// A test that cannot fail proves nothing.
#[test]
fn what_is_wrong_is_found() {
    let event = strict_validator("schemas/event.json");
    let text = std::fs::read_to_string(repository().join("host-tests/snapshots/a-working-life.single.http")).unwrap();
    let good: Value = text.lines().filter_map(|line| serde_json::from_str(line).ok()).next().unwrap();
    assert_eq!(faults(&event, &good), [""; 0]);
    for (pointer, value) in [
        ("/id", json!("evt_1")),
        ("/event", json!("user.changed")),
        ("/time", json!("today")),
        ("/data", json!({"id": "1"})),
        ("/data/raw/password", json!("secret")),
        ("/data/shoe_size", json!(42)),
        ("/changes", json!([])),
        ("/undocumented", json!(1)),
    ] {
        let mut bad = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.into(), value);
        assert!(!faults(&event, &bad).is_empty(), "{pointer}");
    }
}

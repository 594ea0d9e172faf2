//! docs/schemas/configuration.json is what the types of the configuration say, and it takes what the gateway takes.
//!
//! `USHER_SNAPSHOTS=write cargo test --test contract configuration` writes it anew.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use usher_gateway::Gateway;
use usher_gateway::config::ConfigWire;
use usher_host_tests::conversation::load_all;
use usher_host_tests::stack::{plugin_configuration, repository};
use usher_host_tests::targets::Setup;

use crate::published::faults;

fn generated() -> Value {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ConfigWire>();
    let mut schema = schema.to_value();
    schema["title"] = "Usher's configuration".into();
    schema["$id"] = "https://usher.example/schemas/configuration.json".into();
    schema
}

#[test]
fn the_schema_is_what_the_types_say() {
    let file = repository().join("docs/schemas/configuration.json");
    let text = serde_json::to_string_pretty(&generated()).unwrap() + "\n";
    if std::env::var("USHER_SNAPSHOTS").is_ok_and(|wish| wish == "write") {
        std::fs::write(&file, &text).unwrap();
    }
    let hint = "write it anew: USHER_SNAPSHOTS=write cargo test -p usher-host-tests --test contract configuration";
    assert!(std::fs::read_to_string(&file).unwrap() == text, "docs/schemas/configuration.json is old; {hint}");
}

#[test]
fn it_takes_every_configuration_of_every_conversation() {
    let rule = jsonschema::validator_for(&generated()).unwrap();
    assert_eq!(faults(&rule, &plugin_configuration().unwrap()), [""; 0]);
    for (name, conversation) in load_all().unwrap() {
        assert_eq!(faults(&rule, &Setup::of(&conversation).unwrap().configuration), [""; 0], "{name}");
    }
}

/// What is misspelt, missing or of the wrong type is found by an editor as it is by the gateway.
#[test]
fn it_refuses_what_the_gateway_refuses() {
    let rule = jsonschema::validator_for(&generated()).unwrap();
    for (pointer, value) in [
        ("/user_service", Value::Null),
        ("/user_services", json!({})),
        ("/directories/0/strikt", json!(true)),
        ("/directories/0/strict", json!("yes")),
        ("/directories/0/version", json!("1.2")),
        ("/directories/0/events", json!({"format": "xml"})),
        ("/directories/0/events", json!({"signatures": [{"standard_webhooks": {}}]})),
        ("/limits", json!({"page_size": -1})),
        ("/schemas", json!([{"attributes": []}])),
    ] {
        let mut wrong = plugin_configuration().unwrap();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = wrong.pointer_mut(parent).unwrap();
        match value {
            Value::Null => drop(parent.as_object_mut().unwrap().remove(key)),
            value => parent[key] = value,
        }
        assert!(Gateway::new(wrong.to_string().as_bytes()).is_err(), "{pointer}: the gateway takes it");
        assert!(!faults(&rule, &wrong).is_empty(), "{pointer}: the schema takes it");
    }
}

//! The documents as they are published, and validators made of them.

use std::fs;

use jsonschema::{Registry, Validator};
use serde_json::Value;
use usher_host_tests::stack::repository;

/// They refer to each other as if they were here.
const PLACE: &str = "https://usher.example/";
const SCHEMAS: [&str; 3] = ["event", "cloudevent", "security-event"];

fn schema(name: &str) -> Value {
    let text = fs::read(repository().join(format!("docs/schemas/{name}.json"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

pub(crate) fn openapi() -> Value {
    let text = fs::read_to_string(repository().join("docs/openapi.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn closed(mut schema: Value) -> Value {
    close(&mut schema);
    schema
}

/// Where schemas are put together, each part describes members that the others do not know.
fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let describes = fields.get("properties").is_some_and(Value::is_object) && fields.contains_key("type");
            if describes && !fields.contains_key("additionalProperties") {
                fields.entry("unevaluatedProperties").or_insert(false.into());
            }
            fields.iter_mut().filter(|(name, _)| *name != "allOf").for_each(|(_, field)| close(field));
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Of a part of a document: `openapi.yaml#/components/schemas/User`. What is published is open: a record that is read
/// has more than what was sent, and newer versions may say more.
pub(crate) fn validator(place: &str) -> Validator {
    made_of(schema, place)
}

/// What is sent now must be described to the last member.
pub(crate) fn strict_validator(place: &str) -> Validator {
    made_of(|name| closed(schema(name)), place)
}

fn made_of(schema: impl Fn(&str) -> Value, place: &str) -> Validator {
    let mut registry = Registry::new();
    for name in SCHEMAS {
        registry = registry.add(format!("{PLACE}schemas/{name}.json"), schema(name)).unwrap();
    }
    let registry = registry.add(format!("{PLACE}openapi.yaml"), openapi()).unwrap().prepare().unwrap();
    let schema = serde_json::json!({"$ref": format!("{PLACE}{place}")});
    jsonschema::options().with_registry(&registry).build(&schema).unwrap()
}

/// What is wrong with it, if anything.
pub(crate) fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

//! No input makes the core panic, and what it refuses it refuses with a sentence.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use usher_gateway::Gateway;
use usher_gateway::change::{changes, patch};
use usher_gateway::filter::{Dialect, Filter, Predicate};
use usher_gateway::leniency::Leniency;
use usher_gateway::limits::Limits;
use usher_gateway::message::{PatchRequest, parse};
use usher_gateway::path::PatchPath;
use usher_gateway::schema::normalize;

use super::cases;
use super::generate::leniency::{leniencies, rules};
use super::generate::request::request;
use super::generate::resource::{body, resource};
use super::generate::types::{Of, types};

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text_is_a_filter_or_an_error(text in prop_oneof![any::<String>(), alphabet(FILTER)]) {
        for dialect in [Dialect::Strict, Dialect::BareWords] {
            let Ok(filter) = Filter::parse(&text, dialect, &Limits::default()) else { continue };
            for of in types() {
                let _ = Predicate::bind(&filter, &of).map(|p| p.matches(&serde_json::Map::new()));
            }
        }
        let _ = PatchPath::parse(&text, &Limits::default());
    }

    #[test]
    fn any_bytes_are_a_body_or_an_error(bytes: Vec<u8>, text in alphabet(JSON), leniencies in leniencies()) {
        for body in [bytes.as_slice(), text.as_bytes()] {
            let _ = parse(body, &Limits::default());
            let _ = PatchRequest::parse(body, leniencies, &Limits::default());
            let _ = Gateway::new(body);
        }
    }

    #[test]
    fn a_spoilt_patch_is_done_or_refused((of, before, body) in asked(), spoils in spoils(), leniencies in leniencies()) {
        let body = spoilt(body, &spoils);
        let Ok(request) = PatchRequest::parse(body.to_string().as_bytes(), leniencies, &Limits::default()) else {
            return Ok(());
        };
        match patch(&of, &before, request, &rules(leniencies)) {
            Ok(after) => drop(changes(&of, &before, &after)),
            Err(error) => prop_assert!(error.at.starts_with("Operations[") && !error.reason.is_empty(), "{}", error),
        }
    }

    #[test]
    fn a_spoilt_resource_is_taken_or_refused((of, body) in posted(), spoils in spoils(), leniencies in leniencies()) {
        let Value::Object(body) = spoilt(Value::Object(body), &spoils) else { return Ok(()) };
        let coercion = rules(leniencies.with(Leniency::MissingSchemas)).coercion;
        if let Ok(resource) = normalize(&of, body, &coercion) {
            // What is canonical stays as it is.
            prop_assert_eq!(normalize(&of, resource.clone(), &coercion).unwrap(), resource);
        }
    }

    #[test]
    fn a_spoilt_configuration_is_taken_or_refused(spoils in spoils()) {
        let text = spoilt(configuration(), &spoils).to_string();
        if let Err(error) = Gateway::new(text.as_bytes()) {
            prop_assert!(!error.reason.is_empty());
        }
    }
}

#[test]
fn the_configuration_that_is_spoilt_is_a_good_one() {
    Gateway::new(configuration().to_string().as_bytes()).unwrap();
}

const FILTER: &str = "[a-c \"\\\\.:$()\\[\\]0-9é]|and|or|not|eq|pr|urn:|true|null|emails|value|type";
const JSON: &str =
    "[\\[\\]{}:,\"\\\\0-9eE.+-]|true|null|\"op\":|\"add\"|\"Operations\":|\"path\":|\"value\":|\"emails\"";

/// Texts made of what the grammar is made of.
fn alphabet(tokens: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(tokens, 0..30).prop_map(|tokens| tokens.concat())
}

fn asked() -> impl Strategy<Value = (Of, serde_json::Map<String, Value>, Value)> {
    let of_type = |of: Of| (Just(of.clone()), resource(&of), request(&of)).boxed();
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

fn posted() -> impl Strategy<Value = (Of, serde_json::Map<String, Value>)> {
    let of_type = |of: Of| (Just(of.clone()), body(&of)).boxed();
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

/// Places in a document, and what to put there.
fn spoils() -> impl Strategy<Value = Vec<(Index, Value)>> {
    let text = any::<String>().prop_map(Value::from);
    let value = prop_oneof![super::generate::value::any_value(), text, any::<f64>().prop_map(Value::from)];
    proptest::collection::vec((any::<Index>(), value), 0..4)
}

fn spoilt(mut document: Value, spoils: &[(Index, Value)]) -> Value {
    for (at, value) in spoils {
        let mut places = 0;
        count(&document, &mut places);
        put(&mut document, &mut at.index(places), value);
    }
    document
}

fn count(document: &Value, places: &mut usize) {
    *places += 1;
    match document {
        Value::Array(items) => items.iter().for_each(|item| count(item, places)),
        Value::Object(parts) => parts.values().for_each(|part| count(part, places)),
        _ => {}
    }
}

/// Puts the value at the place that is this many steps away; whether it was put.
fn put(document: &mut Value, steps: &mut usize, value: &Value) -> bool {
    if *steps == 0 {
        *document = value.clone();
        return true;
    }
    *steps -= 1;
    match document {
        Value::Array(items) => items.iter_mut().any(|item| put(item, steps, value)),
        Value::Object(parts) => parts.values_mut().any(|part| put(part, steps, value)),
        _ => false,
    }
}

fn configuration() -> Value {
    json!({
        "base": "/scim/v2",
        "external_url": "https://scim.example.com",
        "user_service": {"cluster": "users", "authority": "users.test", "path": "/provisioning", "timeout_ms": 5000},
        "directories": [{
            "id": "acme", "tenant": "acme", "product": "app", "provider": "okta", "strict": false,
            "unknown_members": "accept",
            "credentials": [{"bearer": {"sha256": "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c"}}]
        }],
        "limits": {"body_bytes": 1000, "operations": 10},
        "schemas": [{"id": "urn:example:role", "attributes": [{"name": "title", "required": true}]}],
        "resource_types": [{"name": "Role", "endpoint": "/Roles", "schema": "urn:example:role"}]
    })
}

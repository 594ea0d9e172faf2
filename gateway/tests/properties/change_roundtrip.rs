//! What `changes` says, done to the old state as PATCH operations, gives the new one.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use usher_gateway::change::{Change, changes, patch};
use usher_gateway::leniency::Leniencies;
use usher_gateway::message::PatchRequest;
use usher_gateway::schema::ResourceType;

use super::cases;
use super::generate::leniency::{leniencies, rules};
use super::generate::request::{body, parsed, request};
use super::generate::resource::resource;
use super::generate::types::{Of, types};

/// A type, a resource of it, and a request.
fn written() -> impl Strategy<Value = (Of, Map<String, Value>, Value)> {
    let of_type = |t: Of| (Just(t.clone()), resource(&t), request(&t)).boxed();
    let mut types = types().into_iter().map(of_type);
    let (user, group, device) = (types.next().unwrap(), types.next().unwrap(), types.next().unwrap());
    prop_oneof![4 => user, 1 => group, 2 => device]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn changes_lead_from_before_to_after((of, before, request) in written(), leniencies in leniencies()) {
        let untouched = before.clone();
        let after = parsed(&request, leniencies).and_then(|r| patch(&of, &before, r, &rules(leniencies)));
        prop_assert_eq!(&before, &untouched);
        match after {
            Ok(after) => assert_changes(&of, &before, &after),
            Err(error) => {
                prop_assert!(error.at.starts_with("Operations["), "{}", error);
                prop_assert!(!error.reason.is_empty());
            }
        }
    }

    #[test]
    fn any_two_resources_differ_by_their_changes((of, before, after) in two_states()) {
        assert_changes(&of, &before, &after);
    }
}

/// Two resources, as before and after a PUT.
fn two_states() -> impl Strategy<Value = (Of, Map<String, Value>, Map<String, Value>)> {
    let of_type = |t: Of| (Just(t.clone()), resource(&t), resource(&t)).boxed();
    let any_two = proptest::strategy::Union::new(types().into_iter().map(of_type));
    any_two.prop_map(|(of, before, mut after)| {
        // Set once is set for good.
        after.remove("serial");
        after.extend(before.get("serial").map(|v| ("serial".to_owned(), v.clone())));
        (of, before, after)
    })
}

/// The changes are none exactly if nothing changed, tell the values before, and lead to the state after.
fn assert_changes(of: &ResourceType, before: &Map<String, Value>, after: &Map<String, Value>) {
    let found = changes(of, before, after);
    assert_eq!(found.is_empty(), compared(before) == compared(after));
    for change in &found {
        assert_eq!(change.previous.as_ref(), at(of, before, &change.path), "before, at {}", change.path);
        assert_eq!(change.value.as_ref(), at(of, after, &change.path), "after, at {}", change.path);
    }
    if !found.is_empty() {
        let applied = patch(of, before, as_request(&found), &rules(Leniencies::STRICT)).unwrap();
        assert_eq!(compared(&applied), compared(after), "{found:?}");
    }
}

/// All but the bookkeeping, and but the members, which have events of their own.
fn compared(resource: &Map<String, Value>) -> Map<String, Value> {
    let mut resource = resource.clone();
    resource.retain(|name, _| !["id", "meta", "schemas", "members", "groups"].contains(&name.as_str()));
    resource
}

/// What stands at the path of a change.
fn at<'r>(of: &ResourceType, resource: &'r Map<String, Value>, path: &str) -> Option<&'r Value> {
    let within = |urn: &str| path.strip_prefix(urn)?.strip_prefix(':').map(|path| (urn.to_owned(), path));
    let (object, path) = match of.extensions.iter().find_map(|e| within(&e.schema.id)) {
        Some((urn, path)) => (resource.get(&urn)?.as_object()?, path),
        None => (resource, path),
    };
    match path.split_once('.') {
        Some((name, sub)) => object.get(name)?.get(sub),
        None => object.get(path),
    }
}

/// The changes as a strict client would write them.
fn as_request(changes: &[Change]) -> PatchRequest {
    let operation = |change: &Change| {
        let mut operation = json!({"op": change.op.word(), "path": change.path});
        if let Some(value) = &change.value {
            operation["value"] = value.clone();
        }
        operation
    };
    parsed(&body(changes.iter().map(operation).collect()), Leniencies::STRICT).unwrap()
}

//! A PATCH of members is read as ids alone, or as values: where the first is done at all, both must come to the same.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use usher_gateway::change::{patch, patch_members};
use usher_gateway::leniency::Leniencies;
use usher_gateway::limits::Limits;
use usher_gateway::message::{MembersPatch, PATCH_OP, PatchRequest};
use usher_gateway::schema::ResourceKind;

use super::cases;
use super::generate::leniency::{leniencies, rules};
use super::generate::types::types;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn members_as_ids_are_members_as_values(
        body in body(), before in group(), leniencies in leniencies(), limits in limits(),
    ) {
        let of = types().into_iter().find(|of| of.kind == ResourceKind::Group).unwrap();
        let text = body.to_string();
        let Some(read) = MembersPatch::read(text.as_bytes(), leniencies, &limits) else { return Ok(()) };
        let rules = usher_gateway::change::Rules { limits, ..rules(leniencies) };
        let request = PatchRequest::parse(text.as_bytes(), leniencies, &limits);
        let general = request.and_then(|request| patch(&of, &before, request, &rules));
        let ours = patch_members(&of, &before, &read);
        prop_assert_eq!(ours.map(settled), general.map(settled), "{}", text);
    }

    #[test]
    fn the_plain_ones_are_read_so(ids in proptest::collection::vec("[a-z]{1,3}", 1..5), op in select(vec!["add", "Remove"])) {
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id, "display": "x"})).collect();
        let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": op, "path": "members", "value": members}]});
        let text = body.to_string();
        let read = MembersPatch::read(text.as_bytes(), Leniencies::LENIENT, &Limits::default());
        let read = read.unwrap();
        prop_assert_eq!(read.ids().collect::<Vec<_>>(), ids);
    }
}

/// With members as they are kept.
fn settled(mut group: Map<String, Value>) -> Map<String, Value> {
    for member in group.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
        *member = json!({"value": member["value"], "type": "User"});
    }
    group
}

fn group() -> impl Strategy<Value = Map<String, Value>> {
    (proptest::collection::vec(id(), 0..5), any::<bool>()).prop_map(|(mut ids, named)| {
        ids.sort();
        ids.dedup();
        let mut group = json!({"id": "g1", "externalId": "x"});
        if named {
            group["displayName"] = "Engineers".into();
        }
        if !ids.is_empty() {
            group["members"] = ids.iter().map(|id| json!({"value": id, "type": "User"})).collect();
        }
        group.as_object().unwrap().clone()
    })
}

fn id() -> impl Strategy<Value = String> {
    select(["a", "b", "c", "d", "e", "é\"", "A"].map(str::to_owned).to_vec())
}

fn member() -> impl Strategy<Value = Value> {
    let told = |(id, display)| if display { json!({"value": id, "display": id}) } else { json!({"value": id}) };
    let plain = (id(), any::<bool>()).prop_map(told);
    let odd = select(vec![
        json!({"value": "a", "display": "Ada", "$ref": "/Users/a", "type": "User"}),
        json!({"value": "b", "type": "Group"}),
        json!({"value": "b", "type": 1}),
        json!({"value": "b", "unheard": 1}),
        json!({"Value": "b"}),
        json!({"value": "b", "VALUE": "c"}),
        json!({"value": ""}),
        json!({"value": "\0"}),
        json!({"value": 1}),
        json!({"value": null}),
        json!({"display": "x"}),
        json!({"value": "0123456789"}),
        json!({"value": "b", "display": "0123456789"}),
        json!({}),
        json!("a"),
        json!(null),
    ]);
    prop_oneof![20 => plain, 1 => odd]
}

fn operation() -> impl Strategy<Value = Value> {
    let op = select(vec!["add", "remove", "add", "remove", "Add", "REMOVE", "replace"]);
    let path = select(
        vec!["members"; 12]
            .into_iter()
            .chain(["Members", "members[value eq \"a\"]", "displayName"])
            .collect::<Vec<_>>(),
    );
    let values = proptest::collection::vec(member(), 0..5);
    let extra = select(vec![0; 12].into_iter().chain(1..4).collect::<Vec<_>>());
    (op, path, values, extra).prop_map(|(op, path, values, extra)| {
        let mut operation = json!({"op": op, "path": path, "value": values});
        match extra {
            1 => operation["unheard"] = json!({}),
            2 => drop(operation.as_object_mut().unwrap().remove("value")),
            3 => drop(operation.as_object_mut().unwrap().remove("path")),
            _ => {}
        }
        operation
    })
}

fn body() -> impl Strategy<Value = Value> {
    let schemas = select(
        vec![json!([PATCH_OP]); 12]
            .into_iter()
            .chain([json!([PATCH_OP.to_uppercase(), "more"]), json!([]), json!("x"), json!(["other"]), json!(null)])
            .collect::<Vec<_>>(),
    );
    (schemas, proptest::collection::vec(operation(), 0..4))
        .prop_map(|(schemas, operations)| json!({"schemas": schemas, "Operations": operations}))
}

/// Such as are nearly used up.
fn limits() -> impl Strategy<Value = Limits> {
    let less = |usual: usize, few: std::ops::Range<usize>| prop_oneof![3 => Just(usual), 1 => few];
    let usual = Limits::default();
    let (depth, keys) = (less(usual.json_depth, 3..7), less(usual.json_keys, 1..6));
    let (items, bytes) = (less(usual.json_items, 5..40), less(usual.string_bytes, 1..12));
    (depth, keys, items, bytes, less(usual.operations, 1..4)).prop_map(
        move |(json_depth, json_keys, json_items, string_bytes, operations)| Limits {
            json_depth,
            json_keys,
            json_items,
            string_bytes,
            operations,
            ..usual
        },
    )
}

#[test]
fn limits_are_reached_at_the_same_size() {
    let members = json!([{"value": "a"}, {"value": "b", "display": "B", "$ref": "r", "type": "User"}]);
    let operations: Vec<Value> = (0..3).map(|_| json!({"op": "add", "path": "members", "value": members})).collect();
    let text = json!({"schemas": [PATCH_OP, "more"], "Operations": operations}).to_string();
    let limit = |set: fn(&mut Limits, usize)| {
        let taken = |most: usize| {
            let mut limits = Limits::default();
            set(&mut limits, most);
            let ours = MembersPatch::read(text.as_bytes(), Leniencies::LENIENT, &limits).is_some();
            assert_eq!(ours, PatchRequest::parse(text.as_bytes(), Leniencies::LENIENT, &limits).is_ok(), "{most}");
            ours
        };
        (0..100).filter(|most| taken(*most)).min()
    };
    assert_eq!(limit(|limits, most| limits.json_items = most), Some(37));
    assert_eq!(limit(|limits, most| limits.json_depth = most), Some(5));
    assert_eq!(limit(|limits, most| limits.json_keys = most), Some(4));
    assert_eq!(limit(|limits, most| limits.operations = most), Some(3));
}

#[test]
fn what_is_wrong_or_odd_is_left_to_the_reader_of_values() {
    let read = |operation: Value, leniencies| {
        let body = json!({"schemas": [PATCH_OP], "Operations": [operation]}).to_string();
        MembersPatch::read(body.as_bytes(), leniencies, &Limits::default()).is_some()
    };
    let with = |op: &str, member: Value| json!({"op": op, "path": "members", "value": [member]});
    let (lenient, strict) = (Leniencies::LENIENT, Leniencies::STRICT);
    let plain = || json!({"value": "a"});
    for (operation, for_lenient, for_strict) in [
        (with("add", plain()), true, true),
        (with("Add", plain()), true, false),
        (with("remove", plain()), true, false),
        (with("replace", plain()), false, false),
        (with("add", json!({"value": "a", "display": "Ada"})), true, false),
        (with("add", json!({"value": "a", "type": "User"})), true, true),
        (with("add", json!({"value": "a", "type": "group"})), false, false),
        (with("add", json!("a")), false, false),
        (json!({"op": "add", "path": "members", "value": []}), false, false),
        (json!({"op": "remove", "path": "members"}), false, false),
    ] {
        assert_eq!(
            (read(operation.clone(), lenient), read(operation.clone(), strict)),
            (for_lenient, for_strict),
            "{operation}"
        );
    }
}

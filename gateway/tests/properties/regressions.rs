//! What the properties found, each as the one case that shows it.

use serde_json::{Map, Value, json};
use usher_gateway::change::patch;
use usher_gateway::leniency::{Leniencies, Leniency};

use super::generate::leniency::rules;
use super::generate::request::{body, parsed};
use super::generate::types::types;

/// The resource of this type after these operations, or the message of the error.
fn patched(type_name: &str, before: Value, operations: Value) -> Result<Value, String> {
    let of = types().into_iter().find(|t| t.name == type_name).unwrap();
    let Value::Array(operations) = operations else { panic!("a list of operations") };
    let before: Map<String, Value> = before.as_object().unwrap().clone();
    let leniencies = Leniencies::LENIENT.with(Leniency::ReplaceMakesValue);
    let request = parsed(&body(operations), leniencies);
    let after = request.and_then(|request| patch(&of, &before, request, &rules(leniencies)));
    after.map(Value::Object).map_err(|e| e.to_string())
}

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn a_part_given_as_null_goes_and_the_others_stay() {
    let before = json!({"userName": "a", "name": {"givenName": "A", "familyName": "B"}});
    let one = json!([{"op": "replace", "path": "name", "value": {"givenName": null}}]);
    let after = patched("User", before.clone(), one).unwrap();
    assert_eq!(after["name"], json!({"familyName": "B"}));
    for nothing in [json!({}), json!({"unheard": "of"})] {
        let operation = json!([{"op": "replace", "path": "name", "value": nothing}]);
        assert_eq!(patched("User", before.clone(), operation).unwrap(), before);
    }
}

#[test]
fn a_list_holds_no_value_twice_whoever_wrote_it() {
    let before = json!({"userName": "a", "emails": [
        {"value": "x", "type": "work"}, {"value": "y", "type": "work", "display": "Y"}]});
    let same = json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "z"}]);
    assert_eq!(patched("User", before.clone(), same).unwrap()["emails"], json!([{"value": "z", "type": "work"}]));
    let untyped = json!([
        {"op": "replace", "path": "emails.value", "value": "z"}, {"op": "remove", "path": "emails.type"}]);
    assert_eq!(patched("User", before, untyped).unwrap()["emails"], json!([{"value": "z"}]));
}

#[test]
fn the_new_primary_takes_it_from_the_old_one_wherever_that_stands() {
    // As a service may have stored it: one address twice, so that positions shift when they are made one.
    let before = json!({"userName": "a", "emails": [
        {"value": "x"}, {"value": "x"}, {"value": "y", "primary": true}]});
    let add = json!([{"op": "add", "path": "emails", "value": {"value": "z", "primary": true}}]);
    let after = patched("User", before.clone(), add).unwrap();
    let primary: Vec<_> = after["emails"].as_array().unwrap().iter().filter(|e| e["primary"] == true).collect();
    assert_eq!(primary, [&json!({"value": "z", "primary": true})]);
    let two = json!([{"op": "replace", "path": "emails[value pr].primary", "value": true}]);
    assert_eq!(patched("User", before, two).unwrap_err(), "Operations[0].value: more than one value is primary");
}

#[test]
fn being_primary_is_not_what_tells_values_apart() {
    let before = json!({"userName": "a", "addresses": [{"country": "NL", "primary": true}]});
    let new = json!([{"country": "NL", "primary": false}, {"country": "DE", "primary": true}]);
    let after = patched("User", before, json!([{"op": "add", "path": "addresses", "value": new}])).unwrap();
    assert_eq!(after["addresses"], new);
}

#[test]
fn a_value_without_a_type_is_given_one_and_only_one() {
    let before = json!({"userName": "a", "emails": [{"value": "x"}]});
    let new = json!([{"value": "x", "type": "home"}, {"value": "x", "type": "work"}, {"value": "x", "display": "X"}]);
    let after = patched("User", before, json!([{"op": "add", "path": "emails", "value": new}])).unwrap();
    let expected = json!([{"value": "x", "type": "home", "display": "X"}, {"value": "x", "type": "work"}]);
    assert_eq!(after["emails"], expected);
}

#[test]
fn a_value_named_with_and_without_a_type_is_two() {
    let before = json!({"userName": "a", "emails": [{"value": "x", "type": "home"}, {"value": "x"}]});
    let new = json!([{"value": "x", "display": "X"}, {"value": "x", "type": "work"}]);
    let add = json!([{"op": "add", "path": "emails", "value": new}]);
    let once = patched("User", before, add.clone()).unwrap();
    let expected = json!([
        {"value": "x", "type": "home"}, {"value": "x", "display": "X"}, {"value": "x", "type": "work"}]);
    assert_eq!(once["emails"], expected);
    assert_eq!(patched("User", once.clone(), add).unwrap(), once);
}

#[test]
fn a_member_that_is_there_already_stays_as_it_is() {
    let before = json!({"displayName": "a", "members": [{"value": "x", "type": "User"}]});
    let again = json!({"op": "add", "path": "members", "value": [{"value": "x", "type": "user"}]});
    assert_eq!(patched("Group", before.clone(), json!([again])).unwrap(), before);
}

#[test]
fn a_filter_that_contradicts_itself_makes_nothing() {
    let path = "emails[type eq \"work\" and type eq \"home\"].value";
    let error =
        patched("User", json!({"userName": "a"}), json!([{"op": "add", "path": path, "value": "x"}])).unwrap_err();
    assert!(error.starts_with("Operations[0]: no value of `emails` matches"), "{error}");
}

#[test]
fn an_extension_has_no_values_to_select_from() {
    let before = json!({"userName": "a", MANAGER: {"department": "D"}});
    let path = format!("{MANAGER}[department eq \"x\"]");
    let reason = format!("Operations[0].path: `{MANAGER}` has no values to select from");
    assert_eq!(patched("User", before, json!([{"op": "remove", "path": path}])).unwrap_err(), reason);
}

#[test]
fn a_required_attribute_that_is_taken_is_blamed_on_its_operation() {
    let before = json!({"userName": "a"});
    let title = json!({"op": "add", "path": "title", "value": "T"});
    let taken = json!({"op": "replace", "path": "userName", "value": null});
    let given = json!({"op": "add", "path": "userName", "value": "b"});
    let error = patched("User", before.clone(), json!([title, taken, title])).unwrap_err();
    assert_eq!(error, "Operations[1].userName: is required");
    assert_eq!(patched("User", before, json!([taken, given])).unwrap(), json!({"userName": "b"}));
}

#[test]
fn an_empty_manager_is_none_by_whatever_path() {
    let before = json!({"userName": "a", MANAGER: {"manager": {"value": "m"}}});
    for (path, value) in [("manager.value", json!("")), ("manager", json!("")), ("manager", json!({"value": ""}))] {
        let operation = json!([{"op": "replace", "path": format!("{MANAGER}:{path}"), "value": value}]);
        assert_eq!(patched("User", before.clone(), operation).unwrap(), json!({"userName": "a"}), "{path}");
    }
}

#[test]
fn unassigning_a_part_makes_no_value() {
    let before = json!({"userName": "a"});
    for op in ["add", "replace"] {
        let operation = json!([{"op": op, "path": "emails[type eq \"work\"].value", "value": null}]);
        assert_eq!(patched("User", before.clone(), operation).unwrap(), before);
    }
}

#[test]
fn what_can_be_set_once_cannot_be_removed_and_set_again() {
    let before = json!({"label": "a", "serial": "1"});
    for operation in
        [json!({"op": "remove", "path": "serial"}), json!({"op": "replace", "path": "serial", "value": null})]
    {
        let error = patched("Device", before.clone(), json!([operation])).unwrap_err();
        assert_eq!(error, "Operations[0]: `serial` cannot be changed once set");
    }
}

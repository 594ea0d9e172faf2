//! What is wrong with a mapping is found when the configuration is read, and named.
#![cfg(test)]

use serde_json::{Value, json};
use usher_gateway::Gateway;

const TOKEN: &str = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";

/// A mapping in which nothing is wrong.
fn sound() -> Value {
    json!({
        "types": {
            "User": {"attributes": [
                {"path": "userName", "field": "/login"},
                {"path": "active", "field": "/state", "values": {"true": "on", "false": "off"}}
            ]},
            "Group": {
                "attributes": [{"path": "displayName", "field": "/name"}],
                "members": {"record": {"field": "/members"}}
            }
        },
        "routes": {
            "user.created": {"post": {"path": "/users"}},
            "user.updated": {"patch": {"path": "/users/{id}"}},
            "user.deleted": {"delete": {"path": "/users/{id}"}},
            "group.created": {"post": {"path": "/groups"}},
            "group.updated": {"patch": {"path": "/groups/{id}"}},
            "group.deleted": "ignore",
            "group.user_added": "group",
            "group.user_removed": "group"
        }
    })
}

fn read(mapping: &Value, more: Value) -> Result<(), String> {
    let mut config = json!({
        "user_service": {"cluster": "users"},
        "directories": [{"id": "acme", "credentials": [{"bearer": {"sha256": TOKEN}}]}],
        "mapping": mapping
    });
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    Gateway::new(config.to_string().as_bytes()).map(drop).map_err(|error| error.to_string())
}

/// The message for one attribute more.
fn entry(entry: Value) -> String {
    let mut mapping = sound();
    mapping["types"]["User"]["attributes"].as_array_mut().unwrap().push(entry);
    read(&mapping, json!({})).unwrap_err()
}

fn set(pointer: &str, value: Value) -> String {
    let mut mapping = sound();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = mapping.pointer_mut(parent).unwrap();
    match value {
        Value::Null => drop(parent.as_object_mut().unwrap().remove(name)),
        value => parent[name] = value,
    }
    read(&mapping, json!({})).unwrap_err()
}

#[test]
fn nothing_is_wrong_with_the_sound_one() {
    read(&sound(), json!({})).unwrap();
}

#[test]
fn an_attribute_that_cannot_be_mapped_is_named_with_its_place() {
    for (more, message) in [
        (json!({"path": "shoeSize", "field": "/x"}), "no schema of User defines the attribute `shoeSize`"),
        (json!({"path": "name..x", "field": "/x"}), "column 6"),
        (json!({"path": "emails.value", "field": "/x"}), "selects the parts of all values"),
        (json!({"path": "emails[type eq \"work\"]", "field": "/x"}), "selects a whole value; name a part of it"),
        (json!({"path": "emails[value co \"x\"].value", "field": "/x"}), "a filter must say what the value is"),
        (json!({"path": "emails[type eq \"work\"].size", "field": "/x"}), "`emails` has no part `size`"),
        (json!({"path": "id", "field": "/x"}), "the id has a key of its own"),
        (json!({"path": "groups", "field": "/x"}), "`groups` has a key of its own"),
        (json!({"path": "meta.version", "field": "/x"}), "of `meta`, only"),
        (json!({"path": "userName", "field": "/x"}), "is mapped already, see `userName`"),
        (json!({"path": "title", "field": "/login"}), "is in the way of the field of mapping.types.User.attributes[0]"),
        (json!({"path": "title", "field": "/login/x"}), "is in the way of the field of"),
        (json!({"path": "title", "field": "/id"}), "is in the way of the field of mapping.types.User.id"),
        (json!({"path": "title", "field": "/x/0"}), "none into a list"),
        (json!({"path": "title", "field": "x"}), "expected a JSON pointer"),
        (json!({"path": "title", "field": "/x", "default": 5}), "default: expected a string, found a number"),
        (json!({"path": "title", "field": "/x", "values": {"a": 1, "b": 1}}), "so it could not be read back"),
        (json!({"path": "title", "field": "/x", "values": {"a": {}}}), "expected a text, a number or a boolean"),
        (
            json!({"path": "title", "field": "/x", "each": "value"}),
            "expected a part of an attribute that has many values",
        ),
        (json!({"path": "emails", "field": "/x", "number": true}), "is for attributes that are text"),
        (json!({"path": "title", "field": "/x", "constant": 1}), "has no `path`"),
        (json!({"field": "/x"}), "expected a `path`, a `constant` or `from`"),
        (json!({"field": "/x", "constant": 1, "default": 2}), "nothing but its `constant`"),
    ] {
        let found = entry(more.clone());
        assert!(found.starts_with("configuration: mapping.types.User.attributes[2]"), "{more}: {found}");
        assert!(found.contains(message), "{more}: {found}");
    }
}

#[test]
fn what_must_be_kept_has_a_field() {
    let only = |entries: Value| set("/types/User/attributes", entries);
    let active = json!({"path": "active", "field": "/on"});
    assert!(only(json!([active])).contains("`userName` is required, and has no field"));
    assert!(only(json!([{"path": "userName", "field": "/n"}])).contains("`active` has no field"));
    assert!(set("/types/Group/members", Value::Null).contains("expected where the members of a group are"));
    let half = json!([{"path": "userName", "field": "/n"}, {"path": "active", "field": "/on", "values": {"true": 1}}]);
    assert!(only(half).contains("expected `true` and `false`"));
}

#[test]
fn two_filters_cannot_mean_the_same_value() {
    let mut mapping = sound();
    let entries = mapping["types"]["User"]["attributes"].as_array_mut().unwrap();
    entries.push(json!({"path": "emails[type eq \"work\"].value", "field": "/a"}));
    entries.push(json!({"path": "emails[primary eq true].value", "field": "/b"}));
    let found = read(&mapping, json!({})).unwrap_err();
    assert!(found.contains("attributes[3].path: could mean the same value as another filter"), "{found}");
}

#[test]
fn every_event_has_a_place() {
    for name in ["user.created", "user.deleted", "group.updated", "group.user_removed"] {
        let found = set(&format!("/routes/{name}"), Value::Null);
        assert!(found.contains(name), "{name}: {found}");
    }
    let deactivated = json!({"events": {"deactivation": "deactivated"}});
    assert!(read(&sound(), deactivated).unwrap_err().contains("`user.deactivated` goes nowhere"));
    let deleted = json!({"events": {"deactivation": "deleted"}});
    assert!(read(&sound(), deleted).unwrap_err().contains("the record would be gone for good"));
    let mut some = sound();
    some["routes"].as_object_mut().unwrap().remove("user.deleted");
    read(&some, json!({"events": {"only": ["user.created", "user.updated"]}})).unwrap();
    let atomic = json!({"user_service": {"cluster": "users", "atomic_bulk": true}});
    assert!(read(&sound(), atomic).unwrap_err().contains("leave `atomic_bulk` out"));
}

#[test]
fn a_route_that_makes_no_sense_is_refused() {
    let call = |method: &str, call: Value| json!({method: call});
    for (name, route, message) in [
        ("user.created", call("post", json!({"path": "/users/{id}"})), "there is no `{id}` here"),
        ("user.created", call("post", json!({"path": "/users", "body": "changed"})), "only of an update"),
        ("user.updated", call("patch", json!({"path": "users"})), "expected a path"),
        ("user.updated", call("patch", json!({"path": "/a/../b"})), "expected a path"),
        ("user.updated", call("patch", json!({"path": "/u/{group.id}"})), "there is no `{group.id}` here"),
        ("user.updated", call("patch", json!({"path": "/u", "with_id": true})), "is for creations"),
        ("user.updated", call("patch", json!({"path": "/u", "headers": {"authorization": "x"}})), "is no header"),
        (
            "user.updated",
            call("patch", json!({"path": "/u", "body": {"template": {"a": "{name}"}}})),
            "no `{name}` here",
        ),
        ("user.deleted", call("delete", json!({"path": "/u/{id}", "answer": "record"})), "`record` is for"),
        ("user.updated", json!("group"), "only members are told"),
        ("user.renamed", json!("ignore"), "there is no such event"),
        ("group.user_added", call("put", json!({"path": "/g", "body": "data"})), "expected `none` or a `template`"),
        ("group.user_added", json!("ignore"), "`group.user_removed` is \"group\" too"),
        ("group.updated", json!("ignore"), "only where `group.updated` is a request"),
    ] {
        let found = set(&format!("/routes/{name}"), route.clone());
        assert!(found.contains(message), "{route}: {found}");
    }
}

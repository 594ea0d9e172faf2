//! The attribute map loses nothing that it keeps: from a record to a resource and back, and the other way round.

use std::rc::Rc;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use usher_gateway::Gateway;
use usher_gateway::config::Directory;
use usher_gateway::mapping::TypeMap;
use usher_gateway::record::Record;
use usher_gateway::schema::{ResourceKind, require};

use super::cases;
use super::generate::resource::resource;
use super::generate::types::types;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn gateway() -> Gateway {
    let department = format!("{ENTERPRISE}:department");
    let number = format!("{ENTERPRISE}:employeeNumber");
    let config = json!({
        "user_service": {"cluster": "users"},
        "directories": [{"id": "acme", "credentials": [{"bearer": {
            "sha256": "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c"}}]}],
        "mapping": {"types": {"User": {
            "id": "/key", "numeric_ids": true,
            "attributes": [
                {"path": "userName", "field": "/login"},
                {"path": "active", "field": "/state", "values": {"true": "on", "false": 0}},
                {"path": "name.givenName", "field": "/person/first"},
                {"path": "name.familyName", "field": "/person/names/last"},
                {"path": "emails[type eq \"work\"].value", "field": "/mail/work"},
                {"path": "emails[type eq \"work\"].display", "field": "/mail/shown"},
                {"path": "emails[type eq \"home\"].value", "field": "/mail/home"},
                {"path": "phoneNumbers[primary eq true].value", "field": "/phone"},
                {"path": "roles", "field": "/roles", "each": "value"},
                {"path": "addresses", "field": "/addresses"},
                {"path": "title", "field": "/title", "default": "None"},
                {"path": department, "field": "/unit"},
                {"path": number, "field": "/number", "number": true},
                {"field": "/origin", "constant": {"by": "scim"}}
            ]
        }}}
    });
    Gateway::new(config.to_string().as_bytes()).unwrap()
}

fn with_map(check: impl Fn(&Directory, &TypeMap)) {
    thread_local!(static GATEWAY: Rc<Gateway> = Rc::new(gateway()));
    let gateway = GATEWAY.with(Rc::clone);
    let directory = gateway.config.directories.get("acme").unwrap();
    check(directory, directory.map(&ResourceKind::User).unwrap());
}

/// What a service may have: some fields, each with a value of its kind.
fn record() -> impl Strategy<Value = Value> {
    let text = || proptest::option::of("[a-zA-ZäöüßЖ@. -]{1,6}");
    let state = proptest::option::of(prop_oneof![Just(json!("on")), Just(json!(0))]);
    let people = (text(), text(), text(), text(), text(), text());
    let more =
        (text(), text(), proptest::option::of(any::<i64>()), proptest::collection::btree_set("[a-c]{1,2}", 0..3));
    (1..i64::MAX, "[a-z]{1,5}", state, people, more).prop_map(|(key, login, state, people, more)| {
        let (first, last, work, home, shown, phone) = people;
        let (title, unit, number, roles) = more;
        let shown = shown.filter(|_| work.is_some());
        json!({
            "key": key, "login": login, "state": state, "phone": phone, "unit": unit, "number": number,
            "title": title.unwrap_or_else(|| "None".into()), "roles": roles,
            "person": {"first": first, "names": {"last": last}},
            "mail": {"work": work, "home": home, "shown": shown},
            "origin": {"by": "scim"}, "addresses": []
        })
    })
}

/// Nulls, and objects with nothing but nulls, are nothing.
fn present(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(object) => {
            let inner: Map<_, _> = object.iter().filter_map(|(n, v)| Some((n.clone(), present(v)?))).collect();
            (!inner.is_empty()).then_some(Value::Object(inner))
        }
        value => Some(value.clone()),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_data_of_a_loaded_record_is_the_record(record in record()) {
        with_map(|directory, map| {
            let loaded = map.load(record.clone(), None).unwrap();
            require(&map.full, &loaded.resource).unwrap();
            let data = Value::Object(map.data(directory, &loaded, true));
            assert_eq!(present(&data), present(&record));
        });
    }

    #[test]
    fn what_is_kept_of_a_resource_is_what_is_loaded_of_its_data(of in resource(&types()[0])) {
        with_map(|directory, map| {
            // A value that a field cannot hold is refused, and only that.
            let Ok(kept) = map.kept(None, &of) else {
                let number = of.get(ENTERPRISE).and_then(|e| e["employeeNumber"].as_str()).unwrap_or_default();
                assert!(number.parse::<i64>().is_err() || number.parse::<i64>().unwrap().to_string() != number);
                return;
            };
            assert_eq!(map.kept(None, &kept).unwrap(), kept, "kept twice");
            let record = Record::new(ResourceKind::User, "7".into(), kept.clone());
            let data = Value::Object(map.data(directory, &record, true));
            let loaded = map.load(data, None).unwrap();
            assert_eq!(without_bookkeeping(&loaded.resource), without_bookkeeping(&kept));
            assert!(map.changed(&record, &loaded, true).is_empty());
            for (name, value) in &kept {
                let scalar = value.is_string() || value.is_boolean();
                assert!(!scalar || name == "title" || of.get(name) == Some(value), "{name} is not as it was");
            }
        });
    }
}

fn without_bookkeeping(resource: &Map<String, Value>) -> Map<String, Value> {
    let kept = resource.iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "meta" | "schemas"));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

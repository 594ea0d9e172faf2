//! A member is told as the text that the service gave, or as the values in it: both must say the same.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use usher_gateway::record::{Member, Record};
use usher_gateway::schema::ResourceKind;
use usher_json::Reader;

use super::cases;
use super::generate::resource::resource;
use super::generate::types::types;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_member_is_told_alike_as_text_and_as_values(raw in raw(), more in more(), pretty: bool) {
        let mut record = json!({"version": 7, "first_name": "of the service", "raw": raw, "id": "u1"});
        more.iter().for_each(|(place, value)| put(&mut record, place, value));
        let text = if pretty { serde_json::to_string_pretty(&record) } else { serde_json::to_string(&record) }.unwrap();
        let read = Reader::new(text.as_bytes()).and_then(|mut reader| Member::read(&mut reader));
        let loaded = Record::load(ResourceKind::User, record, None).map(|record| Member::of(&record)).ok();
        match read {
            Some(read) => {
                let loaded = loaded.unwrap();
                prop_assert_eq!(&read.id, &loaded.id);
                prop_assert_eq!(value(&read), value(&loaded), "{}", text);
                // As Usher writes it, which is how a service gives it that stores it to the letter.
                prop_assert!(pretty || read.data == loaded.data, "{}", text);
            }
            // The text alone may be given up, not the user; but never one whose record is as Usher made it.
            None => prop_assert!(!more.is_empty(), "{}", text),
        }
    }
}

fn raw() -> impl Strategy<Value = Map<String, Value>> {
    let user = types().into_iter().find(|of| of.kind == ResourceKind::User).unwrap();
    resource(&user).prop_map(|mut raw| {
        raw.insert("id".into(), "u1".into());
        raw
    })
}

/// What a service may have made of it.
fn more() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let odd = select(vec![
        ("/id", json!(17)),
        ("/id", json!("")),
        ("/raw/id", json!("u2")),
        ("/raw", json!([])),
        ("/raw/active", json!("yes")),
        ("/raw/active", json!(false)),
        ("/raw/name", json!(null)),
        ("/raw/name", json!({"givenName": "Zoë \"\\ \u{1}", "familyName": null})),
        ("/raw/userName", json!("no address")),
        ("/raw/emails", json!([])),
        (
            "/raw/emails",
            json!([{"value": "a@b"}, {"value": "c@d", "primary": true}, {"value": "e@f", "primary": true}]),
        ),
        ("/raw/emails", json!([{"type": "work"}, {"primary": true}, {"value": "c@d"}])),
        ("/raw/emails", json!(["a@b"])),
        ("/raw/roles", json!([{"value": "x"}, {"display": "y"}, {"value": "z"}])),
        ("/raw/roles", json!([1])),
    ]);
    proptest::collection::vec(odd, 0..3)
}

fn put(record: &mut Value, place: &str, value: &Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    if let Some(Value::Object(parent)) = record.pointer_mut(parent) {
        parent.insert(name.into(), value.clone());
    }
}

fn value(member: &Member) -> Value {
    serde_json::from_slice(&[&*member.data, b"}"].concat()).unwrap()
}

#[test]
fn a_name_that_stands_twice_is_left_to_the_reader_of_values() {
    for text in [
        r#"{"id":"u1","id":"u1","raw":{"id":"u1"}}"#,
        r#"{"id":"u1","raw":{"id":"u1"},"raw":{"id":"u1"}}"#,
        r#"{"id":"u1","raw":{"id":"u1","userName":"a","userName":"b"}}"#,
        r#"{"id":"u1","raw":{"id":"u1","emails":[{"value":"a","value":"b"}]}}"#,
        r#"{"id":"u1"}"#,
        r#"{"raw":{"id":"u1"}}"#,
        r#"["u1"]"#,
    ] {
        assert_eq!(Reader::new(text.as_bytes()).and_then(|mut reader| Member::read(&mut reader)), None, "{text}");
    }
}

#[test]
fn of_whom_nothing_is_known_nothing_is_said() {
    for id in ["u1", "\u{1}\"é", ""] {
        let Value::Object(raw) = json!({"id": id}) else { panic!() };
        assert_eq!(Member::unknown(id), Member::of(&Record::new(ResourceKind::User, id.to_owned(), raw)));
    }
}

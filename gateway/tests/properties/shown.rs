//! An answer is put together from text and from values; it must be what writing all of it as values would be. And what a
//! version says of a resource.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use usher_gateway::answer::{Projection, show};
use usher_gateway::limits::Limits;
use usher_gateway::record::{Record, Reference, Resource, etag};
use usher_gateway::request::Query;
use usher_gateway::schema::ResourceKind;
use usher_json::Reader;

use super::cases;
use super::generate::resource::resource;
use super::generate::types::{Of, types};

const URL: &str = "https://scim.example.test/acme";

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_answer_is_the_text_of_its_values((of, stored) in stored(), asked in asked(), groups in groups(), as_text: bool) {
        let projection = Projection::parse(&Query::parse(asked.as_bytes()).unwrap(), &Limits::default());
        let new = Record::new(of.kind.clone(), "r1".to_owned(), stored.clone());
        let resource = if as_text { read(&stored) } else { new.resource };
        let record = Record { groups: groups.clone(), resource, ..new };
        let version = etag(&record.resource);
        let shown = show(URL, &of, record, &projection);
        let mut whole = complete(&of, stored, &version, groups.unwrap_or_default());
        projection.apply(&of, &mut whole);
        prop_assert_eq!(String::from_utf8(shown.body).unwrap(), Value::Object(whole).to_string(), "{}", asked);
        prop_assert_eq!(shown.etag, version);
    }

    #[test]
    fn a_version_is_that_of_all_but_meta((of, stored) in stored(), name in "[a-z]{1,3}") {
        let _ = of;
        let version = |attributes: &Map<String, Value>| {
            let version = etag(&Resource::from(attributes.clone()));
            assert_eq!(etag(&read(attributes)), version);
            version
        };
        let mut other = stored.clone();
        other.insert("meta".into(), json!({"lastModified": name}));
        prop_assert_eq!(version(&other), version(&stored));
        if let Some(Value::Array(members)) = other.get_mut("members") {
            members.reverse();
            prop_assert_eq!(version(&other), version(&stored));
        }
        for name in stored.keys().filter(|name| *name != "meta") {
            let mut less = stored.clone();
            less.remove(name);
            prop_assert_ne!(version(&less), version(&stored), "{}", name);
        }
    }
}

/// As it comes from a service.
fn read(stored: &Map<String, Value>) -> Resource {
    Resource::read(&mut Reader::new(&usher_json::write_object(stored)).unwrap()).unwrap()
}

fn stored() -> impl Strategy<Value = (Of, Map<String, Value>)> {
    let of_type = |of: Of| {
        let more = proptest::option::of(select(vec!["unheard", "\"of\"", "", "zzz", "$ref"]));
        (Just(of.clone()), (resource(&of), more, any::<bool>()).prop_map(with)).boxed()
    };
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

/// A service may give what no schema has, and members in another form than they are kept in.
fn with((mut resource, more, kept): (Map<String, Value>, Option<&'static str>, bool)) -> Map<String, Value> {
    resource.extend(more.map(|name| (name.to_owned(), json!({"x": [1]}))));
    for member in resource.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten().filter(|_| kept) {
        *member = json!({"value": member["value"], "type": "User"});
    }
    resource
}

fn asked() -> impl Strategy<Value = String> {
    let asked = [
        "",
        "",
        "attributes=userName,meta",
        "attributes=name.givenName,members.value",
        "attributes=displayName,groups",
        "attributes=password,parts.code",
        "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "excludedAttributes=members,groups,emails",
        "excludedAttributes=meta,id,name.familyName,owner.value",
        "excludedAttributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager,tags",
    ];
    select(asked.map(str::to_owned).to_vec())
}

fn groups() -> impl Strategy<Value = Option<Vec<Reference>>> {
    let group = |(id, name): (&str, Option<&str>)| Reference { id: id.to_owned(), name: name.map(str::to_owned) };
    let group = select(vec![("g1", None), ("g 2/\"", Some("Engineers"))]).prop_map(group);
    proptest::option::of(proptest::collection::vec(group, 0..3))
}

/// With all that only the gateway knows.
fn complete(of: &Of, mut stored: Map<String, Value>, version: &str, groups: Vec<Reference>) -> Map<String, Value> {
    let place = format!("{URL}/{}/r1", of.endpoint);
    let meta = stored.entry("meta").or_insert_with(|| json!({}));
    meta["resourceType"] = of.name.as_str().into();
    meta["location"] = place.into();
    meta["version"] = version.into();
    if of.kind == ResourceKind::User && !groups.is_empty() {
        stored.insert("groups".into(), groups.into_iter().map(group).collect());
    }
    for member in stored.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(id) = member["value"].as_str().map(escaped) else { continue };
        member["$ref"] = format!("{URL}/Users/{id}").into();
        if member.get("type").is_none() {
            member["type"] = "User".into();
        }
    }
    stored
}

fn group(group: Reference) -> Value {
    let mut shown =
        json!({"value": group.id, "type": "direct", "$ref": format!("{URL}/Groups/{}", escaped(&group.id))});
    if let Some(name) = group.name {
        shown["display"] = name.into();
    }
    shown
}

fn escaped(id: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    id.bytes().map(byte).collect()
}

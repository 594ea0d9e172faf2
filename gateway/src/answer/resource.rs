//! A record as a SCIM resource: with its location, version, and the references only we know (RFC 7643 section 3.1).

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::{Map, Value, json};
use usher_json::Object;

use super::projection::Projection;
use crate::record::{Record, Reference, as_all, etag};
use crate::request::encode;
use crate::schema::{ResourceKind, ResourceType};

/// A resource as it is answered, and what its headers say.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The resource, as JSON.
    pub body: Vec<u8>,
    /// Its entity tag.
    pub etag: String,
    /// Its URL.
    pub location: String,
}

/// What an answer says beside or in place of what is stored.
const OURS: [&str; 3] = ["groups", "members", "meta"];

/// Where a resource is found below the directory's URL.
pub fn location(url: &str, resource_type: &ResourceType, id: &str) -> String {
    [url, "/", &resource_type.endpoint, "/", &encode(id)].concat()
}

/// The resource as it is answered. `url` is the directory's.
///
/// What is stored and shown alike is not written again: its text is there.
pub fn show(url: &str, of: &ResourceType, record: Record, projection: &Projection) -> Shown {
    let etag = version(&record);
    let location = location(url, of, &record.id);
    let text = Rc::clone(record.resource.text());
    let mut values = record.resource.into_values();
    let (mut stored, mut ours) = (Vec::with_capacity(16), Map::new());
    for entry in text.entries() {
        let whole = projection.keeps_all_of(of, &entry);
        if whole && !OURS.contains(&&*entry.name) {
            stored.push((entry.name, Cow::Borrowed(entry.whole.as_bytes())));
            continue;
        }
        let known = values.as_mut().and_then(|values| values.remove(&*entry.name));
        let value = known.or_else(|| usher_json::read_any(entry.value.as_bytes())).unwrap_or_default();
        match Some(&value).filter(|_| whole && entry.name == "members").and_then(|value| members(url, value)) {
            Some(members) => stored.push((entry.name, Cow::Owned(members))),
            None => drop(ours.insert(entry.name.into_owned(), value)),
        }
    }
    if ours.contains_key("members") && of.attribute("members").is_some_and(|members| projection.drops(of, members)) {
        ours.remove("members");
    }
    add_meta(&mut ours, of, &location, etag.as_deref());
    add_groups(&mut ours, of, url, record.groups.unwrap_or_default());
    add_references(&mut ours, url);
    projection.apply(of, &mut ours);
    Shown { body: merged(&stored, &ours), etag: etag.unwrap_or_default(), location }
}

/// A record by what tells it from others, and nothing of what is in it.
pub fn refer(url: &str, of: &ResourceType, record: &Record) -> Shown {
    let mut body = Vec::with_capacity(64);
    let mut object = Object::new(&mut body);
    object.text("id", &record.id);
    object.end();
    Shown { body, etag: version(record).unwrap_or_default(), location: location(url, of, &record.id) }
}

/// A group whose members were not read has a version that nobody knows.
fn version(record: &Record) -> Option<String> {
    (!record.partial).then(|| etag(&record.resource))
}

/// One object of both, in the order of the names.
fn merged(stored: &[(Cow<'_, str>, Cow<'_, [u8]>)], ours: &Map<String, Value>) -> Vec<u8> {
    let mut body = Vec::with_capacity(stored.iter().map(|(_, entry)| entry.len() + 1).sum::<usize>() + 512);
    let mut object = Object::new(&mut body);
    let mut ours = ours.iter().peekable();
    for (name, entry) in stored {
        while let Some((name, value)) = ours.next_if(|(ours, _)| ours.as_str() < &**name) {
            object.any(name, value);
        }
        object.entry(entry);
    }
    ours.for_each(|(name, value)| object.any(name, value));
    object.end();
    body
}

fn add_meta(resource: &mut Map<String, Value>, resource_type: &ResourceType, location: &str, etag: Option<&str>) {
    let mut meta = match resource.remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Map::new(),
    };
    meta.insert("resourceType".into(), resource_type.name.as_str().into());
    meta.insert("location".into(), location.into());
    meta.extend(etag.map(|etag| ("version".to_owned(), etag.into())));
    resource.insert("meta".into(), Value::Object(meta));
}

fn add_groups(resource: &mut Map<String, Value>, resource_type: &ResourceType, url: &str, groups: Vec<Reference>) {
    if resource_type.kind != ResourceKind::User || groups.is_empty() {
        return;
    }
    let shown = groups.into_iter().map(|group| {
        let place = format!("{url}/Groups/{}", encode(&group.id));
        let mut shown = json!({"value": group.id, "type": "direct", "$ref": place});
        if let (Some(shown), Some(name)) = (shown.as_object_mut(), group.name) {
            shown.insert("display".into(), name.into());
        }
        shown
    });
    resource.insert("groups".into(), shown.collect());
}

/// The entry of members who are kept as all are: of ten thousand, no values are made. Nothing where one is kept otherwise.
fn members(url: &str, members: &Value) -> Option<Vec<u8>> {
    let members = members.as_array()?;
    let mut place = usher_json::write_text(&format!("{url}/Users/"));
    place.pop();
    let mut entry = Vec::with_capacity(16 + members.len() * (place.len() + 128));
    entry.extend_from_slice(b"\"members\":[");
    for (i, member) in members.iter().enumerate() {
        let id = as_all(member)?;
        entry.extend_from_slice(if i == 0 { b"{\"$ref\":" } else { b",{\"$ref\":" });
        entry.extend_from_slice(&place);
        entry.extend_from_slice(encode(id).as_bytes());
        entry.extend_from_slice(b"\",\"type\":\"User\",\"value\":");
        usher_json::append_text(&mut entry, id);
        entry.push(b'}');
    }
    entry.push(b']');
    Some(entry)
}

fn add_references(resource: &mut Map<String, Value>, url: &str) {
    let Some(Value::Array(members)) = resource.get_mut("members") else { return };
    for member in members.iter_mut().filter_map(Value::as_object_mut) {
        let Some(id) = member.get("value").and_then(Value::as_str) else { continue };
        let place = format!("{url}/Users/{}", encode(id));
        member.insert("$ref".into(), place.into());
        member.entry("type").or_insert_with(|| "User".into());
    }
}

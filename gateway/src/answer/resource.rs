//! A record as a SCIM resource: with its location, version, and the references only we know (RFC 7643 section 3.1).

use serde_json::{Map, Value, json};

use super::projection::Projection;
use crate::record::{Record, Reference, etag};
use crate::request::encode;
use crate::schema::{ResourceKind, ResourceType};

/// A resource, and what its headers say.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The resource.
    pub resource: Map<String, Value>,
    /// Its entity tag.
    pub etag: String,
    /// Its URL.
    pub location: String,
}

/// Where a resource is found below the directory's URL.
pub fn location(url: &str, resource_type: &ResourceType, id: &str) -> String {
    format!("{url}/{}/{}", resource_type.endpoint, encode(id))
}

/// The resource as it is answered. `url` is the directory's.
pub fn render(url: &str, resource_type: &ResourceType, record: Record, projection: &Projection) -> Rendered {
    // A group whose members were not read has a version that nobody knows.
    let etag = if record.partial { None } else { Some(etag(&record.resource)) };
    let location = location(url, resource_type, &record.id);
    let mut resource = record.resource;
    let unwanted = resource_type.schema.attributes.iter().filter(|a| projection.drops(resource_type, a));
    unwanted.for_each(|a| drop(resource.remove(&a.name)));
    add_meta(&mut resource, resource_type, &location, etag.as_deref());
    add_groups(&mut resource, resource_type, url, record.groups.unwrap_or_default());
    add_references(&mut resource, url);
    projection.apply(resource_type, &mut resource);
    Rendered { resource, etag: etag.unwrap_or_default(), location }
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

fn add_references(resource: &mut Map<String, Value>, url: &str) {
    let Some(Value::Array(members)) = resource.get_mut("members") else { return };
    for member in members.iter_mut().filter_map(Value::as_object_mut) {
        let Some(id) = member.get("value").and_then(Value::as_str) else { continue };
        let place = format!("{url}/Users/{}", encode(id));
        member.insert("$ref".into(), place.into());
        member.entry("type").or_insert_with(|| "User".into());
    }
}

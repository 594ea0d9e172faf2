//! A record from the service's JSON (docs/user-service.md). The service is trusted, but not to be free of mistakes.

use serde_json::{Map, Value};
use usher_json::Reader;

use super::{Record, Reference, Resource};
use crate::message::object_of;
use crate::schema::ResourceKind;

impl Record {
    /// Read a record; `etag` is the version when the record itself has none.
    ///
    /// # Errors
    /// What is missing, for the operator's log.
    pub fn load(kind: ResourceKind, json: Value, etag: Option<&str>) -> Result<Self, &'static str> {
        let Value::Object(mut fields) = json else { return Err("a record is a JSON object") };
        let resource = match fields.remove("raw") {
            Some(Value::Object(resource)) => Some(resource.into()),
            _ => None,
        };
        Self::of_fields(kind, fields, resource, etag)
    }

    /// The same of the text of a record, of which only what is wanted is read; nothing when it is not JSON.
    pub fn read(
        kind: ResourceKind,
        reader: &mut Reader<'_>,
        etag: Option<&str>,
        raw: fn(&mut Reader<'_>) -> Option<Resource>,
    ) -> Option<Result<Self, &'static str>> {
        let (mut fields, mut resource) = (Map::new(), None);
        reader.object(|name, reader| {
            match name {
                "raw" if reader.peek()? == b'{' => resource = Some(raw(reader)?),
                "id" | "version" | "groups" | "members" | "members_partial" => {
                    fields.insert(name.to_owned(), reader.value()?);
                }
                _ => drop(reader.skip()?),
            }
            Some(())
        })?;
        Some(Self::of_fields(kind, fields, resource, etag))
    }

    fn of_fields(
        kind: ResourceKind,
        mut fields: Map<String, Value>,
        resource: Option<Resource>,
        etag: Option<&str>,
    ) -> Result<Self, &'static str> {
        let id = fields.get("id").and_then(text_of).filter(|id| !id.is_empty()).ok_or("a record has no id")?;
        let mut resource = resource.ok_or("a record has no raw")?;
        resource.call(&id);
        if let Some(Value::Array(members)) = fields.remove("members") {
            put_members(&mut resource, members);
        }
        let groups = fields.get("groups").and_then(Value::as_array).map(|g| g.iter().filter_map(reference).collect());
        let version = fields.get("version").and_then(text_of).or_else(|| etag.map(str::to_owned));
        let named_only = fields.get("members_partial") == Some(&Value::Bool(true));
        Ok(Self { resource, version, groups, named_only, ..Self::new(kind, id, Map::new()) })
    }
}

/// The service's own list wins over what is in `raw`, which was true when the group was last stored.
fn put_members(resource: &mut Map<String, Value>, members: Vec<Value>) {
    let id = |member| match member {
        Value::String(id) => Some(id),
        other => reference(&other).map(|of| of.id),
    };
    let members: Vec<Value> = members.into_iter().filter_map(id).map(as_member).collect();
    if members.is_empty() {
        resource.remove("members");
    } else {
        resource.insert("members".into(), Value::Array(members));
    }
}

/// A member as all are kept, whatever was said of it.
pub fn as_member(id: String) -> Value {
    Value::Object(object_of([("type", "User".into()), ("value", id.into())]))
}

/// The id of a member who is kept as all are; nothing where anything else is said of it.
pub fn as_all(member: &Value) -> Option<&str> {
    let plain = member.as_object()?.len() == 2 && member.get("type")? == "User";
    member.get("value")?.as_str().filter(|_| plain)
}

fn reference(json: &Value) -> Option<Reference> {
    let field = |names: [&str; 2]| names.iter().find_map(|n| json.get(n).and_then(text_of));
    match json {
        Value::Object(_) => Some(Reference { id: field(["id", "value"])?, name: field(["name", "display"]) }),
        plain => text_of(plain).map(|id| Reference { id, name: None }),
    }
}

/// Ids and versions may be numbers in the service's tables.
pub(crate) fn text_of(json: &Value) -> Option<String> {
    match json {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

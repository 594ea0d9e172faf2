//! A record as an event's `data`: the shape that directory-sync consumers already parse.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::Record;
use crate::schema::ResourceKind;

#[derive(serde::Serialize)]
struct UserData<'r> {
    id: &'r str,
    first_name: &'r str,
    last_name: &'r str,
    email: &'r str,
    active: bool,
    roles: Vec<&'r str>,
    raw: &'r Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'r RawValue>,
}

#[derive(serde::Serialize)]
struct GroupData<'r> {
    id: &'r str,
    name: &'r str,
    raw: Raw<'r>,
}

/// The resource, perhaps without its members: in a membership event they would make the size of a delivery grow
/// with the square of the group.
enum Raw<'r> {
    Whole(&'r Map<String, Value>),
    WithoutMembers(&'r Map<String, Value>),
}

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(map) => map.serialize(serializer),
            Self::WithoutMembers(map) => {
                let mut out = serializer.serialize_map(None)?;
                map.iter().filter(|(name, _)| *name != "members").try_for_each(|(k, v)| out.serialize_entry(k, v))?;
                out.end()
            }
        }
    }
}

/// The record as it is delivered and stored.
pub fn data_of(record: &Record) -> Option<Box<RawValue>> {
    match record.kind {
        ResourceKind::User => to_raw_value(&user_data(record, None)),
        ResourceKind::Group | ResourceKind::Other(_) => to_raw_value(&group_data(record, Raw::Whole(&record.resource))),
    }
    .ok()
}

/// A user in the light of a group, the `data` of `group.user_added` and `group.user_removed`.
pub fn data_of_member(user: &Record, group: &RawValue) -> Option<Box<RawValue>> {
    to_raw_value(&user_data(user, Some(group))).ok()
}

impl Record {
    /// `{id, name, raw}` of a group, without its members.
    pub fn as_group(&self) -> Option<Box<RawValue>> {
        to_raw_value(&group_data(self, Raw::WithoutMembers(&self.resource))).ok()
    }
}

fn user_data<'r>(user: &'r Record, group: Option<&'r RawValue>) -> UserData<'r> {
    let name = |part| user.resource.get("name").and_then(|n| n.get(part)).and_then(Value::as_str).unwrap_or_default();
    UserData {
        id: &user.id,
        first_name: name("givenName"),
        last_name: name("familyName"),
        email: email_of(&user.resource),
        active: user.resource.get("active").and_then(Value::as_bool).unwrap_or(true),
        roles: roles_of(&user.resource),
        raw: &user.resource,
        group,
    }
}

fn group_data<'r>(group: &'r Record, raw: Raw<'r>) -> GroupData<'r> {
    GroupData { id: &group.id, name: group.name().unwrap_or_default(), raw }
}

/// The primary address, else the first, else a user name that looks like one.
fn email_of(resource: &Map<String, Value>) -> &str {
    let emails = || resource.get("emails").and_then(Value::as_array).into_iter().flatten();
    let primary = emails().find(|e| e.get("primary") == Some(&Value::Bool(true)));
    let listed = primary.and_then(|e| e.get("value")?.as_str()).or_else(|| emails().next()?.get("value")?.as_str());
    let user_name = resource.get("userName").and_then(Value::as_str).filter(|name| name.contains('@'));
    listed.or(user_name).unwrap_or_default()
}

fn roles_of(resource: &Map<String, Value>) -> Vec<&str> {
    let roles = resource.get("roles").and_then(Value::as_array).into_iter().flatten();
    roles.filter_map(|role| role.get("value")?.as_str()).collect()
}

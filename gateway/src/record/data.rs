//! A record as an event's `data`: the shape that directory-sync consumers already parse.

use serde_json::{Map, Value, json};
use usher_json::Object;

use super::{Record, Reference};
use crate::schema::ResourceKind;

/// The record as it is delivered and stored.
pub fn data_of(record: &Record) -> Vec<u8> {
    match record.kind {
        ResourceKind::User => user_data(record, None),
        ResourceKind::Group | ResourceKind::Other(_) => group_data(record, ""),
    }
}

/// A user in the light of a group, the `data` of `group.user_added` and `group.user_removed`.
pub fn data_of_member(user: &Record, group: &[u8]) -> Vec<u8> {
    user_data(user, Some(group))
}

/// The same in the service's own shape.
pub fn mapped_member(user: &Map<String, Value>, group: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let mut data = Object::new(&mut out);
    user.iter().filter(|(name, _)| *name != "group").for_each(|(name, value)| data.value(name, value));
    data.json("group", group);
    data.end();
    out
}

impl Record {
    /// The record as a service gives it: what [`Record::load`] reads.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut record = Object::new(out);
        record.text("id", &self.id);
        self.resource.put(&mut record, "raw", "");
        if let Some(version) = &self.version {
            record.text("version", version);
        }
        if let Some(groups) = &self.groups {
            let shown = |group: &Reference| json!({"id": group.id, "name": group.name});
            record.value("groups", &groups.iter().map(shown).collect());
        }
        record.end();
    }

    /// `{id, name, raw}` of a group, without its members: in a membership event they would make the size of a delivery
    /// grow with the square of the group.
    pub fn as_group(&self) -> Vec<u8> {
        group_data(self, "members")
    }
}

fn user_data(user: &Record, group: Option<&[u8]>) -> Vec<u8> {
    let name = |part| user.resource.get("name").and_then(|n| n.get(part)).and_then(Value::as_str).unwrap_or_default();
    let active = user.resource.get("active").and_then(Value::as_bool).unwrap_or(true);
    let mut out = Vec::with_capacity(1024);
    let mut data = Object::new(&mut out);
    data.text("id", &user.id);
    data.text("first_name", name("givenName"));
    data.text("last_name", name("familyName"));
    data.text("email", email_of(&user.resource));
    data.value("active", &active.into());
    data.value("roles", &roles_of(&user.resource));
    user.resource.put(&mut data, "raw", "");
    if let Some(group) = group {
        data.json("group", group);
    }
    data.end();
    out
}

fn group_data(group: &Record, unwanted: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let mut data = Object::new(&mut out);
    data.text("id", &group.id);
    data.text("name", group.name().unwrap_or_default());
    group.resource.put(&mut data, "raw", unwanted);
    data.end();
    out
}

/// The primary address, else the first, else a user name that looks like one.
fn email_of(resource: &Map<String, Value>) -> &str {
    let emails = || resource.get("emails").and_then(Value::as_array).into_iter().flatten();
    let primary = emails().find(|e| e.get("primary") == Some(&Value::Bool(true)));
    let listed = primary.and_then(|e| e.get("value")?.as_str()).or_else(|| emails().next()?.get("value")?.as_str());
    let user_name = resource.get("userName").and_then(Value::as_str).filter(|name| name.contains('@'));
    listed.or(user_name).unwrap_or_default()
}

fn roles_of(resource: &Map<String, Value>) -> Value {
    let roles = resource.get("roles").and_then(Value::as_array).into_iter().flatten();
    roles.filter_map(|role| role.get("value").filter(|value| value.is_string()).cloned()).collect()
}

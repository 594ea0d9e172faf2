//! A record as an event's `data`: the shape that directory-sync consumers already parse.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use usher_json::Object;

use super::{Record, Reference};
use crate::schema::ResourceKind;

/// The record as it is delivered and stored.
pub fn data_of(record: &Record) -> Vec<u8> {
    match record.kind {
        ResourceKind::User => user_data(record),
        ResourceKind::Group | ResourceKind::Other(_) => group_data(record, ""),
    }
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

fn user_data(user: &Record) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    let mut data = Object::new(&mut out);
    put_user(&mut data, user);
    data.end();
    out
}

/// All fields of a user.
pub(super) fn put_user(data: &mut Object<'_>, user: &Record) {
    put_flat(data, &user.id, &Flat::of(&user.resource));
    user.resource.put(data, "raw", "");
}

/// The fields beside `raw`, for services that want nothing else.
pub(super) struct Flat<'f> {
    pub(super) first_name: Cow<'f, str>,
    pub(super) last_name: Cow<'f, str>,
    pub(super) email: Cow<'f, str>,
    pub(super) active: bool,
    pub(super) roles: Vec<Cow<'f, str>>,
}

impl<'f> Flat<'f> {
    fn of(resource: &'f Map<String, Value>) -> Self {
        let name = |part| resource.get("name").and_then(|n| n.get(part)).and_then(Value::as_str).unwrap_or_default();
        let roles = resource.get("roles").and_then(Value::as_array).into_iter().flatten();
        Self {
            first_name: name("givenName").into(),
            last_name: name("familyName").into(),
            email: email_of(resource).into(),
            active: resource.get("active").and_then(Value::as_bool).unwrap_or(true),
            roles: roles.filter_map(|role| role.get("value")?.as_str()).map(Cow::Borrowed).collect(),
        }
    }
}

pub(super) fn put_flat(data: &mut Object<'_>, id: &str, flat: &Flat<'_>) {
    data.text("id", id);
    data.text("first_name", &flat.first_name);
    data.text("last_name", &flat.last_name);
    data.text("email", &flat.email);
    data.json("active", if flat.active { b"true" } else { b"false" });
    let roles = data.field("roles");
    roles.push(b'[');
    for (i, role) in flat.roles.iter().enumerate() {
        if i > 0 {
            roles.push(b',');
        }
        usher_json::append_text(roles, role);
    }
    roles.push(b']');
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

//! A user as a member of a group: what `group.user_added` and `group.user_removed` tell of it, but for the group.
//!
//! One request may be about ten thousand of them, and nothing of them is asked for here but what stands beside `raw`. So
//! what the service gave stays the text that it was.

use std::borrow::Cow;

use serde_json::{Map, Value};
use usher_json::{Object, Reader};

use super::Record;
use super::data::{Flat, put_flat, put_user};

/// What stands between the ids of somebody of whom nothing else is known.
const NOTHING_ELSE: &[u8] = br#","first_name":"","last_name":"","email":"","active":true,"roles":[],"raw":{"id":"#;

/// A user, ready to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// The service's id.
    pub id: String,
    /// A JSON object that is not closed yet: the group is to come.
    pub data: Vec<u8>,
}

impl Member {
    /// A record.
    pub fn of(user: &Record) -> Self {
        let mut data = Vec::with_capacity(768);
        put_user(&mut Object::new(&mut data), user);
        Self { id: user.id.clone(), data }
    }

    /// A record in the service's own shape.
    pub fn mapped(id: &str, fields: &Map<String, Value>) -> Self {
        let mut data = Vec::with_capacity(512);
        let mut object = Object::new(&mut data);
        fields.iter().filter(|(name, _)| *name != "group").for_each(|(name, value)| object.value(name, value));
        Self { id: id.to_owned(), data }
    }

    /// Somebody of whom only the id is known.
    pub fn unknown(id: &str) -> Self {
        let name = usher_json::write_text(id);
        let data = [b"{\"id\":", &*name, NOTHING_ELSE, &name, b"}"].concat();
        Self { id: id.to_owned(), data }
    }

    /// What there is to say, which can be said once; whoever is left still has the id.
    pub fn take(&mut self) -> Self {
        Self { id: self.id.clone(), data: std::mem::take(&mut self.data) }
    }

    /// A record as the service gives it; nothing when it is not written as Usher writes it: [`Record::load`] may
    /// understand it all the same.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (mut id, mut raw) = (None, None);
        reader.object(|name, reader| match name {
            "id" => once(&mut id, reader.text()?),
            "raw" => once(&mut raw, reader.with_text(Raw::read)?),
            _ => reader.skip().map(drop),
        })?;
        let (id, (text, raw)) = (id?, raw?);
        if id.is_empty() || raw.id.as_ref() != Some(&id) {
            return None;
        }
        let mut data = Vec::with_capacity(text.len() + 192);
        let mut object = Object::new(&mut data);
        put_flat(&mut object, &id, &raw.flat());
        object.json("raw", text.as_bytes());
        Some(Self { id: id.into_owned(), data })
    }
}

/// What a SCIM user says of the fields beside it.
#[derive(Default)]
struct Raw<'t> {
    id: Option<Cow<'t, str>>,
    user_name: Option<Cow<'t, str>>,
    name: Option<[Option<Cow<'t, str>>; 2]>,
    active: Option<bool>,
    emails: Option<Emails<'t>>,
    roles: Option<Vec<Cow<'t, str>>>,
}

#[derive(Default)]
struct Emails<'t> {
    /// The first of all.
    first: Option<Cow<'t, str>>,
    /// The first that is primary.
    primary: Option<Cow<'t, str>>,
}

impl<'t> Raw<'t> {
    fn read(reader: &mut Reader<'t>) -> Option<Self> {
        let mut raw = Self::default();
        reader.object(|name, reader| match name {
            "id" => once(&mut raw.id, reader.text()?),
            "userName" => once(&mut raw.user_name, reader.text()?),
            "name" => once(&mut raw.name, names(reader)?),
            "active" => once(&mut raw.active, flag(reader)?),
            "emails" => once(&mut raw.emails, Emails::read(reader)?),
            "roles" => once(&mut raw.roles, roles(reader)?),
            _ => reader.skip().map(drop),
        })?;
        Some(raw)
    }

    fn flat(self) -> Flat<'t> {
        let [first_name, last_name] = self.name.unwrap_or_default();
        let Emails { first, primary } = self.emails.unwrap_or_default();
        let email = primary.or(first).or(self.user_name.filter(|name| name.contains('@')));
        Flat {
            first_name: first_name.unwrap_or_default(),
            last_name: last_name.unwrap_or_default(),
            email: email.unwrap_or_default(),
            active: self.active.unwrap_or(true),
            roles: self.roles.unwrap_or_default(),
        }
    }
}

fn names<'t>(reader: &mut Reader<'t>) -> Option<[Option<Cow<'t, str>>; 2]> {
    let (mut given, mut family) = (None, None);
    reader.object(|name, reader| match name {
        "givenName" => once(&mut given, reader.text()?),
        "familyName" => once(&mut family, reader.text()?),
        _ => reader.skip().map(drop),
    })?;
    Some([given, family])
}

impl<'t> Emails<'t> {
    fn read(reader: &mut Reader<'t>) -> Option<Self> {
        let mut emails = Self::default();
        let (mut is_first, mut has_primary) = (true, false);
        reader.array(|reader| {
            let (address, primary) = address(reader)?;
            if primary && !has_primary {
                emails.primary.clone_from(&address);
            }
            if is_first {
                emails.first = address;
            }
            (is_first, has_primary) = (false, has_primary || primary);
            Some(())
        })?;
        Some(emails)
    }
}

/// An address, and whether it is the primary one.
fn address<'t>(reader: &mut Reader<'t>) -> Option<(Option<Cow<'t, str>>, bool)> {
    let (mut value, mut primary) = (None, None);
    reader.object(|name, reader| match name {
        "value" => once(&mut value, reader.text()?),
        "primary" => once(&mut primary, flag(reader)?),
        _ => reader.skip().map(drop),
    })?;
    Some((value, primary.unwrap_or(false)))
}

fn roles<'t>(reader: &mut Reader<'t>) -> Option<Vec<Cow<'t, str>>> {
    let mut roles = Vec::new();
    reader.array(|reader| {
        let mut role = None;
        reader.object(|name, reader| match name {
            "value" => once(&mut role, reader.text()?),
            _ => reader.skip().map(drop),
        })?;
        roles.extend(role);
        Some(())
    })?;
    Some(roles)
}

fn flag(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.skip()? {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// A name that stands twice says nothing.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

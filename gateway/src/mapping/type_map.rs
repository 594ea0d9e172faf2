//! One resource type in the service's words: a record becomes a resource, and a resource a record.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::entry::Entry;
use super::pointer::Pointer;
use super::reads::{List, Read};
use crate::change::Rules;
use crate::config::{Directory, FactWire};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::Leniencies;
use crate::limits::Limits;
use crate::message::object_of;
use crate::record::{Record, Reference, as_member, text_of};
use crate::schema::{Coercion, ResourceKind, ResourceType, list_schemas};

/// What the service keeps of a resource type, and where.
#[derive(Debug, PartialEq)]
pub struct TypeMap {
    /// Whose records they are.
    pub kind: ResourceKind,
    /// With all its attributes.
    pub full: ResourceType,
    /// The id's field.
    pub id: Pointer,
    /// Ids are numbers in the service's JSON.
    pub numeric_ids: bool,
    /// The version's field.
    pub version: Option<Pointer>,
    /// Attributes and their fields.
    pub entries: Vec<Entry>,
    /// Fields that are always the same.
    pub constants: Vec<(Pointer, Constant)>,
    /// The members of a group.
    pub members: Option<Members>,
    /// The groups of a user.
    pub groups: Option<References>,
    /// How one is read.
    pub read: Option<Read>,
    /// How many are read.
    pub list: Option<List>,
}

/// What is always written.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// This.
    Value(Value),
    /// What the directory says.
    Of(FactWire),
}

/// Where the members of a group are.
#[derive(Debug, PartialEq)]
pub enum Members {
    /// In its record.
    Inside(References),
    /// In a list of their own, whose items have the id there.
    Apart(List, Pointer),
}

/// A list of ids, or of objects with ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct References {
    /// The list's field.
    pub field: Pointer,
    /// Where the id is in one of its objects, if they are objects.
    pub id: Option<Pointer>,
    /// Where the name is.
    pub name: Option<Pointer>,
    /// The ids are numbers.
    pub numeric: bool,
}

/// One field and what is in it now; null when nothing is.
pub type Field<'m> = (&'m Pointer, Value);

impl TypeMap {
    /// A record from the service's JSON.
    ///
    /// # Errors
    /// What is missing or does not fit, for the operator's log.
    pub fn load(&self, json: Value, etag: Option<&str>) -> Result<Record, String> {
        let id = self.id.get(&json).and_then(text_of).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| format!("a record has no `{}`", self.id.text()))?;
        let mut resource = Map::new();
        for entry in self.entries.iter().filter(|entry| !entry.secret) {
            let put = entry.read(&self.full, &mut resource, entry.field.get(&json), &trusting());
            put.map_err(|error| format!("its `{}` does not fit: {error}", entry.field.text()))?;
        }
        resource.insert("id".into(), id.as_str().into());
        if let Some(Members::Inside(references)) = &self.members {
            put_members(&mut resource, references.read(&json));
        }
        list_schemas(&self.full, &mut resource);
        let version = self.version.as_ref().and_then(|at| at.get(&json)).and_then(text_of).map(quoted);
        let version = version.or_else(|| etag.and_then(strong).map(str::to_owned));
        let groups = self.groups.as_ref().map(|references| references.read(&json));
        let partial = matches!(self.members, Some(Members::Apart(..)));
        let source = source(json);
        Ok(Record { version, groups, source, partial, ..Record::new(self.kind.clone(), id, resource) })
    }

    /// What the service keeps of a resource, as it will give it back; of what it fills by itself, what was there before.
    ///
    /// # Errors
    /// `invalidValue` for a value that a field cannot hold.
    pub fn kept(
        &self,
        before: Option<&Record>,
        resource: &Map<String, Value>,
    ) -> Result<Map<String, Value>, ScimError> {
        let mut kept = Map::new();
        for entry in self.entries.iter().filter(|entry| !entry.secret) {
            let from = if entry.read_only { before.map(|record| &*record.resource) } else { Some(resource) };
            if let Some(from) = from {
                entry.read(&self.full, &mut kept, entry.write(from)?.as_ref(), &trusting())?;
            }
        }
        let same = ["id", "schemas", "members"].into_iter().filter(|name| *name != "members" || self.members.is_some());
        kept.extend(same.filter_map(|name| Some((name.to_owned(), resource.get(name)?.clone()))));
        Ok(kept)
    }

    /// Whether the service keeps what is never read back, such as a password.
    pub fn keeps_secret(&self, path: &str) -> bool {
        self.entries.iter().any(|entry| entry.secret && entry.path.to_string() == path)
    }

    /// The whole record in the service's shape, with its id, and with members if they are in it.
    pub fn data(&self, directory: &Directory, record: &Record, members: bool) -> Map<String, Value> {
        let mut data = Map::new();
        self.constants.iter().for_each(|(field, constant)| field.set(&mut data, constant.of(directory)));
        for (field, value) in self.fields(record, members) {
            if !value.is_null() {
                field.set(&mut data, value);
            }
        }
        self.id.set(&mut data, id_of(&record.id, self.numeric_ids));
        data
    }

    /// The names of the fields at the top that are written.
    pub fn tops(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.field.top()).chain(self.constants.iter().map(|(field, _)| field.top()))
    }

    /// Every field that is written, with its value.
    pub fn fields(&self, record: &Record, members: bool) -> Vec<Field<'_>> {
        let written = self.entries.iter().filter(|entry| !entry.read_only && !entry.secret);
        // What a field cannot hold was refused before.
        let value = |entry: &Entry| entry.write(&record.resource).ok().flatten().unwrap_or_else(|| entry.empty.clone());
        let mut fields: Vec<Field<'_>> = written.map(|entry| (&entry.field, value(entry))).collect();
        if let (Some(Members::Inside(references)), true) = (&self.members, members) {
            fields.push((&references.field, references.write(record)));
        }
        fields
    }

    /// The fields that are not as they were.
    pub fn changed(&self, before: &Record, after: &Record, members: bool) -> Vec<Field<'_>> {
        let (old, new) = (self.fields(before, members), self.fields(after, members));
        new.into_iter().zip(old).filter(|(new, old)| new.1 != old.1).map(|(new, _)| new).collect()
    }

    /// The fields of what is never read back.
    pub fn secrets(&self, unread: &[(String, Value)]) -> Vec<Field<'_>> {
        let value =
            |entry: &Entry| unread.iter().find(|(path, _)| *path == entry.path.to_string()).map(|(_, v)| v.clone());
        let secret = self.entries.iter().filter(|entry| entry.secret);
        secret.filter_map(|entry| Some((&entry.field, value(entry)?))).collect()
    }

    /// Whether this part of `meta` is Usher's to write.
    pub fn meta_is_ours(&self, part: &str) -> bool {
        let of_part = |entry: &&Entry| entry.place.name == "meta" && entry.place.sub.as_deref() == Some(part);
        self.entries.iter().any(|entry| of_part(&entry) && !entry.read_only)
    }
}

impl Constant {
    /// What is written for this directory.
    pub fn of(&self, directory: &Directory) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Of(FactWire::Directory) => (*directory.id).into(),
            Self::Of(FactWire::Tenant) => directory.tenant.as_str().into(),
            Self::Of(FactWire::Product) => directory.product.as_str().into(),
        }
    }
}

impl References {
    fn read(&self, json: &Value) -> Vec<Reference> {
        let items = self.field.get(json).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| self.one(item)).collect()
    }

    fn one(&self, item: &Value) -> Option<Reference> {
        let text = |at: &Option<Pointer>| at.as_ref().and_then(|at| at.get(item)).and_then(text_of);
        let id = if self.id.is_some() { text(&self.id) } else { text_of(item) };
        Some(Reference { id: id?, name: text(&self.name) })
    }

    /// Members that were there stay as the service gave them, with whatever else it says of them.
    fn write(&self, record: &Record) -> Value {
        let items = record.source.as_deref().and_then(|source| self.field.get_in(source)).and_then(Value::as_array);
        let id = |item: &Value| self.one(item).map(|of| of.id);
        let items = items.map_or(&[][..], Vec::as_slice);
        let mut known = BTreeMap::new();
        known.extend(items.iter().enumerate().filter_map(|(i, item)| Some((id(item)?, i))));
        let was = |id: &str| known.get(id).and_then(|i| items.get(*i)).cloned();
        record.member_ids().map(|id| was(id).unwrap_or_else(|| self.item(id))).collect()
    }

    fn item(&self, id: &str) -> Value {
        let id = id_of(id, self.numeric);
        let Some(at) = &self.id else { return id };
        let mut item = Map::new();
        at.set(&mut item, id);
        Value::Object(item)
    }
}

/// Put the members into a group; none are no attribute.
pub fn put_members(resource: &mut Map<String, Value>, members: Vec<Reference>) {
    if !members.is_empty() {
        let members = members.into_iter().map(|member| as_member(member.id));
        resource.insert("members".into(), members.collect());
    }
}

/// An id as the service writes it. One that is no number, though ids are numbers, is somebody else's mistake to refuse.
pub fn id_of(id: &str, numeric: bool) -> Value {
    match id.parse::<i64>() {
        Ok(number) if numeric => number.into(),
        _ => id.into(),
    }
}

/// RFC 9110 section 13.1.1: `if-match` never holds for a weak tag.
pub fn strong(tag: &str) -> Option<&str> {
    Some(tag).filter(|tag| !tag.starts_with("W/"))
}

/// As `if-match` has it (RFC 9110 section 8.8.3).
fn quoted(version: String) -> String {
    if version.starts_with('"') { version } else { format!("\"{version}\"") }
}

fn source(json: Value) -> Option<Rc<Map<String, Value>>> {
    match json {
        Value::Object(object) => Some(Rc::new(object)),
        _ => None,
    }
}

/// The service is read as leniently as any provider: it was there first.
fn trusting() -> Rules {
    let coercion = Coercion { leniencies: Leniencies::LENIENT, string_bytes: usize::MAX, in_extension: true };
    Rules { coercion, limits: Limits::DEFAULT }
}

/// What a strict directory refuses to leave out.
///
/// # Errors
/// `invalidValue` with the attribute that would not be kept whole.
pub fn nothing_lost(resource: &Map<String, Value>, kept: &Map<String, Value>) -> Result<(), ScimError> {
    let whole = object_of(resource.iter().filter(|(name, _)| *name != "meta").map(|(n, v)| (n.clone(), v.clone())));
    match whole.iter().find(|(name, value)| kept.get(*name) != Some(value)) {
        None => Ok(()),
        Some((name, _)) => {
            let reason = "cannot be kept as it is: the user service has no field for all of it";
            Err(ScimError::new(ErrorKind::InvalidValue, reason).under(name))
        }
    }
}

//! One attribute and its field: where the value is on both sides, and what it looks like.

use serde_json::{Map, Value};

use super::form::Form;
use super::pointer::Pointer;
use crate::change::{Rules, put};
use crate::error::{ErrorKind, ScimError};
use crate::path::PatchPath;
use crate::schema::{Kind, ResourceType};

/// An attribute that the service keeps, and the field it keeps it in.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As a PATCH path.
    pub path: PatchPath,
    /// Where the value stands in a resource.
    pub place: Where,
    /// Where it stands in a record.
    pub field: Pointer,
    /// The attribute's value where the record has none.
    pub default: Option<Value>,
    /// What it looks like.
    pub form: Form,
    /// Its type.
    pub kind: Kind,
    /// What is in the field when the attribute has no value: null, or an empty list.
    pub empty: Value,
    /// The service fills it by itself.
    pub read_only: bool,
    /// It is written and never read, as a password is.
    pub secret: bool,
}

/// Where a value stands in a resource, in the schema's own spelling.
#[derive(Debug, Clone, PartialEq)]
pub struct Where {
    /// The URN of its extension.
    pub urn: Option<String>,
    /// The attribute.
    pub name: String,
    /// Its part.
    pub sub: Option<String>,
    /// Which of several values: the one whose parts are these.
    pub select: Vec<(String, Value)>,
    /// No other entry selects from this attribute, so a value that lacks some of these parts is meant as well.
    pub lone: bool,
}

impl Where {
    /// Whether both are about values of one attribute.
    pub fn same_attribute(&self, other: &Self) -> bool {
        self.urn == other.urn && self.name == other.name
    }

    /// The value, if the resource has it.
    pub fn find<'r>(&self, resource: &'r Map<String, Value>) -> Option<&'r Value> {
        let object = match &self.urn {
            Some(urn) => resource.get(urn)?.as_object()?,
            None => resource,
        };
        let value = object.get(&self.name)?;
        let value = if self.select.is_empty() { value } else { self.selected(value.as_array()?)? };
        self.sub.as_ref().map_or(Some(value), |sub| value.get(sub))
    }

    /// The value with all these parts; else one that has no other ones in their place. Not every provider says that an
    /// address is for work, or that the only one is the primary one.
    fn selected<'r>(&self, items: &'r [Value]) -> Option<&'r Value> {
        let exactly =
            |item: &&Value| self.select.iter().all(|(name, part)| item.get(name).is_some_and(|p| same(p, part)));
        let perhaps =
            |item: &&Value| self.select.iter().all(|(name, part)| item.get(name).is_none_or(|p| same(p, part)));
        items.iter().find(exactly).or_else(|| items.iter().find(perhaps).filter(|_| self.lone))
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}

impl Entry {
    /// The field's value for this resource; nothing when the attribute has none.
    ///
    /// # Errors
    /// `invalidValue` with the path for a value that the field cannot hold.
    pub fn write(&self, resource: &Map<String, Value>) -> Result<Option<Value>, ScimError> {
        let Some(value) = self.place.find(resource) else { return Ok(None) };
        let unfit = |reason| ScimError::new(ErrorKind::InvalidValue, reason).under(&self.path.to_string());
        self.form.write(value).map(Some).map_err(unfit)
    }

    /// Put a field's value where it belongs in a resource. `meta` is not the client's to write, so it has no rules.
    ///
    /// # Errors
    /// `invalidValue` with the path for a value that the attribute cannot have.
    pub fn read(
        &self,
        of: &ResourceType,
        resource: &mut Map<String, Value>,
        field: Option<&Value>,
        rules: &Rules,
    ) -> Result<(), ScimError> {
        let value = field.and_then(|value| self.form.read(value, self.kind)).or_else(|| self.default.clone());
        match value {
            None => Ok(()),
            Some(value) if self.place.name == "meta" => {
                self.put_meta(resource, value);
                Ok(())
            }
            Some(value) => put(of, resource, &self.path, value, rules),
        }
    }

    fn put_meta(&self, resource: &mut Map<String, Value>, value: Value) {
        let meta = resource.entry("meta").or_insert_with(|| Value::Object(Map::new()));
        if let (Some(meta), Some(sub)) = (meta.as_object_mut(), &self.place.sub) {
            meta.insert(sub.clone(), value);
        }
    }
}

//! A PATCH request on a resource: operations in order, each seeing what the earlier ones did.
//!
//! The table is operation x path shape. An operation without a path is unfolded into one per key and goes
//! through the same door, so nothing is handled twice.

use serde_json::{Map, Value};

use super::target::{Target, set_already};
use super::{add, remove, replace};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::Leniency;
use crate::limits::Limits;
use crate::message::{Op, PatchRequest, kind_of, object_of};
use crate::path::{PatchPath, Selection};
use crate::schema::{Coercion, Place, Resolved, ResourceType, Schema, require};

/// How a directory wants to be understood.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How values may look.
    pub coercion: Coercion,
    /// Bounds.
    pub limits: Limits,
}

/// The resource after all operations.
///
/// # Errors
/// The first operation that cannot be done, with its place; the resource given is untouched either way.
pub fn patch(
    resource_type: &ResourceType,
    resource: &Map<String, Value>,
    request: PatchRequest,
    rules: &Rules,
) -> Result<Map<String, Value>, ScimError> {
    let patcher = Patcher { resource_type, rules };
    let mut after = resource.clone();
    let mut complete = Ok(());
    for (i, operation) in request.operations.into_iter().enumerate() {
        let done = match operation.path {
            Some(path) => patcher.at(&mut after, operation.op, &path, operation.value),
            None => patcher.without_path(&mut after, operation.op, operation.value),
        };
        done.map_err(|e| e.under(&format!("Operations[{i}]")))?;
        // A later operation may give what this one took, so only the state after the last one counts.
        let required = require(resource_type, &after).map_err(|e| e.under(&format!("Operations[{i}]")));
        complete = match (complete, required) {
            (Err(first), Err(_)) => Err(first),
            (_, now) => now,
        };
    }
    complete.map(|()| after)
}

/// Put one value at a path, as `add` does. What a resource cannot be without is not looked at.
///
/// # Errors
/// As for [`patch`], with the path.
pub fn put(
    resource_type: &ResourceType,
    resource: &mut Map<String, Value>,
    path: &PatchPath,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let put = Patcher { resource_type, rules }.at(resource, Op::Add, path, Some(value));
    put.map_err(|e| e.instead_of("value", &path.to_string()))
}

struct Patcher<'p> {
    resource_type: &'p ResourceType,
    rules: &'p Rules,
}

impl Patcher<'_> {
    fn without_path(&self, resource: &mut Map<String, Value>, op: Op, value: Option<Value>) -> Result<(), ScimError> {
        if op == Op::Remove {
            return Err(ScimError::new(ErrorKind::NoTarget, "`remove` needs a path"));
        }
        match value {
            Some(Value::Object(keys)) => self.unfold(resource, op, keys).map_err(|e| e.under("value")),
            other => Err(not_an_object(other.as_ref()).under("value")),
        }
    }

    fn unfold(&self, resource: &mut Map<String, Value>, op: Op, keys: Map<String, Value>) -> Result<(), ScimError> {
        for (key, value) in keys {
            // Entra's newer dialect has keys such as `name.givenName`, `urn:...:User:department` and even
            // `emails[type eq "work"].value` here.
            let path = PatchPath::parse(&key, &self.rules.limits).ok();
            let path = path.filter(|p| self.resource_type.resolve(&p.attr) != Resolved::Unknown && self.may_be_key(p));
            match path {
                Some(path) => self.at_key(resource, op, &path, value).map_err(|e| e.instead_of("value", &key))?,
                None if self.rules.coercion.leniencies.allow(Leniency::UnknownAttributes) => {}
                None => return Err(unknown_key(&key)),
            }
        }
        Ok(())
    }

    /// Names of attributes and URNs of extensions are keys by the RFC; paths are so for Entra's newer dialect.
    fn may_be_key(&self, path: &PatchPath) -> bool {
        let plain = path.selection.is_none() && path.attr.sub.is_none();
        plain || self.rules.coercion.leniencies.allow(Leniency::PathsAsKeys)
    }

    /// As with a path, but the resource's own bookkeeping may be echoed: Okta sends `{"id": ..., "displayName": ...}`.
    fn at_key(
        &self,
        resource: &mut Map<String, Value>,
        op: Op,
        path: &PatchPath,
        value: Value,
    ) -> Result<(), ScimError> {
        let name = &path.attr.name;
        let bookkeeping = ["meta", "schemas"].iter().any(|n| name.eq_ignore_ascii_case(n));
        if bookkeeping && path.attr.urn.is_none() && self.rules.coercion.leniencies.allow(Leniency::EchoedReadOnly) {
            return Ok(());
        }
        self.at(resource, op, path, Some(value))
    }

    fn at(
        &self,
        resource: &mut Map<String, Value>,
        op: Op,
        path: &PatchPath,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        match self.resource_type.resolve(&path.attr) {
            Resolved::Extension(_) | Resolved::Base if path.selection.is_some() => Err(unselectable(path)),
            Resolved::Attribute(place) => self.at_place(resource, op, place, path.selection.as_ref(), value),
            Resolved::Extension(schema) => self.at_extension(resource, op, schema, value),
            Resolved::Base => self.without_path(resource, op, value),
            Resolved::Unknown => Err(unknown_path(path)),
        }
    }

    fn at_place(
        &self,
        resource: &mut Map<String, Value>,
        op: Op,
        place: Place<'_>,
        selection: Option<&Selection>,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        let target = Target::new(place, selection).map_err(|e| e.under("path"))?;
        match place.extension {
            None => self.act(resource, op, &target, value),
            Some(schema) => self
                .within(resource, schema, |values, rules| Patcher { rules, ..*self }.act(values, op, &target, value)),
        }
    }

    /// Act on the values of an extension, which stand beneath its URN and vanish with the last of them.
    fn within(
        &self,
        resource: &mut Map<String, Value>,
        schema: &Schema,
        act: impl FnOnce(&mut Map<String, Value>, &Rules) -> Result<(), ScimError>,
    ) -> Result<(), ScimError> {
        let mut values = match resource.remove(&schema.id) {
            Some(Value::Object(values)) => values,
            _ => Map::new(),
        };
        let coercion = Coercion { in_extension: true, ..self.rules.coercion };
        act(&mut values, &Rules { coercion, ..*self.rules })?;
        if !values.is_empty() {
            resource.insert(schema.id.clone(), Value::Object(values));
        }
        Ok(())
    }

    /// A path that is the URN of an extension, or such a key: each attribute in it by itself.
    fn at_extension(
        &self,
        resource: &mut Map<String, Value>,
        op: Op,
        schema: &Schema,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        match (op, value) {
            (Op::Remove, None | Some(Value::Null)) => {
                resource.remove(&schema.id);
                Ok(())
            }
            (op, Some(Value::Object(values))) => {
                let qualified = values.into_iter().map(|(name, v)| (format!("{}:{name}", schema.id), v));
                self.unfold(resource, op, object_of(qualified))
            }
            (_, other) => Err(not_an_object(other.as_ref()).under("value")),
        }
    }

    /// Writing the value that is there already changes nothing, so it does no harm to a read-only attribute.
    fn echoed(&self, object: &Map<String, Value>, target: &Target<'_>, value: Option<&Value>) -> Result<(), ScimError> {
        let same = value.is_some() && object.get(&target.attribute.name) == value;
        if same && self.rules.coercion.leniencies.allow(Leniency::EchoedReadOnly) {
            return Ok(());
        }
        let reason = format!("`{}` is read-only", target.attribute.name);
        Err(ScimError::new(ErrorKind::Mutability, reason))
    }

    fn act(
        &self,
        object: &mut Map<String, Value>,
        op: Op,
        target: &Target<'_>,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        if target.is_read_only() {
            return self.echoed(object, target, value.as_ref());
        }
        let fixed = target.fixed(object);
        match op {
            Op::Add => add::add(object, target, required(value)?, self.rules)?,
            Op::Replace => replace::replace(object, target, required(value)?, self.rules)?,
            Op::Remove => remove::remove(object, target, value, self.rules)?,
        }
        if fixed.is_some() && object.get(&target.attribute.name) != fixed.as_ref() {
            return Err(set_already(target.attribute));
        }
        Ok(())
    }
}

fn required(value: Option<Value>) -> Result<Value, ScimError> {
    value.ok_or_else(|| ScimError::new(ErrorKind::InvalidValue, "is required").under("value"))
}

fn not_an_object(found: Option<&Value>) -> ScimError {
    let found = found.map_or("nothing", kind_of);
    ScimError::new(ErrorKind::InvalidValue, format!("expected an object, found {found}"))
}

fn unknown_path(path: &PatchPath) -> ScimError {
    ScimError::new(ErrorKind::InvalidPath, format!("no schema defines `{}`", path.attr)).under("path")
}

fn unselectable(path: &PatchPath) -> ScimError {
    ScimError::new(ErrorKind::InvalidPath, format!("`{}` has no values to select from", path.attr)).under("path")
}

fn unknown_key(key: &str) -> ScimError {
    ScimError::new(ErrorKind::InvalidPath, format!("no schema defines `{}`", key.escape_debug()))
}

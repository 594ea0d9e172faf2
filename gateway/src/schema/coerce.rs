//! A JSON value into the attribute's own type (RFC 7643 sections 2.3 to 2.5).
//!
//! Here live the leniencies about values, each with the provider that needs it. What comes out is canonical:
//! names in the schema's spelling, lists as lists and each value in them once, nothing unassigned, nothing read-only.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use super::attribute::{Attribute, Kind};
use super::identity::dedup;
use crate::error::{ErrorKind, ScimError};
use crate::instant::Instant;
use crate::leniency::{Leniencies, Leniency};
use crate::message::{kind_of, object_of};

/// How much a value may differ from its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coercion {
    /// What RFC 7643 does not allow and is taken all the same.
    pub leniencies: Leniencies,
    /// Bytes in one string.
    pub string_bytes: usize,
    /// Whether this is an extension, where a number may stand for a string: Entra sends `employeeNumber: 701984`. In
    /// the core a number for a `userName` is a mistake.
    pub in_extension: bool,
}

/// `null` and the empty list are the same as nothing (RFC 7643 section 2.5).
pub fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The whole value of an attribute; `None` when it is unassigned.
///
/// # Errors
/// `invalidValue` with the place inside the value.
pub fn coerce(attribute: &Attribute, value: Value, rules: &Coercion) -> Result<Option<Value>, ScimError> {
    if is_unassigned(&value) {
        return Ok(None);
    }
    if !attribute.multi_valued {
        return coerce_element(attribute, value, rules);
    }
    let items = match value {
        Value::Array(items) => items,
        one if stands_for_list(attribute, &one, rules) => vec![one],
        other => return Err(mismatch("an array", &other)),
    };
    let mut items = coerce_items(attribute, items, rules)?;
    dedup(attribute, &mut items);
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

/// One value of an attribute, be it an element of its list or all of it.
///
/// # Errors
/// `invalidValue` with the place inside the value.
pub fn coerce_element(attribute: &Attribute, value: Value, rules: &Coercion) -> Result<Option<Value>, ScimError> {
    match attribute.kind {
        Kind::Complex => coerce_complex(attribute, value, rules),
        kind => coerce_simple(kind, value, rules).map(Some),
    }
}

/// OneLogin sends one e-mail as an object without the list around it.
fn stands_for_list(attribute: &Attribute, value: &Value, rules: &Coercion) -> bool {
    let object = value.is_object() && rules.leniencies.allow(Leniency::ObjectForList);
    let bare_id = value.is_string() && is_reference(attribute) && rules.leniencies.allow(Leniency::BareIds);
    attribute.kind == Kind::Complex && (object || bare_id)
}

/// `members`, `manager`: their `value` is the id of another resource.
pub fn is_reference(attribute: &Attribute) -> bool {
    attribute.sub("value").is_some_and(|id| id.kind == Kind::String) && attribute.sub("$ref").is_some()
}

fn coerce_items(attribute: &Attribute, items: Vec<Value>, rules: &Coercion) -> Result<Vec<Value>, ScimError> {
    let mut coerced = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        let item = coerce_item(attribute, item, rules).map_err(|e| e.under(&format!("[{i}]")))?;
        coerced.extend(item);
    }
    Ok(coerced)
}

/// An e-mail of which nothing is known to us is no e-mail; a member without an id is a mistake.
fn coerce_item(attribute: &Attribute, item: Value, rules: &Coercion) -> Result<Option<Value>, ScimError> {
    if item.is_null() {
        return Err(mismatch("a value", &item));
    }
    let item = coerce_element(attribute, item, rules)?;
    let has_id = item.as_ref().is_some_and(|item| item.get("value").is_some());
    if !has_id && is_reference(attribute) {
        return Err(invalid("is required".into()).under("value"));
    }
    Ok(item)
}

fn coerce_complex(attribute: &Attribute, value: Value, rules: &Coercion) -> Result<Option<Value>, ScimError> {
    let object = match value {
        Value::Object(object) => object,
        // Entra gives a manager, and Microsoft's collection a member, as the bare id; "" takes the manager away.
        Value::String(id) if is_reference(attribute) && rules.leniencies.allow(Leniency::BareIds) => {
            object_of([("value", Value::String(id))])
        }
        other => return Err(mismatch("an object", &other)),
    };
    let parts = coerce_parts(attribute, object, rules)?;
    Ok((!parts.is_empty() && !names_nothing(attribute, &parts, rules)).then_some(Value::Object(parts)))
}

/// A reference to the resource `""`: so Entra takes a manager away.
pub fn names_nothing(attribute: &Attribute, parts: &Map<String, Value>, rules: &Coercion) -> bool {
    parts.get("value").is_some_and(|v| v == "") && is_reference(attribute) && rules.leniencies.allow(Leniency::BareIds)
}

/// The parts that are given to a complex attribute.
///
/// # Errors
/// `invalidValue` with the part.
pub fn coerce_parts(
    attribute: &Attribute,
    object: Map<String, Value>,
    rules: &Coercion,
) -> Result<Map<String, Value>, ScimError> {
    each(object, &mut |name, value| match attribute.sub(name) {
        Some(sub) if sub.is_read_only() => Ok(None),
        Some(sub) => {
            let value = coerce(sub, value, rules).map_err(|e| e.under(&sub.name))?;
            Ok(value.map(|value| (sub.name.as_str(), value)))
        }
        None if rules.leniencies.allow(Leniency::UnknownAttributes) => Ok(None),
        None => Err(unknown(name)),
    })
}

/// What becomes of one name and its value: another value, under the name in the schema's spelling, or nothing.
pub(super) type Become<'b, 's> = dyn FnMut(&str, Value) -> Result<Option<(&'s str, Value)>, ScimError> + 'b;

/// Each entry of an object in its canonical form. Hardly any name is spelled otherwise, so the object stays the one it is.
pub(super) fn each(
    mut object: Map<String, Value>,
    becomes: &mut Become<'_, '_>,
) -> Result<Map<String, Value>, ScimError> {
    let (mut renamed, mut failure) = (Vec::new(), None);
    object.retain(|name, value| {
        if failure.is_some() {
            return false;
        }
        match becomes(name, value.take()) {
            Ok(Some((spelled, new))) if spelled == name => *value = new,
            Ok(found) => {
                renamed.extend(found.map(|(spelled, new)| (spelled.to_owned(), new)));
                return false;
            }
            Err(error) => failure = Some(error),
        }
        true
    });
    object.extend(renamed);
    failure.map_or(Ok(object), Err)
}

fn coerce_simple(kind: Kind, value: Value, rules: &Coercion) -> Result<Value, ScimError> {
    match (kind, value) {
        (Kind::String | Kind::Reference, Value::String(text)) => checked_text(text, rules),
        (Kind::String, Value::Number(number))
            if rules.in_extension && rules.leniencies.allow(Leniency::NumbersAsText) =>
        {
            Ok(number.to_string().into())
        }
        (Kind::Boolean, Value::Bool(flag)) => Ok(flag.into()),
        (Kind::Boolean, Value::String(text)) if rules.leniencies.allow(Leniency::TextBooleans) => boolean_text(&text),
        (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(number.into()),
        (Kind::Decimal, Value::Number(number)) => Ok(number.into()),
        (Kind::DateTime, Value::String(text)) if text.parse::<Instant>().is_ok() => Ok(text.into()),
        (Kind::Binary, Value::String(text)) if is_base64(&text) => Ok(text.into()),
        (kind, other) => Err(mismatch(noun(kind), &other)),
    }
}

/// Entra's classic dialect writes booleans as `"True"` and `"False"`.
fn boolean_text(text: &str) -> Result<Value, ScimError> {
    let flag = text.to_ascii_lowercase().parse::<bool>();
    flag.map(Value::from).map_err(|_| mismatch("a boolean", &Value::from(text)))
}

fn checked_text(text: String, rules: &Coercion) -> Result<Value, ScimError> {
    if text.len() > rules.string_bytes {
        return Err(invalid(format!("longer than {} bytes", rules.string_bytes)));
    }
    // A NUL cuts a name short in whatever is written in C behind us.
    if text.contains('\0') {
        return Err(invalid("holds a NUL character".into()));
    }
    Ok(text.into())
}

fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok() || URL_SAFE.decode(text).is_ok()
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "a string",
        Kind::Boolean => "a boolean",
        Kind::Decimal => "a number",
        Kind::Integer => "an integer",
        Kind::DateTime => "a date and time with a zone",
        Kind::Binary => "base64 data",
        Kind::Reference => "a reference",
        Kind::Complex => "an object",
    }
}

fn mismatch(wanted: &str, found: &Value) -> ScimError {
    invalid(format!("expected {wanted}, found {}", kind_of(found)))
}

fn invalid(reason: String) -> ScimError {
    ScimError::new(ErrorKind::InvalidValue, reason)
}

pub(super) fn unknown(name: &str) -> ScimError {
    let name = name.escape_debug();
    ScimError::new(ErrorKind::InvalidSyntax, format!("no schema defines the attribute `{name}`"))
}

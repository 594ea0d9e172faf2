//! A resource as a client wrote it, into the canonical form that is compared, stored and delivered.
//!
//! RFC 7643 sections 3 and 7: read-only attributes are not the client's, unknown ones are ignored (refused in
//! strict mode), required ones must be there, one value at most is primary.

use serde_json::{Map, Value};

use super::attribute::{Attribute, Kind, find};
use super::coerce::{Coercion, coerce, each, unknown};
use super::resource_type::{ResourceType, Schema};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::Leniency;
use crate::message::kind_of;

/// More schemas than this is no resource.
const MAX_SCHEMAS: usize = 100;

/// The body of a POST or PUT in canonical form, with the `schemas` it needs.
///
/// # Errors
/// `invalidValue` or `invalidSyntax` with the attribute.
pub fn normalize(
    resource_type: &ResourceType,
    body: Map<String, Value>,
    rules: &Coercion,
) -> Result<Map<String, Value>, ScimError> {
    check_schemas(resource_type, &body, rules)?;
    let resource = each(body, &mut |name, value| canonical(resource_type, name, value, rules))?;
    require(resource_type, &resource)?;
    Ok(resource)
}

/// A name in the schema's spelling, and its value.
type Entry<'s> = Option<(&'s str, Value)>;

fn canonical<'s>(
    resource_type: &'s ResourceType,
    name: &str,
    value: Value,
    rules: &Coercion,
) -> Result<Entry<'s>, ScimError> {
    if name.eq_ignore_ascii_case("schemas") {
        return Ok(None);
    }
    if let Some(schema) = resource_type.extension(name) {
        let values = extension_values(schema, value, rules).map_err(|e| e.under(&schema.id))?;
        return Ok(values.map(|values| (schema.id.as_str(), values)));
    }
    known(resource_type.attribute(name), name, value, rules)
}

fn known<'s>(
    attribute: Option<&'s Attribute>,
    name: &str,
    value: Value,
    rules: &Coercion,
) -> Result<Entry<'s>, ScimError> {
    match attribute {
        Some(attribute) if attribute.is_read_only() => Ok(None),
        Some(attribute) => {
            let value = coerce(attribute, value, rules).and_then(|v| one_primary(attribute, v));
            let value = value.map_err(|e| e.under(&attribute.name))?;
            Ok(value.map(|value| (attribute.name.as_str(), value)))
        }
        None if rules.leniencies.allow(Leniency::UnknownAttributes) => Ok(None),
        None => Err(unknown(name)),
    }
}

fn extension_values(schema: &Schema, value: Value, rules: &Coercion) -> Result<Option<Value>, ScimError> {
    let object = match value {
        Value::Object(object) => object,
        Value::Null => return Ok(None),
        other => return Err(invalid(format!("expected an object, found {}", kind_of(&other)))),
    };
    let rules = Coercion { in_extension: true, ..*rules };
    let values = each(object, &mut |name, value| known(find(&schema.attributes, name), name, value, &rules))?;
    Ok((!values.is_empty()).then_some(Value::Object(values)))
}

/// RFC 7643 section 2.4: "The primary attribute value 'true' MUST appear no more than once."
fn one_primary(attribute: &Attribute, value: Option<Value>) -> Result<Option<Value>, ScimError> {
    let items = value.as_ref().and_then(Value::as_array);
    let primaries = items.into_iter().flatten().filter(|v| v.get("primary") == Some(&Value::Bool(true))).count();
    if attribute.kind == Kind::Complex && primaries > 1 {
        return Err(invalid("more than one value is primary".into()));
    }
    Ok(value)
}

/// What a resource of this type cannot be without.
///
/// # Errors
/// `invalidValue` with the attribute that is missing or empty.
pub fn require(resource_type: &ResourceType, resource: &Map<String, Value>) -> Result<(), ScimError> {
    for attribute in resource_type.schema.attributes.iter().filter(|a| a.required) {
        let empty = resource.get(&attribute.name).is_none_or(|v| v.as_str().is_some_and(|s| s.trim().is_empty()));
        if empty {
            return Err(invalid("is required".into()).under(&attribute.name));
        }
    }
    match resource_type.extensions.iter().find(|e| e.required && !resource.contains_key(&e.schema.id)) {
        Some(extension) => Err(invalid("is required".into()).under(&extension.schema.id)),
        None => Ok(()),
    }
}

/// `schemas` says what the resource has: the base schema, and each extension with data (RFC 7643 section 3).
pub fn list_schemas(of: &ResourceType, resource: &mut Map<String, Value>) {
    let extensions = of.extensions.iter().map(|e| &e.schema.id).filter(|urn| resource.contains_key(*urn));
    let urns: Vec<Value> = std::iter::once(&of.schema.id).chain(extensions).map(|urn| urn.as_str().into()).collect();
    resource.insert("schemas".into(), Value::Array(urns));
}

fn check_schemas(resource_type: &ResourceType, body: &Map<String, Value>, rules: &Coercion) -> Result<(), ScimError> {
    let listed = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas")).map(|(_, v)| v);
    let listed = match listed {
        // RFC 7643 section 3 wants it; some clients forget it, and the endpoint says as much.
        None | Some(Value::Null) if rules.leniencies.allow(Leniency::MissingSchemas) => return Ok(()),
        None | Some(Value::Null) => return Err(invalid("is required".into()).under("schemas")),
        Some(listed) => listed,
    };
    check_listed(resource_type, listed, rules).map_err(|e| e.under("schemas"))
}

fn check_listed(resource_type: &ResourceType, listed: &Value, rules: &Coercion) -> Result<(), ScimError> {
    let urns = listed.as_array().filter(|urns| urns.len() <= MAX_SCHEMAS);
    let urns = urns.ok_or_else(|| invalid("expected a list of schema URNs".into()))?;
    let mut has_base = false;
    for urn in urns {
        let urn = urn.as_str().ok_or_else(|| invalid("expected a list of strings".into()))?;
        let base = urn.eq_ignore_ascii_case(&resource_type.schema.id);
        // Entra lists URNs of its own (`http://schemas.microsoft.com/2006/11/...`).
        if !base && resource_type.extension(urn).is_none() && !rules.leniencies.allow(Leniency::UnknownSchemas) {
            return Err(invalid(format!("unknown schema `{}`", urn.escape_debug())));
        }
        has_base |= base;
    }
    if has_base { Ok(()) } else { Err(invalid(format!("must contain `{}`", resource_type.schema.id))) }
}

fn invalid(reason: String) -> ScimError {
    ScimError::new(ErrorKind::InvalidValue, reason)
}

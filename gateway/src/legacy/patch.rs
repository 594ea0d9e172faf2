//! A PATCH of 1.1 (REST API 1.1 section 3.3.2): a part of the resource, and the names of what is to go.
//!
//! In the words of 2.0 it is at most these operations, in this order: what `meta.attributes` names is removed; what has
//! one value is replaced; the elements with `"operation": "delete"` are removed by value; the others are added.
//! The engine merges an element whose `value` is there already into that one, as the draft asks.

use serde_json::{Map, Value, json};

use super::request::{cleared, get, modern};
use super::urn;
use crate::error::{ErrorKind, ScimError};
use crate::message::{PATCH_OP, object_of, take};
use crate::schema::{Attribute, Kind, ResourceType, Schema, find};

/// The body of a PATCH.
///
/// # Errors
/// `invalidValue` for an `operation` that there is none.
pub(super) fn patch(of: &ResourceType, body: Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
    if get(&body, "Operations").is_some() {
        return Ok(body);
    }
    let removals = removals(of, &body);
    let mut parts = Parts::default();
    // All that 1.1 has to say in `meta` has been heard.
    for (name, value) in modern(of, body).into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("meta")) {
        parts.take(of, name, value)?;
    }
    Ok(request(removals, parts))
}

fn request(removals: Vec<Value>, parts: Parts) -> Map<String, Value> {
    let mut operations = removals;
    operations.push(json!({"op": "replace", "value": parts.singular}));
    operations.extend(parts.deleted);
    operations.push(json!({"op": "add", "value": parts.added}));
    object_of([("schemas", json!([PATCH_OP])), ("Operations", operations.into())])
}

/// What is replaced need not be removed before, and `userName` could not be.
fn removals(of: &ResourceType, body: &Map<String, Value>) -> Vec<Value> {
    let simple = |name: &str| of.attribute(name).is_some_and(|a| !a.multi_valued && a.kind != Kind::Complex);
    let names = cleared(body).into_iter().filter(|name| !simple(name) || get(body, name).is_none());
    names.map(|name| json!({"op": "remove", "path": urn::modern(&name)})).collect()
}

/// The attributes of the body by what happens to them.
#[derive(Default)]
struct Parts {
    singular: Map<String, Value>,
    deleted: Vec<Value>,
    added: Map<String, Value>,
}

impl Parts {
    fn take(&mut self, of: &ResourceType, name: String, value: Value) -> Result<(), ScimError> {
        match (of.extension(&name), of.attribute(&name), value) {
            (Some(schema), _, Value::Object(values)) => self.take_extension(schema, values),
            (_, Some(attribute), value) if attribute.multi_valued => self.take_plural(&name, attribute, value),
            (_, _, value) => {
                self.singular.insert(name, value);
                Ok(())
            }
        }
    }

    fn take_extension(&mut self, schema: &Schema, values: Map<String, Value>) -> Result<(), ScimError> {
        let mut singular = Map::new();
        for (name, value) in values {
            match find(&schema.attributes, &name).filter(|a| a.multi_valued) {
                Some(attribute) => self.take_plural(&format!("{}:{name}", schema.id), attribute, value)?,
                None => drop(singular.insert(name, value)),
            }
        }
        self.singular.insert(schema.id.clone(), singular.into());
        Ok(())
    }

    /// What a client cannot write, `schemas` or the groups of a user, it may send back as it read it.
    fn take_plural(&mut self, path: &str, attribute: &Attribute, value: Value) -> Result<(), ScimError> {
        if attribute.is_read_only() || path.eq_ignore_ascii_case("schemas") {
            return Ok(());
        }
        let (mut added, mut deleted) = (Vec::new(), Vec::new());
        for (i, mut element) in elements(value).into_iter().enumerate() {
            match is_deleted(&mut element).map_err(|e| e.under(&format!("{path}[{i}].operation")))? {
                true => deleted.push(element),
                false => added.push(element),
            }
        }
        if !deleted.is_empty() {
            self.deleted.push(json!({"op": "remove", "path": path, "value": deleted}));
        }
        if !added.is_empty() {
            self.added.insert(path.to_owned(), added.into());
        }
        Ok(())
    }
}

/// OneLogin sends one element without the list around it.
fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// The draft knows `delete` only; OneLogin says `add` as well.
fn is_deleted(element: &mut Value) -> Result<bool, ScimError> {
    let operation = element.as_object_mut().and_then(|parts| take(parts, "operation")).unwrap_or(Value::Null);
    match operation.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("delete") => Ok(true),
        Some("add") => Ok(false),
        None if operation.is_null() => Ok(false),
        _ => Err(ScimError::new(ErrorKind::InvalidValue, "expected `delete` or `add`")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::urn::{CORE, ENTERPRISE, ENTERPRISE_2};
    use super::*;
    use crate::schema::{ResourceKind, SchemaSet};

    fn operations(kind: ResourceKind, body: Value) -> Result<Value, ScimError> {
        let set = SchemaSet::core().unwrap();
        let request = patch(set.of_kind(&kind).unwrap(), body.as_object().unwrap().clone())?;
        assert_eq!(request["schemas"], json!([PATCH_OP]));
        Ok(request["Operations"].clone())
    }

    #[test]
    fn members_come_and_go_by_value() {
        let body = json!({"schemas": [CORE], "members": [
            {"value": "1", "display": "one"}, {"value": "2", "operation": "add"}, {"value": "3", "operation": "delete"}]});
        let expected = json!([
            {"op": "replace", "value": {}},
            {"op": "remove", "path": "members", "value": [{"value": "3"}]},
            {"op": "add", "value": {"members": [{"value": "1", "display": "one"}, {"value": "2"}]}}]);
        assert_eq!(operations(ResourceKind::Group, body).unwrap(), expected);
    }

    #[test]
    fn what_has_one_value_is_replaced_and_what_is_named_goes_first() {
        let body = json!({"active": false, "userName": "b", "name": {"familyName": "B"},
            ENTERPRISE: {"department": "x", "manager": {"managerId": "7"}},
            "meta": {"attributes": ["name.givenName", "userName", format!("{ENTERPRISE}:division")]}});
        let mut replaced = body.clone();
        replaced[ENTERPRISE_2] = json!({"department": "x", "manager": {"value": "7"}});
        replaced.as_object_mut().unwrap().retain(|name, _| name != ENTERPRISE && name != "meta");
        let expected = json!([
            {"op": "remove", "path": "name.givenName"},
            {"op": "remove", "path": format!("{ENTERPRISE_2}:division")},
            {"op": "replace", "value": replaced},
            {"op": "add", "value": {}}]);
        assert_eq!(operations(ResourceKind::User, body).unwrap(), expected);
    }

    #[test]
    fn one_value_is_a_list_and_what_is_read_only_may_come_back() {
        let body = json!({"emails": null, "groups": [{"value": "g"}], "addresses": {"locality": "Paris"}});
        let expected = json!([
            {"op": "replace", "value": {}},
            {"op": "add", "value": {"addresses": [{"locality": "Paris"}]}}]);
        assert_eq!(operations(ResourceKind::User, body).unwrap(), expected);
    }

    #[test]
    fn an_operation_that_there_is_none_is_refused() {
        let body = json!({"members": [{"value": "1"}, {"value": "2", "operation": "replace"}]});
        let error = operations(ResourceKind::Group, body).unwrap_err();
        assert_eq!(error.to_string(), "members[1].operation: expected `delete` or `add`");
    }

    #[test]
    fn a_patch_of_2_0_stays_as_it_is() {
        let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "title"}]});
        assert_eq!(operations(ResourceKind::User, body.clone()).unwrap(), body["Operations"]);
    }
}

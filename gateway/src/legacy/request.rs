//! Bodies of 1.1 in the words of 2.0. A body that is of 2.0 already stays as it is.

use serde_json::{Map, Value};

use super::urn::{CORE, ENTERPRISE, ENTERPRISE_2};
use crate::message::{BULK_REQUEST, object_of, take};
use crate::schema::ResourceType;

/// The body of a POST or PUT. A PUT clears what it does not mention, save for a few attributes that are kept because
/// clients forget them; one that `meta.attributes` names is not forgotten.
pub(super) fn resource(of: &ResourceType, body: Map<String, Value>) -> Map<String, Value> {
    let cleared = cleared(&body);
    let mut resource = modern(of, body);
    for name in cleared.into_iter().filter(|name| !name.contains(['.', ':'])) {
        resource.entry(name).or_insert(Value::Null);
    }
    resource
}

/// The body of a bulk request.
pub(super) fn bulk(mut body: Map<String, Value>) -> Map<String, Value> {
    if let Some(urns) = take(&mut body, "schemas") {
        body.insert("schemas".into(), schemas(urns, BULK_REQUEST));
    }
    body
}

/// URNs and names, wherever 2.0 has others.
pub(super) fn modern(of: &ResourceType, body: Map<String, Value>) -> Map<String, Value> {
    let reworded = body.into_iter().map(|(name, value)| {
        if name.eq_ignore_ascii_case("schemas") {
            (name, schemas(value, &of.schema.id))
        } else if name.eq_ignore_ascii_case(ENTERPRISE) {
            (ENTERPRISE_2.to_owned(), enterprise(value))
        } else {
            (name, value)
        }
    });
    object_of(reworded)
}

/// The names in `meta.attributes`.
pub(super) fn cleared(body: &Map<String, Value>) -> Vec<String> {
    let names = get(body, "meta").and_then(Value::as_object).and_then(|meta| get(meta, "attributes"));
    let names = names.and_then(Value::as_array).into_iter().flatten();
    names.filter_map(text).map(str::to_owned).collect()
}

/// A simple value of a list may be written as an object (Core Schema 1.1 section 3.2).
fn text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("value")?.as_str())
}

/// The value of this name, letter case ignored.
pub(super) fn get<'m>(object: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn schemas(urns: Value, core: &str) -> Value {
    let Value::Array(urns) = urns else { return urns };
    let reworded = urns.into_iter().map(|urn| match urn.as_str() {
        Some(text) if text.eq_ignore_ascii_case(CORE) => core.into(),
        Some(text) if text.eq_ignore_ascii_case(ENTERPRISE) => ENTERPRISE_2.into(),
        _ => urn,
    });
    reworded.collect()
}

/// The id of a manager is `managerId` in 1.1 and `value` in 2.0.
fn enterprise(mut extension: Value) -> Value {
    let Some(values) = extension.as_object_mut() else { return extension };
    let Some(mut manager) = take(values, "manager") else { return extension };
    if let Some(parts) = manager.as_object_mut()
        && let Some(id) = take(parts, "managerId")
    {
        parts.insert("value".into(), id);
    }
    values.insert("manager".into(), manager);
    extension
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ResourceKind, SchemaSet, USER};
    use serde_json::json;

    fn resource_of(body: Value) -> Value {
        let set = SchemaSet::core().unwrap();
        resource(set.of_kind(&ResourceKind::User).unwrap(), body.as_object().unwrap().clone()).into()
    }

    #[test]
    fn a_user_of_1_1_is_one_of_2_0() {
        let old = json!({"schemas": [CORE, ENTERPRISE], "userName": "a",
                         ENTERPRISE: {"department": "x", "manager": {"managerId": "7", "displayName": "M"}}});
        let new = json!({"schemas": [USER, ENTERPRISE_2], "userName": "a",
                         ENTERPRISE_2: {"department": "x", "manager": {"value": "7", "displayName": "M"}}});
        assert_eq!(resource_of(old), new);
        assert_eq!(resource_of(new.clone()), new);
    }

    #[test]
    fn what_is_to_be_cleared_is_null() {
        let meta = json!({"attributes": [{"value": "externalId"}, "name.familyName", "title"]});
        let body = json!({"userName": "a", "title": "T", "meta": meta});
        assert_eq!(resource_of(body), json!({"userName": "a", "title": "T", "externalId": null, "meta": meta}));
    }

    #[test]
    fn a_bulk_request_says_that_it_is_one() {
        let body = json!({"schemas": [CORE], "Operations": []});
        let read = bulk(body.as_object().unwrap().clone());
        assert_eq!(Value::from(read), json!({"schemas": [BULK_REQUEST], "Operations": []}));
    }
}

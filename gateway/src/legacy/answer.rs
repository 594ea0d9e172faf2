//! Answers of 2.0 in the words of 1.1. What is in them already, or in neither, stays as it is.

use serde_json::{Map, Value, json};

use super::urn::{CORE, ENTERPRISE, ENTERPRISE_2, old, old_schema};
use crate::message::{BULK_RESPONSE, ERROR, LIST_RESPONSE, object_of};

/// The body of any answer.
pub(crate) fn answer(body: Vec<u8>) -> Vec<u8> {
    let Some(Value::Object(message)) = usher_json::read_any(&body) else { return body };
    usher_json::write(&reworded(message))
}

fn reworded(message: Map<String, Value>) -> Value {
    match message.get("schemas").and_then(|urns| urns.get(0)?.as_str()) {
        Some(ERROR) => json!({"Errors": [error(&message)]}),
        Some(LIST_RESPONSE) => list(message, "Resources", resource),
        Some(BULK_RESPONSE) => list(message, "Operations", operation),
        _ => resource(message),
    }
}

/// `code` is the status as a string; 1.1 has nothing like `scimType`.
fn error(message: &Map<String, Value>) -> Value {
    let detail = message.get("detail").and_then(Value::as_str).unwrap_or_default();
    json!({"description": old(in_the_body(detail)), "code": message.get("status")})
}

/// `Operations[0].value.active` is `active` to a client that sent no operations.
fn in_the_body(detail: &str) -> &str {
    let number = detail.strip_prefix("Operations[").unwrap_or_default();
    match number.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("].value.") {
        Some(place) => place,
        None => detail,
    }
}

fn list(mut message: Map<String, Value>, name: &str, each: fn(Map<String, Value>) -> Value) -> Value {
    message.insert("schemas".into(), json!([CORE]));
    if let Some(items) = message.get_mut(name).and_then(Value::as_array_mut) {
        items.iter_mut().for_each(|item| *item = each(std::mem::take(item.as_object_mut().unwrap_or(&mut Map::new()))));
    }
    message.into()
}

/// One operation of a bulk response: what went wrong stands beside the status.
fn operation(mut operation: Map<String, Value>) -> Value {
    let failed = operation.remove("response").as_ref().and_then(Value::as_object).map(error);
    let code = operation.remove("status");
    operation.insert("status".into(), failed.unwrap_or_else(|| json!({"code": code})));
    operation.into()
}

fn resource(resource: Map<String, Value>) -> Value {
    let reworded = resource.into_iter().map(|(name, value)| match name.as_str() {
        "schemas" => (name, schemas(value)),
        "meta" => (name, meta(value)),
        ENTERPRISE_2 => (ENTERPRISE.to_owned(), enterprise(value)),
        _ => (name, value),
    });
    Value::Object(object_of(reworded))
}

fn schemas(urns: Value) -> Value {
    let Value::Array(urns) = urns else { return urns };
    urns.iter().map(|urn| urn.as_str().map_or_else(|| urn.clone(), |urn| old_schema(urn).into())).collect()
}

/// 1.1 has no `resourceType`: the location says it.
fn meta(mut meta: Value) -> Value {
    if let Some(parts) = meta.as_object_mut() {
        parts.remove("resourceType");
    }
    meta
}

fn enterprise(mut extension: Value) -> Value {
    if let Some(parts) = extension.get_mut("manager").and_then(Value::as_object_mut)
        && let Some(id) = parts.remove("value")
    {
        parts.insert("managerId".into(), id);
    }
    extension
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::USER;

    fn of(message: Value) -> Value {
        serde_json::from_slice(&answer(message.to_string().into_bytes())).unwrap()
    }

    fn user(core: &str, enterprise: &str, id: &str, meta: Value) -> Value {
        json!({"schemas": [core, enterprise], "id": "1", "meta": meta, enterprise: {"manager": {id: "7"}}})
    }

    #[test]
    fn a_list_of_users() {
        let meta = json!({"resourceType": "User", "version": "W/\"x\""});
        let new = json!({"schemas": [LIST_RESPONSE], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1,
                         "Resources": [user(USER, ENTERPRISE_2, "value", meta)]});
        let old = json!({"schemas": [CORE], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1,
                         "Resources": [user(CORE, ENTERPRISE, "managerId", json!({"version": "W/\"x\""}))]});
        assert_eq!(of(new), old);
        assert_eq!(of(old.clone()), old);
    }

    #[test]
    fn an_error_is_a_list_of_one() {
        let told = |detail: &str| of(json!({"schemas": [ERROR], "status": "400", "scimType": "x", "detail": detail}));
        let expected = |text: String| json!({"Errors": [{"description": text, "code": "400"}]});
        assert_eq!(told("Operations[1].value.active: is odd"), expected("active: is odd".into()));
        assert_eq!(told("Operations[1].method: is odd"), expected("Operations[1].method: is odd".into()));
        assert_eq!(
            told(&format!("schemas: must contain `{USER}`")),
            expected(format!("schemas: must contain `{CORE}`"))
        );
    }

    #[test]
    fn a_bulk_response() {
        let failure = json!({"schemas": [ERROR], "status": "404", "detail": "no"});
        let new = json!({"schemas": [BULK_RESPONSE], "Operations": [
            {"method": "POST", "bulkId": "a", "status": "201"},
            {"method": "PUT", "status": "404", "response": failure}]});
        let old = json!({"schemas": [CORE], "Operations": [
            {"method": "POST", "bulkId": "a", "status": {"code": "201"}},
            {"method": "PUT", "status": {"code": "404", "description": "no"}}]});
        assert_eq!(of(new), old);
    }
}

//! What matters in a request's body and in an event, in few words.

use serde_json::Value;

/// What every message carries and no reader needs.
const CEREMONY: [&str; 5] = ["schemas", "meta", "id", "groups", "password"];
/// What a reader looks for first.
const TELLING: [&str; 5] = ["userName", "displayName", "title", "active", "name"];
/// A UUID has this many letters, and its last few tell it from others: the first may be the time.
const UUID: usize = 36;
const TAIL: usize = 6;

/// One line, or one for each operation of a PATCH.
pub(crate) fn essence(body: &Value) -> Vec<String> {
    let Value::Object(fields) = body else { return vec![body.to_string()] };
    if let Some(Value::Array(operations)) = fields.get("Operations") {
        return operations.iter().map(plain).collect();
    }
    let mut left: Vec<_> = fields.iter().filter(|(name, _)| !CEREMONY.contains(&name.as_str())).collect();
    left.sort_by_key(|(name, _)| TELLING.iter().position(|known| known == name).unwrap_or(TELLING.len()));
    vec![object(left)]
}

/// `/Users/0199...c397cf` instead of all 36 letters.
pub(crate) fn short_ids(text: &str) -> String {
    let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut short = String::new();
    for piece in text.split_inclusive(|c| !is_id(c)) {
        let id = piece.trim_end_matches(|c| !is_id(c));
        let uuid = id.len() == UUID && id.matches('-').count() == 4;
        short.push_str(if uuid { &id[..4] } else { piece });
        if uuid {
            short.push_str("...");
            short.push_str(&piece[UUID - TAIL..]);
        }
    }
    short
}

/// The facts of one event, a line each.
pub(crate) fn facts(event: &Value) -> Vec<String> {
    let data = event.get("data").unwrap_or(&Value::Null);
    let mut lines = vec![who(event, data)];
    match event.get("changes").and_then(Value::as_array) {
        Some(changes) => lines.extend(changes.iter().map(change)),
        None => lines.extend(state(data)),
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// `Ada Lovelace <ada@acme.test>`, `Engineers`, or a user and the group.
fn who(event: &Value, data: &Value) -> String {
    let user = person(data);
    let now = if text(event, "/event") == Some("group.user_removed") { "no longer in" } else { "now in" };
    match text(data, "/group/name") {
        Some(group) => format!("{user} {now} {group}"),
        None if user.is_empty() => first(data, &["/name", "/raw/displayName", "/id"]),
        None => user,
    }
}

fn person(data: &Value) -> String {
    let name =
        [text(data, "/first_name"), text(data, "/last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    match text(data, "/email") {
        Some(email) if name.is_empty() => email.to_owned(),
        Some(email) => format!("{name} <{email}>"),
        None if name.is_empty() => text(data, "/raw/userName").unwrap_or_default().to_owned(),
        None => name,
    }
}

fn state(data: &Value) -> Option<String> {
    let active = data.get("active").filter(|_| data.get("group").is_none())?;
    Some(format!("active: {active}"))
}

/// `active: true -> false`; what was not there, or is no more, is `(none)`.
fn change(change: &Value) -> String {
    let path = text(change, "/path").unwrap_or("(all)");
    let side = |name: &str| change.get(name).filter(|value| !value.is_null()).map_or("(none)".to_owned(), plain);
    format!("{path}: {} -> {}", side("previous"), side("value"))
}

fn first(data: &Value, pointers: &[&str]) -> String {
    pointers.iter().find_map(|pointer| text(data, pointer)).unwrap_or_default().to_owned()
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// JSON with a blank after each comma and colon, so that it can be read and wrapped, and with no backslashes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('"') && !text.contains('\'') => format!("'{text}'"),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => object(fields),
        _ => value.to_string(),
    }
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> String {
    let fields = fields.into_iter().map(|(name, value)| format!("{name}: {}", plain(value)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_without_its_ceremony() {
        let body = json!({"schemas": ["x"], "Operations": [{"op": "replace", "value": {"active": false}}]});
        assert_eq!(essence(&body), [r#"{op: "replace", value: {active: false}}"#]);
        assert_eq!(essence(&json!({"schemas": ["x"], "displayName": "A"})), [r#"{displayName: "A"}"#]);
        let body =
            json!({"Operations": [{"op": "remove", "path": "title"}, {"op": "remove", "path": "a[b eq \"c\"]"}]});
        assert_eq!(essence(&body), [r#"{op: "remove", path: "title"}"#, r#"{op: "remove", path: 'a[b eq "c"]'}"#]);
    }

    #[test]
    fn ids_are_shortened_in_the_middle() {
        let path = "/Users/0199aa00-8fdf-7d5c-9ebd-ef7fc4c397cf?x=1";
        assert_eq!(short_ids(path), "/Users/0199...c397cf?x=1");
        assert_eq!(short_ids("0199aa00-8fdf-7d5c-9ebd-ef7fc4c397cf"), "0199...c397cf");
        assert_eq!(short_ids("face-to-face"), "face-to-face");
    }

    #[test]
    fn the_facts_of_events() {
        let ada = json!({"id": "1", "first_name": "Ada", "last_name": "L", "email": "a@x", "active": false});
        let created = json!({"event": "user.created", "data": ada});
        assert_eq!(facts(&created), ["Ada L <a@x>", "active: false"]);
        let changes = json!([{"op": "replace", "path": "active", "value": false, "previous": true}]);
        let updated = json!({"event": "user.updated", "data": ada, "changes": changes});
        assert_eq!(facts(&updated), ["Ada L <a@x>", "active: true -> false"]);
        let changes = json!([{"op": "add", "path": "title", "value": "Dr."}]);
        let updated = json!({"event": "user.updated", "data": ada, "changes": changes});
        assert_eq!(facts(&updated)[1], r#"title: (none) -> "Dr.""#);
        let mut member = ada.clone();
        member["group"] = json!({"id": "2", "name": "Engineers"});
        assert_eq!(facts(&json!({"event": "group.user_added", "data": member})), ["Ada L <a@x> now in Engineers"]);
    }
}

//! `/plain`: takes events as docs/user-service.md has them, with records in a shape of its own.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Asked, Store, answer, done, refused};

impl Store {
    pub(super) fn plain(&mut self, asked: &Asked<'_>, rest: &[&str]) -> Response {
        let key = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
        match (asked.method, rest) {
            ("POST", ["events"]) => {
                asked.json().as_array().into_iter().flatten().for_each(|event| self.take(event));
                done()
            }
            ("GET", [kind, id]) => match self.plain.get(&key(kind, id)) {
                Some(record) => answer(200, &record.clone().into()),
                None => refused(404, "there is nobody with this id"),
            },
            ("GET", [kind]) => {
                let items: Vec<Value> =
                    self.plain.iter().filter(|((of, _), _)| of == kind).map(|(_, r)| r.clone().into()).collect();
                answer(200, &json!({"total": items.len(), "items": items}))
            }
            _ => refused(404, "there is no such address"),
        }
    }

    fn take(&mut self, event: &Value) {
        let (kind, what) = event["event"].as_str().and_then(|name| name.split_once('.')).unwrap_or_default();
        let id = |record: &Value| record["key"].as_str().unwrap_or_default().to_owned();
        let data = &event["data"];
        match what {
            "deleted" => drop(self.plain.remove(&(format!("{kind}s"), id(data)))),
            "user_added" | "user_removed" => {
                let group = self.plain.entry(("groups".into(), id(&data["group"]))).or_default();
                membership(group, id(data), what == "user_added");
            }
            _ => {
                let stored = self.plain.entry((format!("{kind}s"), id(data))).or_default();
                stored.extend(data.as_object().cloned().unwrap_or_default());
            }
        }
    }
}

fn membership(group: &mut Map<String, Value>, user: String, joins: bool) {
    let members = group.entry("people").or_insert_with(|| json!([]));
    if let Value::Array(members) = members {
        members.retain(|member| *member != user.as_str());
        members.extend(joins.then(|| user.into()));
    }
}

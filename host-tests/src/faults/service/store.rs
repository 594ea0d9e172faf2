//! What the service has: records with versions, unique names, ids of events it knows. All of a delivery or nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::ledger::{Heard, Line, Noted, Taken};
use super::super::wire::Message;

/// One call of Usher's.
pub(super) struct Call {
    pub(super) directory: String,
    path: Vec<String>,
    parameters: BTreeMap<String, String>,
    key: String,
    about: Option<String>,
    version: Option<String>,
    body: Value,
}

/// What is answered when nothing goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) version: Option<String>,
}

impl Call {
    pub(super) fn of(request: &Message) -> Option<Call> {
        let (path, query) = request.first.get(1)?.split_once('?')?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut parameters: BTreeMap<String, String> =
            pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
        let header = |name| request.header(name).map(str::to_owned);
        Some(Call {
            directory: parameters.remove("directory")?,
            path: path.strip_prefix("/provisioning/")?.split('/').map(decoded).collect(),
            parameters,
            key: header("idempotency-key").unwrap_or_default(),
            about: header("usher-resource"),
            version: header("if-match"),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
        })
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escape = (*byte == b'%').then(|| after.split_at_checked(2)).flatten();
        let number = escape.and_then(|(digits, _)| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(number.unwrap_or(*byte));
        rest = number.and(escape).map_or(after, |(_, after)| after);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A record as it was stored, with what it is read with.
struct Stored {
    data: Value,
    version: u64,
    operation: String,
}

/// By directory, collection, id.
type Key = (String, &'static str, String);

#[derive(Default)]
pub(super) struct Store {
    records: BTreeMap<Key, Stored>,
    /// Ids by name, in lower case: a service that looks at every record for each creation is the slowest part of all.
    names: BTreeMap<Key, String>,
    members: BTreeSet<(Key, String)>,
    known: BTreeSet<(String, String)>,
    versions: u64,
}

impl Store {
    /// What it had when it died.
    pub(super) fn of(lines: &[Line]) -> Store {
        let mut store = Store::default();
        for line in lines {
            if let Heard::Delivery { events, outcome: Taken::Stored, .. } = &line.heard {
                events.iter().for_each(|event| store.apply(&line.directory, event));
            }
        }
        store
    }

    /// What it notes of a call, and what it would answer.
    pub(super) fn take(&mut self, call: &Call, stores: bool) -> (Heard, Reply) {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["events"] => self.deliver(call, stores),
            [collection] => self.list(call, collection_of(collection)),
            [collection, id] => self.read(call, collection_of(collection), id),
            _ => (Heard::Read(Vec::new()), refusal(404)),
        }
    }

    fn deliver(&mut self, call: &Call, stores: bool) -> (Heard, Reply) {
        let events: Vec<Noted> = call.body.as_array().into_iter().flatten().map(Noted::of).collect();
        let (outcome, reply) = self.judge(call, &events, stores);
        if outcome == Taken::Stored {
            events.iter().for_each(|event| self.apply(&call.directory, event));
        }
        let reply = Reply { version: self.version(call), ..reply };
        (Heard::Delivery { key: call.key.clone(), events, outcome }, reply)
    }

    /// Known ids first: it may be this very delivery that has changed the version.
    fn judge(&self, call: &Call, events: &[Noted], stores: bool) -> (Taken, Reply) {
        let is_known = |event: &Noted| self.known.contains(&(call.directory.clone(), event.id.clone()));
        let refused = |status, outcome| (outcome, refusal(status));
        if !events.is_empty() && events.iter().all(is_known) {
            (Taken::Repeated, accepted())
        } else if call.version.is_some() && call.version != self.version(call) {
            refused(412, Taken::Stale)
        } else if let Some(status) = events.iter().find_map(|event| self.objection(&call.directory, event)) {
            refused(status, Taken::No)
        } else if stores {
            (Taken::Stored, accepted())
        } else {
            (Taken::No, accepted())
        }
    }

    fn version(&self, call: &Call) -> Option<String> {
        let (collection, id) = call.about.as_ref()?.split_once('/')?;
        let key = (call.directory.clone(), collection_of(collection), id.to_owned());
        self.records.get(&key).map(|stored| stored.version.to_string())
    }

    fn objection(&self, directory: &str, event: &Noted) -> Option<u16> {
        let (collection, what) = (collection_of(&event.name), event.name.rsplit('.').next().unwrap_or_default());
        let there = |id: &str| self.records.contains_key(&(directory.to_owned(), collection, id.to_owned()));
        let id = event.data["id"].as_str().unwrap_or_default();
        match what {
            "created" if there(id) || self.has_name(directory, collection, &event.data) => Some(409),
            "updated" | "deleted" if !there(id) => Some(404),
            _ => None,
        }
    }

    fn has_name(&self, directory: &str, collection: &'static str, data: &Value) -> bool {
        self.names.contains_key(&(directory.to_owned(), collection, name_of(data)))
    }

    fn all_in<'s>(
        &'s self,
        directory: &'s str,
        collection: &'static str,
    ) -> impl Iterator<Item = (&'s Key, &'s Stored)> {
        self.records.iter().filter(move |((d, c, _), _)| d == directory && *c == collection)
    }

    fn apply(&mut self, directory: &str, event: &Noted) {
        self.known.insert((directory.to_owned(), event.id.clone()));
        let (noun, what) = event.name.split_once('.').unwrap_or_default();
        let data = &event.data;
        let id = |data: &Value| data["id"].as_str().unwrap_or_default().to_owned();
        let key = |data: &Value, noun: &str| (directory.to_owned(), collection_of(noun), id(data));
        match what {
            "created" | "updated" => self.put(key(data, noun), data.clone(), event.operation()),
            "deleted" => self.take_away(&key(data, noun)),
            "user_added" => {
                self.members.insert((key(&data["group"], "group"), id(data)));
            }
            "user_removed" => {
                self.members.remove(&(key(&data["group"], "group"), id(data)));
            }
            _ => {}
        }
    }

    fn put(&mut self, key: Key, data: Value, operation: String) {
        self.take_away(&key);
        self.versions += 1;
        self.names.insert((key.0.clone(), key.1, name_of(&data)), key.2.clone());
        self.records.insert(key, Stored { data, version: self.versions, operation });
    }

    fn take_away(&mut self, key: &Key) {
        if let Some(stored) = self.records.remove(key) {
            self.names.remove(&(key.0.clone(), key.1, name_of(&stored.data)));
        }
    }

    fn read(&self, call: &Call, collection: &'static str, id: &str) -> (Heard, Reply) {
        let key = (call.directory.clone(), collection, id.to_owned());
        match self.records.get(&key) {
            Some(stored) => {
                let reply = Reply { status: 200, body: self.show(&key, stored).to_string(), version: None };
                (Heard::Read(vec![stored.operation.clone()]), reply)
            }
            None => (Heard::Read(Vec::new()), refusal(404)),
        }
    }

    fn show(&self, key: &Key, stored: &Stored) -> Value {
        let mut shown = stored.data.clone();
        shown["version"] = stored.version.to_string().into();
        if key.1 == "groups" {
            let members = self.members.iter().filter(|(group, _)| group == key).map(|(_, user)| json!({"id": user}));
            shown["members"] = members.collect();
        }
        shown
    }

    /// Those of a name or of some ids, if that is asked for.
    fn candidates<'s>(&'s self, call: &'s Call, collection: &'static str) -> Vec<(&'s Key, &'s Stored)> {
        let asked = |name: &str| call.parameters.get(name);
        let key = |text: &str| (call.directory.clone(), collection, text.to_owned());
        let by_key = |id: &str| self.records.get_key_value(&key(id));
        if let Some(name) = asked("user_name").or(asked("display_name")) {
            self.names.get(&key(&name.to_lowercase())).and_then(|id| by_key(id)).into_iter().collect()
        } else if let Some(ids) = asked("ids") {
            ids.split(',').filter_map(by_key).collect()
        } else {
            self.all_in(&call.directory, collection).collect()
        }
    }

    fn list(&self, call: &Call, collection: &'static str) -> (Heard, Reply) {
        let fits =
            |(_, stored): &(&Key, &Stored)| call.parameters.iter().all(|(name, value)| meets(stored, name, value));
        let found: Vec<_> = self.candidates(call, collection).into_iter().filter(fits).collect();
        let items: Vec<Value> = found.iter().map(|(key, stored)| self.show(key, stored)).collect();
        let body = json!({"total": items.len(), "items": items}).to_string();
        (
            Heard::Read(found.iter().map(|(_, s)| s.operation.clone()).collect()),
            Reply { status: 200, body, version: None },
        )
    }
}

fn name_of(data: &Value) -> String {
    let raw = &data["raw"];
    raw["userName"].as_str().or(raw["displayName"].as_str()).unwrap_or_default().to_lowercase()
}

/// Conditions and nothing else: no list here is longer than a page.
fn meets(stored: &Stored, name: &str, value: &str) -> bool {
    let raw = &stored.data["raw"];
    match name {
        "user_name" => raw["userName"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(value)),
        "display_name" => raw["displayName"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(value)),
        "external_id" => raw["externalId"] == value,
        "ids" => value.split(',').any(|id| stored.data["id"] == id),
        "member" => false,
        _ => true,
    }
}

fn collection_of(name: &str) -> &'static str {
    if name.starts_with("group") { "groups" } else { "users" }
}

fn accepted() -> Reply {
    Reply { status: 200, body: json!({"accepted": true}).to_string(), version: None }
}

fn refusal(status: u16) -> Reply {
    Reply { status, body: json!({"detail": "refused"}).to_string(), version: None }
}

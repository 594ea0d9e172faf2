//! A user service of a few records in memory, which does what docs/user-service.md asks: it stores `data` and gives
//! `data` back, and lets no two users have one name.

use serde_json::{Map, Value, json};

use super::told::{Said, events, said};
use crate::config::{Config, ConfigError};
use crate::exchange::{ServiceAnswer, ServiceRequest};
use crate::message::kind_of;
use crate::request::decode;
use crate::schema::ResourceType;

/// What most services would call many.
const PAGE: usize = 100;

pub(super) struct Memory {
    /// Path in front of the collections.
    path: String,
    /// The words of events and the collections they mean.
    nouns: Vec<(String, String)>,
    kept: Vec<Kept>,
}

#[derive(Clone)]
struct Kept {
    collection: String,
    record: Map<String, Value>,
}

/// Too much for the service, in its own words.
struct Refusal {
    status: u16,
    detail: String,
}

impl Memory {
    /// With these records. One without an id is the one that the path names, or has its number.
    pub(super) fn new(config: &Config, records: &[Value], path: &str) -> Result<Self, ConfigError> {
        let each = records.iter().enumerate();
        let kept = each.map(|(i, record)| Kept::read(config, record, path, i + 1).map_err(|reason| wrong(i, reason)));
        let nouns = config.schemas.types.iter().map(|of| (of.kind.noun().to_owned(), of.kind.collection().to_owned()));
        Ok(Self {
            path: config.user_service.path.clone(),
            nouns: nouns.collect(),
            kept: kept.collect::<Result<_, _>>()?,
        })
    }

    /// Everything that is stored, as it was given or delivered.
    pub(super) fn records(&self) -> Vec<Value> {
        self.kept.iter().map(|kept| kept.record.clone().into()).collect()
    }

    pub(super) fn answer(&mut self, request: &ServiceRequest) -> ServiceAnswer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let mut segments =
            path.strip_prefix(&self.path).unwrap_or(path).trim_start_matches('/').split('/').map(decoded);
        let (collection, id) = (segments.next().unwrap_or_default(), segments.next());
        let answered = match (request.method, id) {
            ("POST", _) => self.take(request),
            (_, Some(id)) => self.one(&collection, &id),
            (_, None) => Ok(self.page(&collection, &Conditions::read(query))),
        };
        answered.map_or_else(
            |refusal| answer(refusal.status, &json!({"detail": refusal.detail})),
            |body| answer(200, &body),
        )
    }

    fn one(&self, collection: &str, id: &str) -> Result<Value, Refusal> {
        let found = self.kept.iter().find(|kept| kept.is(collection, id));
        let found = found.ok_or_else(|| Refusal { status: 404, detail: format!("there is no `{id}`") })?;
        Ok(self.shown(found))
    }

    fn page(&self, collection: &str, conditions: &Conditions) -> Value {
        let all = self.kept.iter().filter(|kept| kept.collection == collection && conditions.met_by(kept, self));
        let matching: Vec<Value> = all.map(|kept| self.shown(kept)).collect();
        let total = matching.len();
        let items: Vec<Value> = matching.into_iter().skip(conditions.skip).take(conditions.count).collect();
        json!({"total": total, "items": items})
    }

    /// A user is read with its groups.
    fn shown(&self, kept: &Kept) -> Value {
        let mut record = kept.record.clone();
        if kept.collection == "users" {
            let groups = self.kept.iter().filter(|group| group.has_member(kept.id()));
            let groups: Vec<Value> = groups.map(|g| json!({"id": g.id(), "name": g.raw("displayName")})).collect();
            if !groups.is_empty() {
                record.insert("groups".into(), groups.into());
            }
        }
        record.into()
    }

    /// All the events of a delivery, or none of them.
    fn take(&mut self, delivery: &ServiceRequest) -> Result<Value, Refusal> {
        let before = self.kept.clone();
        let events = events(delivery);
        let taken = events.iter().filter_map(said).try_for_each(|event| self.apply(&event));
        if let Err(refusal) = taken {
            self.kept = before;
            return Err(refusal);
        }
        Ok(json!({}))
    }

    fn apply(&mut self, event: &Said<'_>) -> Result<(), Refusal> {
        let collection = self.nouns.iter().find(|(noun, _)| noun == event.noun).map(|(_, c)| c.clone());
        let Some(collection) = collection else { return Ok(()) };
        let id = text_of(event.record.get("id"));
        match event.what {
            "user_added" | "user_removed" => self.regroup(event, &id),
            // A deactivation may be called a deletion; the service still has to know the user.
            "deleted" if event.changes.is_empty() => self.forget(&collection, &id),
            _ => return self.store(Kept { collection, record: event.record.clone() }),
        }
        Ok(())
    }

    fn store(&mut self, mut new: Kept) -> Result<(), Refusal> {
        let unique = if new.collection == "users" { "userName" } else { "displayName" };
        let is_named = matches!(new.collection.as_str(), "users" | "groups");
        let same_name =
            |kept: &Kept| kept.collection == new.collection && kept.id() != new.id() && kept.is_called(unique, &new);
        if is_named && self.kept.iter().any(same_name) {
            return Err(Refusal { status: 409, detail: format!("`{}` is taken", new.raw(unique)) });
        }
        match self.kept.iter_mut().find(|kept| kept.is(&new.collection, new.id())) {
            Some(old) => {
                new.inherit(&old.record);
                *old = new;
            }
            None => {
                new.gather(&[]);
                self.kept.push(new);
            }
        }
        Ok(())
    }

    fn forget(&mut self, collection: &str, id: &str) {
        self.kept.retain(|kept| !kept.is(collection, id));
        if collection == "users" {
            self.kept.iter_mut().for_each(|group| group.without_member(id));
        }
    }

    fn regroup(&mut self, event: &Said<'_>, user: &str) {
        let Some(Value::Object(group)) = event.record.get("group") else { return };
        let id = text_of(group.get("id"));
        let Some(known) = self.kept.iter_mut().find(|kept| kept.is("groups", &id)) else { return };
        let mut record = Kept { collection: "groups".into(), record: group.clone() };
        record.inherit(&known.record);
        *known = record;
        known.without_member(user);
        if let ("user_added", Some(Value::Array(members))) = (event.what, known.record.get_mut("members")) {
            members.push(json!({"id": user}));
        }
    }
}

impl Kept {
    /// A record as it was stored, or a SCIM resource of which it is made.
    fn read(config: &Config, given: &Value, path: &str, number: usize) -> Result<Self, String> {
        let Value::Object(given) = given else { return Err(format!("expected an object, found {}", kind_of(given))) };
        let mut record = match given.get("raw") {
            Some(Value::Object(_)) => given.clone(),
            _ => Map::from_iter([
                ("id".to_owned(), given.get("id").cloned().unwrap_or_default()),
                ("raw".to_owned(), given.clone().into()),
            ]),
        };
        let of = type_of(config, &record, path).ok_or("expected `schemas`, to tell what it is")?;
        if text_of(record.get("id")).is_empty() {
            let id = addressed(path, of).unwrap_or_else(|| number.to_string());
            record.insert("id".into(), id.into());
        }
        let mut kept = Self { collection: of.kind.collection().to_owned(), record };
        let members = kept.record.get("raw").and_then(|raw| raw.get("members")).and_then(Value::as_array).cloned();
        kept.gather(&members.unwrap_or_default());
        Ok(kept)
    }

    /// Who is in a group is kept beside what was stored, since only events of membership change it.
    fn gather(&mut self, members: &[Value]) {
        if self.collection == "groups" && !self.record.contains_key("members") {
            let id = |member: &Value| json!({"id": text_of(member.get("value").or_else(|| member.get("id")).or(Some(member)))});
            self.record.insert("members".into(), members.iter().map(id).collect());
        }
    }

    /// What the service itself keeps beside what it is told. A version is another one after every change.
    fn inherit(&mut self, old: &Map<String, Value>) {
        if let Some(members) = old.get("members") {
            self.record.insert("members".into(), members.clone());
        }
        if let Some(version) =
            text_of(old.get("version")).parse::<u64>().ok().and_then(|version| version.checked_add(1))
        {
            self.record.insert("version".into(), version.to_string().into());
        }
    }

    fn id(&self) -> &str {
        self.record.get("id").and_then(Value::as_str).unwrap_or_default()
    }

    fn is(&self, collection: &str, id: &str) -> bool {
        self.collection == collection && text_of(self.record.get("id")) == id
    }

    fn raw(&self, attribute: &str) -> &str {
        self.record.get("raw").and_then(|raw| raw.get(attribute)).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_called(&self, attribute: &str, other: &Self) -> bool {
        let name = self.raw(attribute);
        !name.is_empty() && name.to_lowercase() == other.raw(attribute).to_lowercase()
    }

    fn members(&self) -> impl Iterator<Item = String> {
        let members = self.record.get("members").and_then(Value::as_array).into_iter().flatten();
        members.map(|member| text_of(member.get("id").or_else(|| member.get("value")).or(Some(member))))
    }

    fn has_member(&self, id: &str) -> bool {
        self.collection == "groups" && self.members().any(|member| member == id)
    }

    fn without_member(&mut self, id: &str) {
        let left: Vec<Value> = self.members().filter(|member| member != id).map(|id| json!({"id": id})).collect();
        if let Some(members) = self.record.get_mut("members") {
            *members = left.into();
        }
    }
}

/// The query of a list.
#[derive(Default)]
struct Conditions {
    equal: Vec<(String, String)>,
    skip: usize,
    count: usize,
}

impl Conditions {
    fn read(query: &str) -> Self {
        let mut conditions = Self { count: PAGE, ..Self::default() };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value);
            match name {
                "directory" => {}
                "start_index" => conditions.skip = value.parse::<usize>().unwrap_or(1).saturating_sub(1),
                "count" => conditions.count = value.parse().unwrap_or(PAGE),
                _ => conditions.equal.push((name.to_owned(), value)),
            }
        }
        conditions
    }

    /// A parameter that nobody knows is ignored, as the contract allows.
    fn met_by(&self, kept: &Kept, memory: &Memory) -> bool {
        self.equal.iter().all(|(name, value)| {
            let ignoring_case = |text: &str| text.to_lowercase() == value.to_lowercase();
            match name.as_str() {
                "user_name" => ignoring_case(kept.raw("userName")),
                "display_name" => ignoring_case(kept.raw("displayName")),
                "external_id" => kept.raw("externalId") == value,
                "email" => kept.emails().any(ignoring_case),
                "ids" => value.split(',').any(|id| id == kept.id()),
                "member" => memory.kept.iter().any(|group| group.id() == kept.id() && group.has_member(value)),
                _ => true,
            }
        })
    }
}

impl Kept {
    fn emails(&self) -> impl Iterator<Item = &str> {
        let emails = self.record.get("raw").and_then(|raw| raw.get("emails")).and_then(Value::as_array);
        emails.into_iter().flatten().filter_map(|email| email.get("value")?.as_str())
    }
}

/// By its schemas, else by where the request goes.
fn type_of<'c>(config: &'c Config, record: &Map<String, Value>, path: &str) -> Option<&'c ResourceType> {
    let schemas = record.get("raw").and_then(|raw| raw.get("schemas")).and_then(Value::as_array);
    let named = |of: &&ResourceType| schemas.into_iter().flatten().any(|urn| urn.as_str() == Some(&of.schema.id));
    let types = &config.schemas.types;
    types.iter().find(named).or_else(|| types.iter().find(|of| addressed(path, of).is_some()))
}

/// The id in a path to a resource of this type.
fn addressed(path: &str, of: &ResourceType) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let (before, id) = path.rsplit_once('/')?;
    let endpoint = before.rsplit('/').next().unwrap_or_default();
    (endpoint.eq_ignore_ascii_case(&of.endpoint) && !id.is_empty()).then(|| decoded(id))
}

fn wrong(i: usize, reason: String) -> ConfigError {
    ConfigError::new(format!("records[{i}]"), reason)
}

fn decoded(text: &str) -> String {
    decode(text.as_bytes(), false).unwrap_or_else(|| text.to_owned())
}

/// Ids and versions may be numbers.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn answer(status: u16, body: &Value) -> ServiceAnswer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    ServiceAnswer { status, headers, body: body.to_string().into_bytes() }
}

//! Events as requests to a REST service, one after the other (docs/mapping.md).
//!
//! The first request that fails ends the walk. What was acknowledged before it is the service's state by then: the
//! provider's retry reads it, and finds less to do.

use serde_json::{Map, Value};

use super::Service;
use super::read::broken;
use super::write::{Delivery, Refused, visible};
use crate::error::{ErrorKind, ScimError};
use crate::events::{Event, Parcel, sign};
use crate::exchange::ServiceAnswer;
use crate::mapping::{Call, Content, Filling, Pointer, Route, Routes, TypeMap, filled, filling};
use crate::record::{Record, text_of};
use crate::request::decode;
use crate::schema::ResourceKind;

impl Service<'_> {
    /// Make the requests of these events.
    pub(super) async fn walk(
        &self,
        routes: &Routes,
        delivery: &Delivery<'_>,
        after: Option<&Record>,
    ) -> Result<Heard, Refused> {
        let version = delivery.before.and_then(|record| record.version.clone());
        let heard = Heard::default();
        let mut walk =
            Walk { service: self, routes, delivery, after, heard, version, waiting: Vec::new(), told: Vec::new() };
        for event in delivery.events {
            walk.event(event).await?;
        }
        walk.tell_waiting().await?;
        Ok(walk.heard)
    }
}

/// What the service said of the record.
#[derive(Default)]
pub(super) struct Heard {
    /// Its id, when it was made.
    id: Option<String>,
    /// All of it.
    record: Option<Record>,
}

impl Heard {
    /// The record as it is now. A change is written over what the service gave, so one that it did not give anew is not
    /// worth keeping: it has no version.
    pub(super) fn settled(self, ours: Record) -> Record {
        let ours = Record { version: None, ..ours };
        match (self.record, self.id) {
            (Some(record), _) => record,
            (None, Some(id)) => ours.called(id),
            (None, None) => ours,
        }
    }
}

struct Walk<'w> {
    service: &'w Service<'w>,
    routes: &'w Routes,
    delivery: &'w Delivery<'w>,
    after: Option<&'w Record>,
    heard: Heard,
    /// The version before the first request about the record.
    version: Option<String>,
    /// For the events endpoint.
    waiting: Vec<Event>,
    /// The groups whose record was written with its members.
    told: Vec<&'w str>,
}

/// The record that a request is about.
#[derive(Clone, Copy)]
struct About<'a> {
    map: &'a TypeMap,
    before: Option<&'a Record>,
    after: Option<&'a Record>,
    /// The version in `if-match`.
    version: Option<&'a str>,
}

impl<'w> Walk<'w> {
    async fn event(&mut self, event: &'w Event) -> Result<(), Refused> {
        match self.routes.of(&event.name) {
            Route::Ignore => Ok(()),
            Route::Events => {
                self.waiting.push(event.clone());
                Ok(())
            }
            Route::Group => {
                self.tell_waiting().await?;
                self.tell_group(event).await
            }
            Route::Call(call) => {
                self.tell_waiting().await?;
                match &event.member {
                    Some(member) => self.tell_member(call, event, member).await,
                    None => self.tell_record(call, event).await,
                }
            }
        }
    }

    async fn tell_waiting(&mut self) -> Result<(), Refused> {
        let events = std::mem::take(&mut self.waiting);
        self.service.send(&events, self.delivery.time, None, None).await.map(drop)
    }

    /// The id that the service gave, where one was only just made.
    fn id(&self, kind: &ResourceKind, id: &'w str) -> String {
        let made = self.heard.id.as_ref().filter(|_| *kind == *self.delivery.kind && id == self.delivery.id);
        made.cloned().unwrap_or_else(|| id.to_owned())
    }

    fn map(&self, kind: &ResourceKind) -> Result<&'w TypeMap, Refused> {
        let missing = || Refused::For(ScimError::new(ErrorKind::NotImplemented, "this type has no map"));
        self.service.directory.map(kind).ok_or_else(missing)
    }

    async fn tell_record(&mut self, call: &Call, event: &'w Event) -> Result<(), Refused> {
        let map = self.map(self.delivery.kind)?;
        let version = self.version.take();
        let (before, after) = (self.delivery.before, self.after);
        let about = About { map, before, after, version: version.as_deref() };
        let id = self.id(&event.subject.kind, &event.subject.id);
        let with = Filling { id: &id, numeric_id: map.numeric_ids, ..filling(self.service.directory) };
        let made = before.is_none();
        let Some(body) = self.body(call, about, &with) else { return Ok(()) };
        let answer = self.request(call, event, about, &with, body).await?;
        self.heard(call, map, &answer, made)
    }

    async fn tell_member(&mut self, call: &Call, event: &'w Event, member: &str) -> Result<(), Refused> {
        let map = self.map(&ResourceKind::Group)?;
        let users = self.map(&ResourceKind::User)?;
        let group = self.id(&event.subject.kind, &event.subject.id);
        let with = Filling {
            id: member,
            numeric_id: users.numeric_ids,
            group: &group,
            numeric_group: map.numeric_ids,
            ..filling(self.service.directory)
        };
        let about = About { map, before: None, after: None, version: None };
        let Some(body) = self.body(call, about, &with) else { return Ok(()) };
        self.request(call, event, about, &with, body).await.map(drop)
    }

    /// Write the group, once for all its members that came or went, unless one of its own events does so.
    async fn tell_group(&mut self, event: &'w Event) -> Result<(), Refused> {
        // A user can have the same number.
        let same = |e: &Event| e.subject.kind == event.subject.kind && e.subject.id == event.subject.id;
        let own = self.delivery.events.iter().any(|e| e.member.is_none() && same(e));
        let id = event.subject.id.as_str();
        let Route::Call(call) = self.routes.of("group.updated") else { return Ok(()) };
        if own || self.told.contains(&id) {
            return Ok(());
        }
        self.told.push(id);
        if *self.delivery.kind == ResourceKind::Group {
            return self.tell_record(call, event).await;
        }
        let Some(before) = self.delivery.groups.iter().find(|group| group.id == id) else { return Ok(()) };
        let after = without(before, self.delivery.id);
        let map = self.map(&ResourceKind::Group)?;
        let about = About { map, before: Some(before), after: Some(&after), version: before.version.as_deref() };
        let with = Filling { id, numeric_id: map.numeric_ids, ..filling(self.service.directory) };
        let Some(body) = self.body(call, about, &with) else { return Ok(()) };
        self.request(call, event, about, &with, body).await.map(drop)
    }

    /// What is sent: perhaps nothing; `None` when nothing of it has changed and there is no request to make.
    fn body(&self, call: &Call, about: About<'_>, with: &Filling<'_>) -> Option<Option<Value>> {
        let members = self.routes.members_in_group();
        let About { map, before, after, .. } = about;
        let changed = || match (before, after) {
            (Some(before), Some(after)) => {
                let mut changed = map.changed(before, after, members);
                changed.extend(map.secrets(self.delivery.unread));
                changed
            }
            _ => Vec::new(),
        };
        let object = match (&call.body, before, after) {
            (Content::Nothing, ..) => return Some(None),
            (Content::Template(template), ..) => return Some(Some(filled(template, with))),
            (Content::Changed, ..) => laid_over(Map::new(), changed()),
            (Content::ChangedWhole, before, _) => {
                let changed = changed();
                let tops: Vec<&str> = changed.iter().map(|(field, _)| field.top()).collect();
                let mut whole = laid_over(source(before), changed.clone());
                whole.retain(|name, _| tops.contains(&name.as_str()));
                whole
            }
            (Content::Data, Some(before), Some(_)) => laid_over(self.known(map, before), changed()),
            (Content::Data, Some(before), None) => self.known(map, before),
            (Content::Data, None, Some(after)) => self.born(call, map, after, members),
            (Content::Data, None, None) => Map::new(),
        };
        let nothing = object.is_empty() && matches!(call.body, Content::Changed | Content::ChangedWhole);
        (!nothing).then_some(Some(Value::Object(object)))
    }

    /// The record as the service gave it.
    fn known(&self, map: &TypeMap, record: &Record) -> Map<String, Value> {
        match &record.source {
            Some(source) => source.as_ref().clone(),
            None => map.data(self.service.directory, record, self.routes.members_in_group()),
        }
    }

    fn born(&self, call: &Call, map: &TypeMap, record: &Record, members: bool) -> Map<String, Value> {
        let mut data = map.data(self.service.directory, record, members);
        if !call.with_id {
            map.id.remove(&mut data);
        }
        laid_over(data, map.secrets(self.delivery.unread))
    }

    async fn request(
        &self,
        call: &Call,
        event: &Event,
        about: About<'_>,
        with: &Filling<'_>,
        body: Option<Value>,
    ) -> Result<ServiceAnswer, Refused> {
        let path = call.path.fill(with).ok_or_else(|| Refused::For(unfit(with)))?;
        let mut request = self.service.own_request(call.method, &path, &call.headers);
        let mut header = |name: &str, value: &str| request.headers.push((name.to_owned(), value.to_owned()));
        header("idempotency-key", &event.id);
        if let Some(version) = about.version.filter(|version| visible(version)) {
            header("if-match", version);
        }
        request.body = body.map(|body| usher_json::write(&body));
        if request.body.is_some() {
            request.headers.push(("content-type".to_owned(), call.content_type.clone()));
        }
        self.sign(&mut request.headers, event, request.body.as_deref()).await;
        self.service.acknowledged(request).await
    }

    async fn sign(&self, headers: &mut Vec<(String, String)>, event: &Event, body: Option<&[u8]>) {
        let signatures = &self.service.directory.events.signatures;
        if !signatures.is_empty() {
            let body = body.unwrap_or_default().to_vec();
            let parcel = Parcel { id: event.id.clone(), content_type: "application/json", headers: Vec::new(), body };
            headers.extend(sign(signatures, &parcel, self.service.world.now().await));
        }
    }

    /// What the answer says of the record: its id when it was made, its version, and all of it where it is the record.
    fn heard(&mut self, call: &Call, map: &TypeMap, answer: &ServiceAnswer, made: bool) -> Result<(), Refused> {
        let body = usher_json::read_any(&answer.body).map(|body| inside(map, body));
        if made && self.heard.id.is_none() {
            let id = body.as_ref().and_then(|body| map.id.get(body)).and_then(text_of).or_else(|| located(answer));
            let minted = Some(self.delivery.id.to_owned()).filter(|_| call.with_id);
            let id = id.filter(|id| !id.is_empty()).or(minted);
            self.heard.id = Some(id.ok_or_else(|| Refused::For(nameless()))?);
        }
        if call.answers_record {
            let body = body.ok_or_else(|| Refused::For(broken("it is not JSON, and not the record")))?;
            let record = self.service.load(self.delivery.kind, body, answer.header("etag")).map_err(Refused::For)?;
            let id = self.heard.id.as_deref().unwrap_or(self.delivery.id);
            if record.id != id {
                return Err(Refused::For(broken("it gave another record than the one it was told of")));
            }
            self.heard.record = Some(self.with_members(record));
        }
        Ok(())
    }

    /// Members that are in a list of their own are those that this delivery leads to.
    fn with_members(&self, mut record: Record) -> Record {
        let members = self.after.and_then(|after| after.resource.get("members"));
        if let (true, Some(members)) = (record.partial, members) {
            record.resource.insert("members".into(), members.clone());
        }
        record.partial = false;
        record
    }
}

/// The record within an answer that has more around it.
fn inside(map: &TypeMap, body: Value) -> Value {
    let at: Option<&Pointer> = map.read.as_ref().map(|read| &read.record);
    at.and_then(|at| at.get(&body)).cloned().unwrap_or(body)
}

/// The last segment of `location`.
fn located(answer: &ServiceAnswer) -> Option<String> {
    let path = answer.header("location")?.split(['?', '#']).next()?.trim_end_matches('/');
    decode(path.rsplit('/').next()?.as_bytes(), false)
}

fn source(record: Option<&Record>) -> Map<String, Value> {
    record.and_then(|record| record.source.as_deref()).cloned().unwrap_or_default()
}

fn laid_over(mut object: Map<String, Value>, fields: Vec<(&Pointer, Value)>) -> Map<String, Value> {
    fields.into_iter().for_each(|(field, value)| field.set(&mut object, value));
    object
}

fn without(group: &Record, user: &str) -> Record {
    let mut resource = (*group.resource).clone();
    if let Some(Value::Array(members)) = resource.get_mut("members") {
        members.retain(|member| member.get("value").and_then(Value::as_str) != Some(user));
    }
    group.with(resource)
}

/// An id that would lead elsewhere names nobody.
fn unfit(with: &Filling<'_>) -> ScimError {
    let ids = format!("`{}` `{}`", with.id.escape_debug(), with.group.escape_debug());
    ScimError::new(ErrorKind::InvalidValue, format!("an id cannot stand in a path: {}", ids.replace(" ``", "")))
}

fn nameless() -> ScimError {
    ScimError::new(ErrorKind::BadGateway, "the user service does not say the id of what it made")
}

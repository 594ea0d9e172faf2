//! From the states before and after to events.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::Value;

use super::identity::{SharedId, event_id};
use super::{Data, Event, Subject, shape};
use crate::change::{Change, ChangeOp, write_changes};
use crate::config::{DeactivationWire as Deactivation, Directory};
use crate::record::{Member, Record, state_of};
use crate::schema::ResourceKind;

/// Users that came into a group or left it.
#[derive(Debug, Clone, Default)]
pub struct Membership {
    /// Not members before.
    pub added: Vec<Member>,
    /// Not members any more.
    pub removed: Vec<Member>,
}

impl Membership {
    /// Nobody came and nobody left.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// Attributes that were written and are never read back, such as `password`, with their values.
pub type Unread = Vec<(String, Value)>;

/// A record came to be. Its minted id makes the event's id unique: nothing else tells a second creation of the same
/// user, after a deletion, from a retry of the first.
pub fn created(directory: &Rc<Directory>, record: &Record, unread: &Unread, membership: Membership) -> Vec<Event> {
    let name = format!("{}.created", record.kind.noun());
    let id = event_id(&directory.id, &[&name, &record.id]);
    let told = if directory.events.password { secrets(directory, ChangeOp::Add, unread) } else { Vec::new() };
    let created = event(directory, name, id, record, told);
    wanted(directory, joins(directory, record, "", membership, Some(created)))
}

/// A record changed from one state to another, at this time.
pub fn updated(
    directory: &Rc<Directory>,
    before: &Record,
    after: &Record,
    mut changes: Vec<Change>,
    unread: &Unread,
    membership: Membership,
    time: &str,
) -> Vec<Event> {
    let operation = operation(&changes, unread);
    changes.extend(secrets(directory, ChangeOp::Replace, unread));
    let state = state_of(before, time);
    let update = if changes.is_empty() { None } else { Some(update(directory, after, &state, &operation, changes)) };
    wanted(directory, joins(directory, after, &state, membership, update))
}

/// A record is gone, and with it every membership it was part of: those are said first, while both sides are known.
pub fn deleted(directory: &Rc<Directory>, record: &Record, removals: Vec<Event>, time: &str) -> Vec<Event> {
    let name = format!("{}.deleted", record.kind.noun());
    let id = event_id(&directory.id, &[&name, &record.id, &state_of(record, time)]);
    wanted(directory, removals.into_iter().chain([event(directory, name, id, record, Vec::new())]).collect())
}

/// `group.user_removed` and `group.user_added`, one for each real change.
pub fn memberships(directory: &Rc<Directory>, group: &Record, membership: Membership, time: &str) -> Vec<Event> {
    joins(directory, group, &state_of(group, time), membership, None)
}

/// Only the events that the service wants to hear of.
fn wanted(directory: &Directory, mut events: Vec<Event>) -> Vec<Event> {
    if let Some(only) = &directory.events.only {
        events.retain(|event| only.contains(&*event.name));
    }
    events
}

/// Named, and told only where a setting says so.
fn secrets(directory: &Directory, op: ChangeOp, unread: &Unread) -> Vec<Change> {
    let told = |value: &Value| directory.events.password.then(|| value.clone());
    let change =
        |(path, value): &(String, Value)| Change { op, path: path.clone(), value: told(value), previous: None };
    unread.iter().map(change).collect()
}

fn update(directory: &Rc<Directory>, after: &Record, state: &str, operation: &str, changes: Vec<Change>) -> Event {
    let name = update_name(directory, &after.kind, &changes);
    let id = event_id(&directory.id, &[&name, &after.id, state, operation]);
    event(directory, name, id, after, changes)
}

/// What distinguishes two updates of the same state. Secrets only by name: a hash of them could be guessed at.
fn operation(changes: &[Change], unread: &Unread) -> String {
    let secrets: Value = unread.iter().map(|(name, _)| name.as_str()).collect();
    let mut operation = Vec::new();
    write_changes(&mut operation, changes);
    operation.extend(usher_json::write(&secrets));
    String::from_utf8(operation).unwrap_or_default()
}

/// A change of `active` can have a name of its own.
fn update_name(directory: &Directory, kind: &ResourceKind, changes: &[Change]) -> String {
    let active = changes.iter().find(|c| c.path == "active").map(|c| c.value != Some(Value::Bool(false)));
    let what = match (kind, directory.events.deactivation, active) {
        (ResourceKind::User, Deactivation::Deactivated, Some(false)) => "deactivated",
        (ResourceKind::User, Deactivation::Deactivated, Some(true)) => "reactivated",
        (ResourceKind::User, Deactivation::Deleted, Some(false)) => "deleted",
        (ResourceKind::User, Deactivation::Deleted, Some(true)) => "created",
        _ => "updated",
    };
    format!("{}.{what}", kind.noun())
}

/// Who left and who came, behind what else happened.
fn joins(
    directory: &Rc<Directory>,
    group: &Record,
    state: &str,
    membership: Membership,
    first: Option<Event>,
) -> Vec<Event> {
    if membership.is_empty() {
        return Vec::from_iter(first);
    }
    let (subject, shown) = (Rc::new(subject(group)), Rc::new(shape::group(directory, group)));
    let mut events = Vec::with_capacity(membership.removed.len() + membership.added.len() + 1);
    events.extend(first);
    for (name, members) in [("group.user_removed", membership.removed), ("group.user_added", membership.added)] {
        let ids = SharedId::new(&directory.id, &[name, &group.id, state]);
        events.extend(members.into_iter().map(|Member { id: member, data }| Event {
            directory: Rc::clone(directory),
            name: Cow::Borrowed(name),
            id: ids.of(&member),
            subject: Rc::clone(&subject),
            member: Some(member),
            data: Data { record: data, group: Some(Rc::clone(&shown)) },
            changes: Vec::new(),
        }));
    }
    events
}

fn event(directory: &Rc<Directory>, name: String, id: String, record: &Record, changes: Vec<Change>) -> Event {
    let (subject, data) = (Rc::new(subject(record)), Data::of(shape::data(directory, record)));
    Event { directory: Rc::clone(directory), name: name.into(), id, subject, member: None, data, changes }
}

fn subject(record: &Record) -> Subject {
    let external_id = record.resource.get("externalId").and_then(Value::as_str).map(str::to_owned);
    Subject { kind: record.kind.clone(), id: record.id.clone(), external_id }
}

//! From the states before and after to events.

use serde_json::value::RawValue;

use super::Event;
use super::identity::event_id;
use crate::change::{Change, ChangeOp};
use crate::record::{Record, data_of, data_of_member, state_of};

/// Users that came into a group or left it, in full, since the events carry them.
#[derive(Debug, Clone, Default)]
pub struct Membership {
    /// Not members before.
    pub added: Vec<Record>,
    /// Not members any more.
    pub removed: Vec<Record>,
}

/// A record came to be. Its minted id makes the event's id unique: nothing else tells a second creation of the same
/// user, after a deletion, from a retry of the first.
pub fn created(directory: &str, record: &Record, membership: &Membership) -> Vec<Event> {
    let name = format!("{}.created", record.kind.noun());
    let id = event_id(&[directory, &name, &record.id]);
    let created = data_of(record).map(|data| Event { name, id, data, changes: Vec::new() });
    created.into_iter().chain(memberships(directory, record, "", membership)).collect()
}

/// A record changed from one state to another. `unread` are the attributes that were written and are never read
/// back, such as `password`: they are named without their value.
pub fn updated(
    directory: &str,
    before: &Record,
    after: &Record,
    mut changes: Vec<Change>,
    unread: &[String],
    membership: &Membership,
) -> Vec<Event> {
    let written = |path: &String| Change { op: ChangeOp::Replace, path: path.clone(), value: None, previous: None };
    changes.extend(unread.iter().map(written));
    let state = state_of(before);
    let update = if changes.is_empty() { None } else { update(directory, after, &state, changes) };
    update.into_iter().chain(memberships(directory, after, &state, membership)).collect()
}

fn update(directory: &str, after: &Record, state: &str, changes: Vec<Change>) -> Option<Event> {
    let name = format!("{}.updated", after.kind.noun());
    let operation = serde_json::to_string(&changes).unwrap_or_default();
    let id = event_id(&[directory, &name, &after.id, state, &operation]);
    data_of(after).map(|data| Event { name, id, data, changes })
}

/// A record is gone, and with it every membership it was part of: those are said first, while both sides are known.
pub fn deleted(directory: &str, record: &Record, removals: Vec<Event>) -> Vec<Event> {
    let name = format!("{}.deleted", record.kind.noun());
    let id = event_id(&[directory, &name, &record.id, &state_of(record)]);
    let deletion = data_of(record).map(|data| Event { name, id, data, changes: Vec::new() });
    removals.into_iter().chain(deletion).collect()
}

/// `group.user_removed` and `group.user_added`, one for each real change.
pub fn memberships(directory: &str, group: &Record, state: &str, membership: &Membership) -> Vec<Event> {
    let Some(shown) = group.as_group() else { return Vec::new() };
    let event = |name: &'static str, user: &Record| member_event(directory, name, user, group, &shown, state);
    let removed = membership.removed.iter().filter_map(|user| event("group.user_removed", user));
    let added = membership.added.iter().filter_map(|user| event("group.user_added", user));
    removed.chain(added).collect()
}

fn member_event(
    directory: &str,
    name: &str,
    user: &Record,
    group: &Record,
    shown: &RawValue,
    state: &str,
) -> Option<Event> {
    let id = event_id(&[directory, name, &group.id, &user.id, state]);
    let data = data_of_member(user, shown)?;
    Some(Event { name: name.to_owned(), id, data, changes: Vec::new() })
}

//! What a write means to the user service: normalized events, in the format it asked for (docs/events.md).
//!
//! One SCIM request is one list of events. A write that changes nothing makes none.

mod cloudevents;
mod compute;
mod directory;
mod envelope;
mod identity;
mod parcel;
mod security_event;
mod shape;
mod sign;

use std::borrow::Cow;
use std::rc::Rc;

use crate::change::Change;
use crate::config::Directory;
use crate::schema::ResourceKind;

pub use compute::{Membership, Unread, created, deleted, memberships, updated};
pub(crate) use directory::of_directory;
pub use parcel::{Moment, Parcel, parcels};
pub(crate) use shape::{member, unknown_member};
pub use sign::sign;

/// One event, before it is put into an envelope: made with a directory,
/// ```
/// # use std::rc::Rc;
/// # use usher_gateway::{config::Directory, events::{Event, deleted}, record::Record};
/// # fn made(acme: &Rc<Directory>, record: &Record) -> Vec<Event> {
/// deleted(acme, record, Vec::new(), "2026-11-21T20:00:00Z")
/// # }
/// ```
/// and not without one.
/// ```compile_fail
/// # use usher_gateway::events::Event;
/// # fn made(other: &Event) -> Event {
/// Event { name: "user.deleted".into(), id: "7".to_owned(), ..other.clone() }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    /// Whose it is. Nothing outside this module can make an event, and nothing in it without a directory.
    directory: Rc<Directory>,
    /// `user.updated`
    pub name: Cow<'static, str>,
    /// The idempotency key: the same for a retry of the same operation on the same state.
    pub id: String,
    /// What it is about; a membership is about the group.
    pub subject: Rc<Subject>,
    /// Who came or left.
    pub member: Option<String>,
    data: Data,
    /// What is different, for updates.
    pub changes: Vec<Change>,
}

/// The resource that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its type.
    pub kind: ResourceKind,
    /// Its id.
    pub id: String,
    /// The provider's id for it.
    pub external_id: Option<String>,
}

/// The record as JSON; or a member, and the group that all members of a request have in common.
#[derive(Debug, Clone)]
struct Data {
    /// Without its end, where a group follows.
    record: Vec<u8>,
    group: Option<Rc<Vec<u8>>>,
}

impl Data {
    fn of(record: Vec<u8>) -> Self {
        Self { record, group: None }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.record);
        if let Some(group) = &self.group {
            out.extend_from_slice(if self.record.is_empty() { b"{" } else { b"," });
            out.extend_from_slice(b"\"group\":");
            out.extend_from_slice(group);
            out.push(b'}');
        }
    }

    fn size(&self) -> usize {
        self.record.len() + self.group.as_ref().map_or(0, |group| group.len() + 16)
    }
}

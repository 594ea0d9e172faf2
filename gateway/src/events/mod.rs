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

use std::rc::Rc;

use crate::change::Change;
use crate::config::Directory;
use crate::schema::ResourceKind;

pub use compute::{Membership, Unread, created, deleted, memberships, updated};
pub(crate) use directory::of_directory;
pub use parcel::{Moment, Parcel, parcels};
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
/// # use usher_gateway::events::{Event, Subject};
/// # fn made(subject: Subject) -> Event {
/// Event { name: "user.deleted".to_owned(), id: "7".to_owned(), subject, data: Vec::new(), changes: Vec::new() }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    /// Whose it is. Nothing outside this module can make an event, and nothing in it without a directory.
    directory: Rc<Directory>,
    /// `user.updated`
    pub name: String,
    /// The idempotency key: the same for a retry of the same operation on the same state.
    pub id: String,
    /// Whom it is about.
    pub subject: Subject,
    /// The record, or the member and its group, as JSON.
    pub data: Vec<u8>,
    /// What is different, for updates.
    pub changes: Vec<Change>,
}

/// The resource that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its type; a membership is about the group.
    pub kind: ResourceKind,
    /// Its id.
    pub id: String,
    /// The provider's id for it.
    pub external_id: Option<String>,
    /// Who came or left.
    pub member: Option<String>,
}

//! What a write means to the user service: normalized events (docs/user-service.md).
//!
//! One SCIM request is one list of events. A write that changes nothing makes none.

mod compute;
mod envelope;
mod identity;

use serde_json::value::RawValue;

use crate::change::Change;

pub use compute::{Membership, created, deleted, memberships, updated};
pub use envelope::{Envelope, render};
pub use identity::delivery_id;

/// One event, before it is put into an envelope.
#[derive(Debug, Clone)]
pub struct Event {
    /// `user.updated`
    pub name: String,
    /// The idempotency key: the same for a retry of the same operation on the same state.
    pub id: String,
    /// The record, or the member and its group.
    pub data: Box<RawValue>,
    /// What is different, for updates.
    pub changes: Vec<Change>,
}

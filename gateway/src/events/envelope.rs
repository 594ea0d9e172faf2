//! The default envelope, a superset of the directory-sync webhook that Jackson's consumers parse.

use serde::Serialize;
use serde_json::value::RawValue;

use super::Event;
use crate::change::Change;
use crate::config::Directory;

/// An event as it is delivered. The order of the fields is the order on the wire.
#[derive(Serialize)]
pub struct Envelope<'e> {
    id: &'e str,
    event: &'e str,
    time: &'e str,
    tenant: &'e str,
    product: &'e str,
    directory_id: &'e str,
    data: &'e RawValue,
    #[serde(skip_serializing_if = "<[Change]>::is_empty")]
    changes: &'e [Change],
}

impl<'e> Envelope<'e> {
    /// The envelope of one event.
    pub fn new(directory: &'e Directory, time: &'e str, event: &'e Event) -> Self {
        Self {
            id: &event.id,
            event: &event.name,
            time,
            tenant: &directory.tenant,
            product: &directory.product,
            directory_id: &directory.id,
            data: &event.data,
            changes: &event.changes,
        }
    }
}

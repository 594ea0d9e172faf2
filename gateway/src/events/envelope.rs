//! The default envelope, a superset of the directory-sync webhook that Jackson's consumers parse.

use usher_json::Object;

use super::Event;
use crate::change::write_changes;
use crate::config::Directory;

/// What the events of a delivery have in common, as it is written in each.
pub(super) struct Envelope(Vec<u8>);

impl Envelope {
    pub(super) fn new(time: &str, directory: &Directory) -> Self {
        let mut shared = Vec::with_capacity(192);
        let mut envelope = Object::more(&mut shared);
        envelope.text("time", time);
        envelope.text("tenant", &directory.tenant);
        envelope.text("product", &directory.product);
        envelope.text("directory_id", &directory.id);
        envelope.field("data");
        Self(shared)
    }

    /// Write an event as it is delivered. The order of the fields is the order on the wire.
    pub(super) fn write(&self, out: &mut Vec<u8>, event: &Event) {
        let mut envelope = Object::new(out);
        envelope.text("id", &event.id);
        envelope.text("event", &event.name);
        out.extend_from_slice(&self.0);
        event.data.write(out);
        let mut envelope = Object::more(out);
        if !event.changes.is_empty() {
            write_changes(envelope.field("changes"), &event.changes);
        }
        envelope.end();
    }
}

//! The default envelope, a superset of the directory-sync webhook that Jackson's consumers parse.

use usher_json::Object;

use super::Event;
use crate::change::write_changes;

/// Write an event as it is delivered. The order of the fields is the order on the wire.
pub(super) fn envelope(out: &mut Vec<u8>, time: &str, event: &Event) {
    let mut envelope = Object::new(out);
    envelope.text("id", &event.id);
    envelope.text("event", &event.name);
    envelope.text("time", time);
    envelope.text("tenant", &event.directory.tenant);
    envelope.text("product", &event.directory.product);
    envelope.text("directory_id", &event.directory.id);
    envelope.json("data", &event.data);
    if !event.changes.is_empty() {
        write_changes(envelope.field("changes"), &event.changes);
    }
    envelope.end();
}

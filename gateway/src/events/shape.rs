//! The `data` of an event: the record as docs/user-service.md has it, or in the service's own shape.

use serde_json::Value;

use crate::config::{Directory, Format};
use crate::mapping::TypeMap;
use crate::message::object_of;
use crate::record::{Member, Record, data_of};
use crate::schema::ResourceKind;

/// The record as it is stored.
pub(super) fn data(directory: &Directory, record: &Record) -> Vec<u8> {
    match own(directory, &record.kind) {
        Some(map) => usher_json::write(&Value::Object(map.data(directory, record, true))),
        None => data_of(record),
    }
}

/// A group without its members.
pub(super) fn group(directory: &Directory, group: &Record) -> Vec<u8> {
    match own(directory, &group.kind) {
        Some(map) => usher_json::write(&Value::Object(map.data(directory, group, false))),
        None => group.as_group(),
    }
}

/// A user as a member.
pub(crate) fn member(directory: &Directory, user: &Record) -> Member {
    match own(directory, &user.kind) {
        Some(map) => Member::mapped(&user.id, &map.data(directory, user, false)),
        None => Member::of(user),
    }
}

/// A member the service does not have (yet, or any more), or that it does not want to hear more of: the id is all there
/// is to say.
pub(crate) fn unknown_member(directory: &Directory, id: &str) -> Member {
    let user = ResourceKind::User;
    match own(directory, &user) {
        Some(_) => member(directory, &Record::new(user, id.to_owned(), object_of([("id", id.into())]))),
        None => Member::unknown(id),
    }
}

/// Security Event Tokens hold SCIM's own resources (RFC 9967), whatever the service's shape.
fn own<'d>(directory: &'d Directory, kind: &ResourceKind) -> Option<&'d TypeMap> {
    let tokens = matches!(directory.events.format, Format::SecurityEvents { .. });
    directory.map(kind).filter(|_| !tokens)
}

//! The `data` of an event: the record as docs/user-service.md has it, or in the service's own shape.

use serde_json::Value;

use crate::config::{Directory, Format};
use crate::mapping::TypeMap;
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

/// Security Event Tokens hold SCIM's own resources (RFC 9967), whatever the service's shape.
fn own<'d>(directory: &'d Directory, kind: &ResourceKind) -> Option<&'d TypeMap> {
    let tokens = matches!(directory.events.format, Format::SecurityEvents { .. });
    directory.map(kind).filter(|_| !tokens)
}

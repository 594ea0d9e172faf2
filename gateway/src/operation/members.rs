//! Who came into a group and who left it, and what they are called.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::session::Session;
use crate::error::{ErrorKind, ScimError};
use crate::events::Membership;
use crate::message::object_of;
use crate::record::Record;
use crate::schema::ResourceKind;

/// The difference of two member lists, with the users in full.
///
/// # Errors
/// `invalidValue` for a member that is no user of this directory; what the service's failure means.
pub(super) async fn joined(
    session: &Session<'_>,
    before: Option<&Record>,
    after: &Record,
) -> Result<Membership, ScimError> {
    if after.kind != ResourceKind::Group {
        return Ok(Membership::default());
    }
    let old: BTreeSet<&str> = before.into_iter().flat_map(Record::member_ids).collect();
    let new: BTreeSet<&str> = after.member_ids().collect();
    let added: Vec<&str> = new.difference(&old).copied().collect();
    let removed: Vec<&str> = old.difference(&new).copied().collect();
    let looked_up = looked_up(session, [added.as_slice(), removed.as_slice()].concat());
    let mut users = session.service.users(&looked_up).await?;
    if let Some(id) = added.iter().find(|id| !session.directory.unknown_members && !users.contains_key(**id)) {
        return Err(nobody(id));
    }
    let mut known = |id: &str| users.remove(id).unwrap_or_else(|| unknown(id));
    let added = added.into_iter().map(&mut known).collect();
    Ok(Membership { added, removed: removed.into_iter().map(&mut known).collect() })
}

/// Whose data the events are to carry, as far as the limit goes: a service that takes no `ids` is asked for each. Where
/// strangers are refused, everybody has to be looked up.
fn looked_up<'i>(session: &Session<'_>, mut ids: Vec<&'i str>) -> Vec<&'i str> {
    if session.directory.unknown_members {
        ids.truncate(if session.directory.tells_members() { session.limits().look_ups } else { 0 });
    }
    ids
}

/// Members are users; a group inside a group is refused rather than half understood.
///
/// # Errors
/// `invalidValue` with the member.
pub(super) fn check_members(resource: &Map<String, Value>) -> Result<(), ScimError> {
    let members = resource.get("members").and_then(Value::as_array).into_iter().flatten();
    for (i, member) in members.enumerate() {
        let place = format!("members[{i}]");
        if member.get("value").and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(invalid("has no `value`, the id of a user".into()).under(&place));
        }
        if member.get("type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case("group")) {
            return Err(invalid("groups inside groups are not supported".into()).under(&place));
        }
    }
    Ok(())
}

/// Every member in the same shape, whatever the client put beside its id.
pub(super) fn settle(resource: &mut Map<String, Value>) {
    let Some(Value::Array(members)) = resource.get_mut("members") else { return };
    for member in members {
        let id = member.get("value").cloned().unwrap_or_default();
        *member = json!({"value": id, "type": "User"});
    }
}

/// A member the service does not have (yet, or any more): its id is all there is to say.
fn unknown(id: &str) -> Record {
    let resource = object_of([("id", id.into())]);
    Record::new(ResourceKind::User, id.to_owned(), resource)
}

fn nobody(id: &str) -> ScimError {
    invalid(format!("there is no user with the id `{}`", id.escape_debug())).under("members")
}

fn invalid(reason: String) -> ScimError {
    ScimError::new(ErrorKind::InvalidValue, reason)
}

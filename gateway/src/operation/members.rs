//! Who came into a group and who left it, and what they are called.

use serde_json::{Map, Value};

use super::session::Session;
use crate::delivery::place;
use crate::error::{ErrorKind, ScimError};
use crate::events::{Membership, unknown_member};
use crate::record::{Member, Record, as_all, as_member};
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
    let old = sorted(before.into_iter().flat_map(Record::member_ids));
    let new = sorted(after.member_ids());
    let (added, removed) = (without(&new, &old), without(&old, &new));
    let came = before.map_or(&[][..], |group| &group.users);
    let mut known = session.service.members(&looked_up(session, &added, &removed), came).await?;
    if !session.directory.unknown_members
        && let Some(id) = added.iter().find(|id| place(&known, id).is_none())
    {
        return Err(nobody(id));
    }
    let mut told = |ids: &[&str]| told(session, ids, &mut known);
    Ok(Membership { added: told(&added), removed: told(&removed) })
}

/// What is known of these users; both lists are in the order of the ids.
fn told(session: &Session<'_>, ids: &[&str], known: &mut [Member]) -> Vec<Member> {
    let mut known = known.iter_mut().peekable();
    let told = |id: &&str| {
        while known.next_if(|member| member.id.as_str() < *id).is_some() {}
        let found = known.next_if(|member| member.id == *id);
        found.map_or_else(|| unknown_member(session.directory, id), Member::take)
    };
    ids.iter().map(told).collect()
}

/// Each once, in order.
fn sorted<'i>(ids: impl Iterator<Item = &'i str>) -> Vec<&'i str> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn without<'i>(ids: &[&'i str], others: &[&str]) -> Vec<&'i str> {
    ids.iter().copied().filter(|id| others.binary_search(id).is_err()).collect()
}

/// Whose data the events are to carry, as far as the limit goes: a service that takes no `ids` is asked for each. Where
/// strangers are refused, everybody has to be looked up.
fn looked_up<'i>(session: &Session<'_>, added: &[&'i str], removed: &[&'i str]) -> Vec<&'i str> {
    let most = match (session.directory.unknown_members, session.directory.tells_members()) {
        (false, _) => usize::MAX,
        (true, true) => session.limits().look_ups,
        (true, false) => 0,
    };
    added.iter().chain(removed).copied().take(most).collect()
}

/// Members are users; a group inside a group is refused rather than half understood.
///
/// # Errors
/// `invalidValue` with the member.
pub(super) fn check_members(resource: &Map<String, Value>) -> Result<(), ScimError> {
    let members = resource.get("members").and_then(Value::as_array).into_iter().flatten();
    for (i, member) in members.enumerate() {
        let wrong = if member.get("value").and_then(Value::as_str).is_none_or(str::is_empty) {
            "has no `value`, the id of a user"
        } else if member.get("type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case("group")) {
            "groups inside groups are not supported"
        } else {
            continue;
        };
        return Err(invalid(wrong.into()).under(&format!("members[{i}]")));
    }
    Ok(())
}

/// Every member in the same shape, whatever the client put beside its id.
pub(super) fn settle(resource: &mut Map<String, Value>) {
    let Some(Value::Array(members)) = resource.get_mut("members") else { return };
    for member in members {
        if as_all(member).is_none() {
            *member = as_member(member.get("value").and_then(Value::as_str).unwrap_or_default().to_owned());
        }
    }
}

fn nobody(id: &str) -> ScimError {
    invalid(format!("there is no user with the id `{}`", id.escape_debug())).under("members")
}

fn invalid(reason: String) -> ScimError {
    ScimError::new(ErrorKind::InvalidValue, reason)
}

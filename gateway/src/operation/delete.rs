//! DELETE (RFC 7644 section 3.6). The memberships that end with the resource are said as events of their own.

use serde_json::Map;

use super::change::retried;
use super::list::everything;
use super::moment;
use super::session::Session;
use crate::delivery::{Delivery, Refused};
use crate::error::ScimError;
use crate::events::{Event, Membership, deleted, member, memberships};
use crate::exchange::{Answer, Outcome};
use crate::record::Record;
use crate::schema::{ResourceKind, ResourceType};

pub(super) async fn delete(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, ScimError> {
    retried(async || attempt(session, of, id).await).await
}

async fn attempt(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, Refused> {
    let record = session.service.fetch(&of.kind, id).await.map_err(Refused::For)?;
    session.check(&record).map_err(Refused::For)?;
    let time = moment::text(moment::after(&record, session.world.now().await));
    let groups = left_by(session, &record).await.map_err(Refused::For)?;
    let removals = removals(session, &record, &groups, &time).await.map_err(Refused::For)?;
    let events = deleted(session.directory, &record, removals, &time);
    let delivery = Delivery {
        kind: &of.kind,
        id: &record.id,
        before: Some(&record),
        groups: &groups,
        unread: &Vec::new(),
        events: &events,
        time: &time,
    };
    session.service.deliver_end(delivery).await?;
    let mut answer = Answer::empty(204);
    answer.account.outcome = Outcome::Accepted;
    answer.account.events = events.len();
    Ok(answer)
}

async fn removals(
    session: &Session<'_>,
    record: &Record,
    groups: &[Record],
    time: &str,
) -> Result<Vec<Event>, ScimError> {
    match record.kind {
        ResourceKind::Group => members_leave(session, record, time).await,
        ResourceKind::User => Ok(user_leaves(session, record, groups, time)),
        ResourceKind::Other(_) => Ok(Vec::new()),
    }
}

async fn members_leave(session: &Session<'_>, group: &Record, time: &str) -> Result<Vec<Event>, ScimError> {
    let emptied = group.with(Map::new());
    let membership = super::members::joined(session, Some(group), &emptied).await?;
    Ok(memberships(session.directory, group, membership, time))
}

fn user_leaves(session: &Session<'_>, user: &Record, groups: &[Record], time: &str) -> Vec<Event> {
    let leaves = || Membership { added: Vec::new(), removed: vec![member(session.directory, user)] };
    groups.iter().flat_map(|group| memberships(session.directory, group, leaves(), time)).collect()
}

/// The groups that lose a user: all of them, or the deletion is refused. Only those that really have the user, in case
/// the service does not know the parameter.
async fn left_by(session: &Session<'_>, record: &Record) -> Result<Vec<Record>, ScimError> {
    let in_none = record.groups.as_ref().is_some_and(Vec::is_empty);
    let told = session.directory.hears_of("group.user_removed");
    match session.types().of_kind(&ResourceKind::Group) {
        Some(groups) if record.kind == ResourceKind::User && !in_none && told => {
            let conditions = vec![("member", record.id.clone())];
            let has_user = |group: &Record| group.member_ids().any(|id| id == record.id);
            everything(session, groups, conditions, &has_user, true).await
        }
        _ => Ok(Vec::new()),
    }
}

//! DELETE (RFC 7644 section 3.6). The memberships that end with the resource are said as events of their own.

use serde_json::Map;

use super::change::retried;
use super::moment;
use super::session::Session;
use crate::delivery::{Delivery, Refused};
use crate::error::ScimError;
use crate::events::{Event, Membership, deleted, memberships};
use crate::exchange::{Answer, Outcome};
use crate::record::Record;
use crate::schema::{ResourceKind, ResourceType};

pub(super) async fn delete(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, ScimError> {
    retried(async || attempt(session, of, id).await).await
}

async fn attempt(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, Refused> {
    let record = session.service.fetch(&of.kind, id).await.map_err(Refused::For)?;
    session.check(&record).map_err(Refused::For)?;
    let removals = removals(session, &record).await.map_err(Refused::For)?;
    let events = deleted(session.directory, &record, removals);
    let time = moment::text(moment::after(&record, session.world.now().await));
    let version = record.version.as_deref();
    let (kind, id) = (&of.kind, &record.id);
    let delivery = Delivery { kind, id, version, new: false, events: &events, time: &time };
    session.service.deliver_end(delivery).await?;
    let mut answer = Answer::empty(204);
    answer.account.outcome = Outcome::Accepted;
    answer.account.events = events.len();
    Ok(answer)
}

async fn removals(session: &Session<'_>, record: &Record) -> Result<Vec<Event>, ScimError> {
    match record.kind {
        ResourceKind::Group => members_leave(session, record).await,
        ResourceKind::User => user_leaves(session, record).await,
        ResourceKind::Other(_) => Ok(Vec::new()),
    }
}

async fn members_leave(session: &Session<'_>, group: &Record) -> Result<Vec<Event>, ScimError> {
    let emptied = group.with(Map::new());
    let membership = super::members::joined(session, Some(group), &emptied).await?;
    Ok(memberships(session.directory, group, &membership))
}

async fn user_leaves(session: &Session<'_>, user: &Record) -> Result<Vec<Event>, ScimError> {
    if user.groups.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let mut events = Vec::new();
    for group in groups_of(session, user).await? {
        let membership = Membership { added: Vec::new(), removed: vec![user.clone()] };
        events.extend(memberships(session.directory, &group, &membership));
    }
    Ok(events)
}

/// All pages; and only groups that really have the user, in case the service does not know the parameter.
async fn groups_of(session: &Session<'_>, user: &Record) -> Result<Vec<Record>, ScimError> {
    let mut groups = Vec::new();
    let mut seen = 0;
    loop {
        let conditions = [("member", user.id.clone())];
        let page =
            session.service.page(&ResourceKind::Group, &conditions, seen + 1, session.limits().page_size).await?;
        seen += page.items.len();
        let last = page.items.is_empty() || seen >= page.total;
        groups.extend(page.items.into_iter().filter(|g| g.member_ids().any(|id| id == user.id)));
        if last || seen >= session.limits().scan_records {
            return Ok(groups);
        }
    }
}

//! Reading records from the service: its own page when that is exact, else page after page.

use serde_json::json;

use super::Found;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::apart;
use crate::filter::Predicate;
use crate::operation::session::Session;
use crate::record::Record;
use crate::schema::{ResourceKind, ResourceType};

type Conditions = Vec<(&'static str, String)>;

/// One page by index.
pub(super) async fn page<'t>(
    session: &Session<'_>,
    of: &'t ResourceType,
    predicate: Option<&Predicate>,
    start: usize,
    count: usize,
) -> Result<Found<'t>, ScimError> {
    let conditions = conditions(session, of, predicate);
    if is_exactly(predicate, &conditions) {
        let mut page = session.service.page(&of.kind, &conditions, start, count).await?;
        page.items.truncate(count);
        if let (Some(total), true) = (page.total, page.items.iter().all(|record| holds(predicate, record))) {
            return Ok(Found { total: Some(total), items: typed(of, page.items), next: None });
        }
    }
    let matching = apart(all(session, of, predicate)).await?;
    let total = Some(matching.len());
    let items = matching.into_iter().skip(start - 1).take(count).collect();
    Ok(Found { total, items: typed(of, items), next: None })
}

/// One page by cursor: on from this record until the page is full, or until enough has been looked at. Unlike by
/// index, no filter is too expensive: a page may be short, even empty, and still have a next one.
pub(super) async fn onward<'t>(
    session: &Session<'_>,
    of: &'t ResourceType,
    predicate: Option<&Predicate>,
    offset: usize,
    count: usize,
) -> Result<Found<'t>, ScimError> {
    let conditions = conditions(session, of, predicate);
    let members = looks_at_members(predicate);
    let (mut items, mut seen) = (Vec::new(), offset);
    loop {
        let page = session.service.page(&of.kind, &conditions, seen + 1, session.limits().page_size).await?;
        for mut record in page.items {
            if items.len() == count {
                return Ok(Found { total: None, items: typed(of, items), next: Some(seen) });
            }
            seen += 1;
            if members {
                session.service.complete(&mut record).await?;
            }
            items.extend(Some(record).filter(|record| holds(predicate, record)));
        }
        if page.last {
            return Ok(Found { total: None, items: typed(of, items), next: None });
        }
        if seen - offset >= session.limits().scan_records {
            return Ok(Found { total: None, items: typed(of, items), next: Some(seen) });
        }
    }
}

/// Everything that matches.
///
/// # Errors
/// `tooMany` when that would mean to look at more records than is allowed.
pub(super) async fn all(
    session: &Session<'_>,
    of: &ResourceType,
    predicate: Option<&Predicate>,
) -> Result<Vec<Record>, ScimError> {
    let conditions = conditions(session, of, predicate);
    let known = conditions.iter().any(|(name, _)| *name == "ids");
    match predicate.and_then(|p| p.must_equal(&["id"])?.text()).filter(|_| !known) {
        Some(id) => only(session, of, predicate, id).await,
        None => {
            everything(session, of, conditions, &|record| holds(predicate, record), looks_at_members(predicate)).await
        }
    }
}

/// The record with this id, when that is all that can match and the service has no list by ids.
async fn only(
    session: &Session<'_>,
    of: &ResourceType,
    predicate: Option<&Predicate>,
    id: &str,
) -> Result<Vec<Record>, ScimError> {
    match session.service.fetch(&of.kind, id).await {
        Ok(record) => Ok(Some(record).filter(|record| holds(predicate, record)).into_iter().collect()),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Every record under these conditions that is wanted; to look at members can be a call for each group.
///
/// # Errors
/// `tooMany` when that would mean to look at more records than is allowed.
pub(in crate::operation) async fn everything(
    session: &Session<'_>,
    of: &ResourceType,
    conditions: Conditions,
    wanted: &dyn Fn(&Record) -> bool,
    members: bool,
) -> Result<Vec<Record>, ScimError> {
    let conditions: Conditions =
        conditions.into_iter().filter(|(name, _)| session.service.looks_up(&of.kind, name)).collect();
    let (mut matching, mut seen) = (Vec::new(), 0);
    loop {
        let page = session.service.page(&of.kind, &conditions, seen + 1, session.limits().page_size).await?;
        seen += page.items.len();
        for mut record in page.items {
            if members {
                session.service.complete(&mut record).await?;
            }
            matching.extend(Some(record).filter(wanted));
        }
        if page.last {
            return Ok(matching);
        }
        if seen >= session.limits().scan_records {
            let reason =
                format!("more than {seen} resources would have to be looked at; ask by `eq`, or page by cursor");
            return Err(ScimError::new(ErrorKind::TooMany, reason));
        }
    }
}

fn looks_at_members(predicate: Option<&Predicate>) -> bool {
    predicate.is_some_and(|predicate| predicate.mentions("members"))
}

fn holds(predicate: Option<&Predicate>, record: &Record) -> bool {
    let Some(predicate) = predicate else { return true };
    let resource = record.resource.partly(&|name| predicate.mentions(name));
    match &record.groups {
        Some(groups) if predicate.mentions("groups") => {
            let mut shown = resource.into_owned();
            shown.insert("groups".into(), groups.iter().map(|g| json!({"value": g.id, "display": g.name})).collect());
            predicate.matches(&shown)
        }
        _ => predicate.matches(&resource),
    }
}

fn typed(of: &ResourceType, records: Vec<Record>) -> Vec<(&ResourceType, Record)> {
    records.into_iter().map(|record| (of, record)).collect()
}

/// The equalities of a filter that the service can look up (docs/user-service.md).
fn conditions(session: &Session<'_>, of: &ResourceType, predicate: Option<&Predicate>) -> Conditions {
    let Some(predicate) = predicate else { return Vec::new() };
    let parameters: &[(&'static str, &[&str])] = match of.kind {
        ResourceKind::User => &[
            ("user_name", &["userName"]),
            ("external_id", &["externalId"]),
            ("email", &["emails", "value"]),
            ("display_name", &["displayName"]),
            ("ids", &["id"]),
        ],
        ResourceKind::Group => &[
            ("display_name", &["displayName"]),
            ("external_id", &["externalId"]),
            ("ids", &["id"]),
            ("member", &["members", "value"]),
        ],
        ResourceKind::Other(_) => {
            &[("display_name", &["displayName"]), ("external_id", &["externalId"]), ("ids", &["id"])]
        }
    };
    let equal =
        |(name, steps): &(&'static str, &[&str])| Some((*name, predicate.must_equal(steps)?.text()?.to_owned()));
    let known = |(name, value): &(&'static str, String)| {
        session.service.looks_up(&of.kind, name) && (*name != "ids" || !value.contains(','))
    };
    parameters.iter().filter_map(equal).filter(known).collect()
}

/// Whether the conditions say all that the filter says, so that the service's own count is the right one.
fn is_exactly(predicate: Option<&Predicate>, conditions: &Conditions) -> bool {
    match predicate {
        None => true,
        Some(Predicate::At(..)) => conditions.len() == 1,
        Some(Predicate::All(terms)) => {
            terms.len() == conditions.len() && terms.iter().all(|t| matches!(t, Predicate::At(..)))
        }
        Some(_) => false,
    }
}

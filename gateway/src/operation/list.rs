//! GET of a collection (RFC 7644 section 3.4.2): filtered and paged.
//!
//! Equality on the attributes that the service can look up is its job; what it answers is checked all the same,
//! since a service that ignores a parameter would have Okta link everybody to the first user. Everything else is
//! evaluated here over a bounded number of records.

use super::session::Session;
use crate::answer::{list_response, render};
use crate::delivery::Found;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::Answer;
use crate::filter::{Dialect, Filter, Predicate};
use crate::record::Record;
use crate::schema::{ResourceKind, ResourceType};

/// The page that was asked for.
struct Window {
    start: usize,
    count: usize,
}

pub(super) async fn list(session: &Session<'_>, of: &ResourceType) -> Result<Answer, ScimError> {
    let window = window(session)?;
    let predicate = predicate(session, of)?;
    let found = match &predicate {
        None => unfiltered(session, of, &window).await?,
        Some(predicate) => filtered(session, of, predicate, &window).await?,
    };
    Ok(shown(session, of, found, &window))
}

fn shown(session: &Session<'_>, of: &ResourceType, found: Found, window: &Window) -> Answer {
    let projection = super::projection(session);
    let resources = found.items.into_iter().map(|record| render(&session.url, of, record, &projection).resource);
    Answer::json(200, list_response(found.total, window.start, &resources.collect::<Vec<_>>()))
}

/// RFC 7644 section 3.4.2.4: less than one is one, less than none is none, more than a page is a page.
fn window(session: &Session<'_>) -> Result<Window, ScimError> {
    let start = session.query.number("startIndex")?.unwrap_or(1).max(1);
    let count = session.query.number("count")?.map(|c| usize::try_from(c).unwrap_or(0));
    let most = session.limits().page_size;
    Ok(Window { start: usize::try_from(start).unwrap_or(usize::MAX), count: count.map_or(most, |c| c.min(most)) })
}

fn predicate(session: &Session<'_>, of: &ResourceType) -> Result<Option<Predicate>, ScimError> {
    let Some(text) = session.query.get("filter") else { return Ok(None) };
    let dialect = if session.directory.strict { Dialect::Strict } else { Dialect::BareWords };
    let filter = Filter::parse(text, dialect, session.limits()).map_err(|e| e.under("filter"))?;
    Predicate::bind(&filter, of).map(Some).map_err(|e| e.under("filter"))
}

async fn unfiltered(session: &Session<'_>, of: &ResourceType, window: &Window) -> Result<Found, ScimError> {
    let mut found = session.service.page(&of.kind, &[], window.start, window.count).await?;
    found.items.truncate(window.count);
    Ok(found)
}

async fn filtered(
    session: &Session<'_>,
    of: &ResourceType,
    predicate: &Predicate,
    window: &Window,
) -> Result<Found, ScimError> {
    let conditions = conditions(&of.kind, predicate);
    if is_exactly(predicate, &conditions) {
        let page = session.service.page(&of.kind, &conditions, window.start, window.count).await?;
        let honest = page.items.len() <= window.count && page.items.iter().all(|r| predicate.matches(&r.resource));
        if honest {
            return Ok(page);
        }
    }
    let matching = scan(session, of, predicate, &conditions).await?;
    let total = matching.len();
    Ok(Found { total, items: matching.into_iter().skip(window.start - 1).take(window.count).collect() })
}

/// Read page after page and keep what matches.
async fn scan(
    session: &Session<'_>,
    of: &ResourceType,
    predicate: &Predicate,
    conditions: &[(&'static str, String)],
) -> Result<Vec<Record>, ScimError> {
    let (mut matching, mut seen) = (Vec::new(), 0);
    loop {
        let page = session.service.page(&of.kind, conditions, seen + 1, session.limits().page_size).await?;
        seen += page.items.len();
        let last = page.items.is_empty() || seen >= page.total;
        matching.extend(page.items.into_iter().filter(|r| predicate.matches(&r.resource)));
        if last {
            return Ok(matching);
        }
        if seen >= session.limits().scan_records {
            let reason =
                format!("the filter would have to look at more than {seen} resources; use `eq` on a name or an id");
            return Err(ScimError::new(ErrorKind::TooMany, reason));
        }
    }
}

/// The equalities of a filter that the service can look up (docs/user-service.md).
fn conditions(kind: &ResourceKind, predicate: &Predicate) -> Vec<(&'static str, String)> {
    let parameters: &[(&'static str, &[&str])] = match kind {
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
    parameters.iter().filter_map(equal).filter(|(name, value)| *name != "ids" || !value.contains(',')).collect()
}

/// Whether the conditions say all that the filter says, so that the service's own count is the right one.
fn is_exactly(predicate: &Predicate, conditions: &[(&'static str, String)]) -> bool {
    match predicate {
        Predicate::At(..) => conditions.len() == 1,
        Predicate::All(terms) => {
            terms.len() == conditions.len() && terms.iter().all(|t| matches!(t, Predicate::At(..)))
        }
        _ => false,
    }
}

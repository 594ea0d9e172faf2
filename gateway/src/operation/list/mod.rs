//! Lists (RFC 7644 section 3.4.2, RFC 9865): filtered, sorted, paged by index or by cursor; by GET and by `.search`.
//!
//! Equality on the attributes that the service can look up is its job; what it answers is checked all the same,
//! since a service that ignores a parameter would have Okta link everybody to the first user. Everything else is
//! evaluated here over a bounded number of records.

mod asked;
mod cursor;
mod order;
mod scan;

use super::session::Session;
use crate::answer::{ListPage, Projection, list_response, show};
use crate::error::ScimError;
use crate::exchange::{Answer, apart};
use crate::record::Record;
use crate::request::Query;
use crate::schema::ResourceType;
use asked::{Asked, Position};
use cursor::Cursor;
pub(super) use scan::everything;

/// What was found: a page, how many there are in all when that is known, and where the next page begins.
struct Found<'t> {
    total: Option<usize>,
    items: Vec<(&'t ResourceType, Record)>,
    next: Option<usize>,
}

/// GET of a collection.
pub(super) async fn list(session: &Session<'_>, of: &ResourceType) -> Result<Answer, ScimError> {
    answer(session, &[of], session.query).await
}

/// GET of the directory itself (RFC 7644 section 3.4.2.1).
pub(super) async fn list_all(session: &Session<'_>) -> Result<Answer, ScimError> {
    answer(session, &all_types(session), session.query).await
}

/// POST to `.search`, of one type or of all.
pub(super) async fn search(session: &Session<'_>, of: Option<&ResourceType>) -> Result<Answer, ScimError> {
    let query = Query::from_search(session.object().await?)?;
    match of {
        Some(of) => answer(session, &[of], &query).await,
        None => answer(session, &all_types(session), &query).await,
    }
}

fn all_types<'x>(session: &Session<'x>) -> Vec<&'x ResourceType> {
    session.types().types.iter().collect()
}

async fn answer(session: &Session<'_>, types: &[&ResourceType], query: &Query) -> Result<Answer, ScimError> {
    let asked = Asked::parse(session, types, query)?;
    let found = match (types, &asked.order) {
        ([of], None) => apart(in_order_of_creation(session, of, &asked)).await?,
        _ => apart(all_at_once(session, types, &asked)).await?,
    };
    shown(session, found, &asked, query).await
}

/// One type, not sorted: the service's own pages are ours, or are read one after the other.
async fn in_order_of_creation<'t>(
    session: &Session<'_>,
    of: &'t ResourceType,
    asked: &Asked,
) -> Result<Found<'t>, ScimError> {
    let predicate = asked.predicates.first().and_then(Option::as_ref);
    match asked.position {
        Position::Index(start) => scan::page(session, of, predicate, start, asked.count).await,
        Position::Cursor(cursor) => scan::onward(session, of, predicate, cursor.offset, asked.count).await,
    }
}

/// Several types, or sorted: everything that matches has to be seen first.
async fn all_at_once<'t>(
    session: &Session<'_>,
    types: &[&'t ResourceType],
    asked: &Asked,
) -> Result<Found<'t>, ScimError> {
    let mut all = Vec::new();
    for (of, predicate) in types.iter().zip(&asked.predicates) {
        let records = scan::all(session, of, predicate.as_ref()).await?;
        all.extend(records.into_iter().map(|record| (*of, record)));
    }
    if let Some(order) = &asked.order {
        order.sort(&mut all);
    }
    let (total, offset) = (all.len(), asked.position.offset());
    let items: Vec<_> = all.into_iter().skip(offset).take(asked.count).collect();
    let next = offset + items.len();
    Ok(Found { total: Some(total), next: (next < total && !items.is_empty()).then_some(next), items })
}

async fn shown(session: &Session<'_>, found: Found<'_>, asked: &Asked, query: &Query) -> Result<Answer, ScimError> {
    let projection = Projection::parse(query, session.limits());
    let mut resources = Vec::new();
    for (of, mut record) in found.items {
        if of.attribute("members").is_some_and(|members| !projection.drops(of, members)) {
            session.service.complete(&mut record).await?;
        }
        resources.push(show(&session.url, of, record, &projection).body);
    }
    let (start, next) = match asked.position {
        Position::Index(start) => (Some(start), None),
        Position::Cursor(cursor) => (None, found.next.map(|offset| Cursor { offset, ..cursor }.text())),
    };
    Ok(Answer::json(200, list_response(&ListPage { total: found.total, start, next, resources: &resources })))
}

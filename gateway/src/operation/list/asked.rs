//! What a list request asks for, understood once.

use sha2::{Digest, Sha256};

use super::cursor::Cursor;
use super::order::Order;
use crate::error::{ErrorKind, ScimError};
use crate::filter::{Dialect, Filter, Predicate};
use crate::leniency::Leniency;
use crate::operation::session::Session;
use crate::request::Query;
use crate::schema::ResourceType;

pub(super) struct Asked {
    /// One a type, in the order of the types.
    pub(super) predicates: Vec<Option<Predicate>>,
    pub(super) order: Option<Order>,
    pub(super) position: Position,
    pub(super) count: usize,
}

/// Where the page begins.
#[derive(Clone, Copy)]
pub(super) enum Position {
    /// The first is 1.
    Index(usize),
    /// The first is 0.
    Cursor(Cursor),
}

impl Position {
    pub(super) fn offset(self) -> usize {
        match self {
            Self::Index(start) => start - 1,
            Self::Cursor(cursor) => cursor.offset,
        }
    }
}

impl Asked {
    pub(super) fn parse(session: &Session<'_>, types: &[&ResourceType], query: &Query) -> Result<Self, ScimError> {
        Ok(Self {
            predicates: predicates(session, types, query)?,
            order: Order::parse(types, query, session.limits())?,
            position: position(session, types, query)?,
            count: count(session, query)?,
        })
    }
}

fn predicates(
    session: &Session<'_>,
    types: &[&ResourceType],
    query: &Query,
) -> Result<Vec<Option<Predicate>>, ScimError> {
    let Some(text) = query.get("filter") else { return Ok(vec![None; types.len()]) };
    let bare_words = session.directory.leniencies.allow(Leniency::BareWords);
    let dialect = if bare_words { Dialect::BareWords } else { Dialect::Strict };
    let filter = Filter::parse(text, dialect, session.limits()).map_err(|e| e.under("filter"))?;
    types.iter().map(|of| Predicate::bind(&filter, of).map(Some).map_err(|e| e.under("filter"))).collect()
}

/// RFC 7644 section 3.4.2.4: less than one is one. RFC 9865: an empty cursor asks for the first page.
fn position(session: &Session<'_>, types: &[&ResourceType], query: &Query) -> Result<Position, ScimError> {
    match query.get("cursor") {
        Some("") => Ok(Position::Cursor(Cursor { offset: 0, about: about(session, types, query) })),
        Some(text) => Cursor::parse(text, about(session, types, query)).map(Position::Cursor),
        None => {
            let start = query.number("startIndex")?.unwrap_or(1).max(1);
            Ok(Position::Index(usize::try_from(start).unwrap_or(usize::MAX)))
        }
    }
}

/// Less than none is none, more than a page is a page; with a cursor nonsense is an error of its own.
fn count(session: &Session<'_>, query: &Query) -> Result<usize, ScimError> {
    let most = session.limits().page_size;
    let by_cursor = query.get("cursor").is_some();
    let invalid =
        || ScimError::new(ErrorKind::InvalidCount, "expected a whole number that is not negative").under("count");
    match query.number("count") {
        Err(_) if by_cursor => Err(invalid()),
        Ok(Some(count)) if by_cursor && count < 0 => Err(invalid()),
        Ok(count) => Ok(count.map_or(most, |c| usize::try_from(c).unwrap_or(0).min(most))),
        Err(error) => Err(error),
    }
}

/// A hash of everything a cursor must not be carried away from.
fn about(session: &Session<'_>, types: &[&ResourceType], query: &Query) -> [u8; 6] {
    let mut hash = Sha256::new();
    let names = types.iter().map(|t| t.name.as_str());
    let parameters = ["filter", "sortBy", "sortOrder"].map(|name| query.get(name).unwrap_or_default());
    for part in std::iter::once(&*session.directory.id).chain(names).chain(parameters) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().first_chunk().copied().unwrap_or_default()
}

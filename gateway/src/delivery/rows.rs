//! Lists of a service with paths and parameters of its own: pages in its style, and how it says where they end.
//!
//! A service may give less than it was asked for, and say no total. Then only an empty page is the end, and where the
//! arithmetic of pages would jump over records, the answer is an error and not a shorter list.

use serde_json::Value;

use super::Service;
use super::read::{broken, value};
use super::refusal::answered;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::ServiceAnswer;
use crate::mapping::{Filling, List, Members, Pages, Paging, Style, Total, filling, put_members};
use crate::record::{Record, Reference, text_of};

/// A page of the service's own JSON.
pub(super) struct Rows {
    pub(super) items: Vec<Value>,
    /// How many there are on all pages, if it is known.
    pub(super) total: Option<usize>,
    pub(super) last: bool,
}

/// One answer.
struct Chunk {
    items: Vec<Value>,
    total: Option<usize>,
}

impl Service<'_> {
    /// Read the members of a group that does not have them in its record.
    ///
    /// # Errors
    /// What the service's failure means.
    pub async fn complete(&self, group: &mut Record) -> Result<(), ScimError> {
        let members = self.directory.map(&group.kind).and_then(|map| map.members.as_ref());
        let (true, Some(Members::Apart(list, at))) = (group.partial, members) else { return Ok(()) };
        let mut found: Vec<Reference> = Vec::new();
        let mut seen = 0;
        loop {
            let rows = self.rows(list, &group.id, &[], seen + 1, self.config.limits.page_size).await?;
            seen += rows.items.len();
            let ids = rows.items.iter().filter_map(|item| at.get(item).and_then(text_of));
            found.extend(ids.map(|id| Reference { id, name: None }));
            if rows.last {
                put_members(&mut group.resource, found);
                group.partial = false;
                return Ok(());
            }
            if seen >= self.config.limits.json_items {
                return Err(broken("a group has more members than a document may have items"));
            }
        }
    }

    /// The rows from this one on (the first is 1), perhaps fewer than this many.
    pub(super) async fn rows(
        &self,
        list: &List,
        id: &str,
        conditions: &[(&'static str, String)],
        start: usize,
        count: usize,
    ) -> Result<Rows, ScimError> {
        let path = list.path.fill(&Filling { id, ..filling(self.directory) }).ok_or_else(no_list)?;
        let path = with_conditions(path, list, conditions);
        match &list.paging {
            Paging::Everything => {
                let Chunk { items, total } = self.chunk(list, &path).await?;
                let total = total.or(Some(items.len()));
                if total != Some(items.len()) {
                    return Err(broken("a list does not have all that it says there is; does it have pages?"));
                }
                Ok(Rows { items: items.into_iter().skip(start - 1).collect(), total, last: true })
            }
            Paging::By(pages) if pages.style == Style::Page => self.page_by_number(list, pages, &path, start).await,
            Paging::By(pages) => self.page_by_place(list, pages, &path, start, count).await,
        }
    }

    async fn page_by_place(
        &self,
        list: &List,
        pages: &Pages,
        path: &str,
        start: usize,
        count: usize,
    ) -> Result<Rows, ScimError> {
        // None at all is for many a service as much as all.
        let wanted = count.clamp(1, pages.most);
        let from = if pages.style == Style::Index { start } else { start - 1 };
        let Chunk { items, total } = self.chunk(list, &paged(path, pages, from, wanted)).await?;
        if items.len() > wanted {
            return Err(broken("a page has more than was asked for; are the names of `paging` right?"));
        }
        let seen = start - 1 + items.len();
        let missing = items.is_empty() && total.is_some_and(|total| seen < total);
        if missing {
            return Err(broken("a list ends before the number it says there is"));
        }
        let last = total.map_or(items.is_empty() || ends(items.len(), wanted), |total| seen >= total);
        Ok(Rows { items, total, last })
    }

    /// The page that this row is on, from this row to the page's end.
    async fn page_by_number(&self, list: &List, pages: &Pages, path: &str, start: usize) -> Result<Rows, ScimError> {
        let (number, skipped) = ((start - 1) / pages.most, (start - 1) % pages.most);
        let Chunk { items, total } = self.chunk(list, &paged(path, pages, number + 1, pages.most)).await?;
        let seen = number * pages.most + items.len();
        let last = total.map_or(items.len() < pages.most, |total| seen >= total);
        let short = items.len() < pages.most;
        let more = match total {
            Some(total) => short && seen < total,
            None => short && !ends(items.len(), pages.most) && self.has_page(list, pages, path, number + 2).await?,
        };
        if items.len() > pages.most || more {
            return Err(broken("a page does not have as many records as were asked for; set `most` to what it has"));
        }
        Ok(Rows { items: items.into_iter().skip(skipped).collect(), total, last })
    }

    async fn has_page(&self, list: &List, pages: &Pages, path: &str, number: usize) -> Result<bool, ScimError> {
        let next = self.chunk(list, &paged(path, pages, number, pages.most)).await?;
        Ok(!next.items.is_empty())
    }

    async fn chunk(&self, list: &List, path: &str) -> Result<Chunk, ScimError> {
        let answer = answered(self.world.call(&self.directory.id, self.own_request("GET", path, &list.headers)).await)?;
        match answer.status {
            200..300 => chunk(list, &answer),
            404 => Err(no_list()),
            _ => Err(self.refusal(&answer).await),
        }
    }
}

/// Whether a page is so much shorter than what was asked for that nobody would cut one there: no page has room for one
/// record alone.
fn ends(arrived: usize, wanted: usize) -> bool {
    arrived <= 1 && arrived < wanted
}

fn chunk(list: &List, answer: &ServiceAnswer) -> Result<Chunk, ScimError> {
    let mut json = value(&answer.body)?;
    let total = match &list.total {
        Total::Unsaid => None,
        Total::At(pointer) => Some(pointer.get(&json).and_then(Value::as_u64)),
        Total::Header(name) => Some(answer.header(name).and_then(last_number)),
    };
    let total = match total {
        Some(None) => return Err(broken("a list does not say how many there are where `total` says it does")),
        said => said.flatten().and_then(|total| usize::try_from(total).ok()),
    };
    match json.pointer_mut(list.items.text()).map(Value::take) {
        Some(Value::Array(items)) => Ok(Chunk { items, total }),
        _ => Err(broken("a list has no records where `items` says they are")),
    }
}

/// `319`, or `0-24/319` (RFC 9110 section 14.4).
fn last_number(text: &str) -> Option<u64> {
    text.rsplit('/').next()?.trim().parse().ok()
}

fn with_conditions(path: String, list: &List, conditions: &[(&'static str, String)]) -> String {
    let known =
        |(name, value): &(&'static str, String)| list.look_up(name)?.fill(&Filling { value, ..Filling::default() });
    conditions.iter().filter_map(known).fold(path, |path, parameter| with(&path, &parameter))
}

fn paged(path: &str, pages: &Pages, from: usize, count: usize) -> String {
    with(&with(path, &format!("{}={from}", pages.from)), &format!("{}={count}", pages.count))
}

fn with(path: &str, parameter: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{parameter}")
}

fn no_list() -> ScimError {
    ScimError::new(ErrorKind::BadGateway, "the user service has no such list")
}

//! Reads: one record, a page of records.

use serde_json::Value;
use usher_json::Reader;

use super::Service;
use super::look_up::group;
use super::refusal::{answered, unavailable};
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{ServiceAnswer, ServiceRequest};
use crate::mapping::{Filling, filling};
use crate::record::{Record, Resource};
use crate::request::encode;
use crate::schema::ResourceKind;

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T = Record> {
    /// How many there are on all pages, if the service says so.
    pub total: Option<usize>,
    /// This page.
    pub items: Vec<T>,
    /// There is none behind it.
    pub last: bool,
}

impl<T> Found<T> {
    /// A page that begins with this one (the first is 1).
    pub(super) fn of(total: u64, items: Vec<T>, start: usize) -> Result<Self, ScimError> {
        let total = usize::try_from(total).map_err(|_| broken("a list has no total"))?;
        let last = items.is_empty() || start - 1 + items.len() >= total;
        Ok(Self { total: Some(total), items, last })
    }
}

impl Service<'_> {
    /// One record.
    ///
    /// # Errors
    /// 404 when there is none; what the service's failure means otherwise.
    pub async fn fetch(&self, kind: &ResourceKind, id: &str) -> Result<Record, ScimError> {
        self.fetch_with(kind, id, &[], Resource::read).await
    }

    /// One record, of which only these members matter, if any are named. A service may leave out all others of them. Its
    /// resource is read in this way, where it has Usher's shape.
    ///
    /// # Errors
    /// As for [`Service::fetch`].
    pub async fn fetch_with(
        &self,
        kind: &ResourceKind,
        id: &str,
        members: &[String],
        raw: Raw,
    ) -> Result<Record, ScimError> {
        if let Some(record) = self.batch.and_then(|batch| batch.record(kind.collection(), id)) {
            return record.ok_or_else(|| nobody(kind));
        }
        let request = self.request_for(kind, id, members).ok_or_else(|| nobody(kind))?;
        let answer = answered(self.world.call(&self.directory.id, request).await)?;
        match answer.status {
            200..300 => {
                let mut record = self.one(kind, &answer, raw)?;
                // A service that answers with some other record would have us change the wrong person.
                if record.id != id {
                    return Err(broken("it gave another record than the one asked for"));
                }
                self.complete(&mut record).await?;
                Ok(record)
            }
            404 => Err(nobody(kind)),
            _ => Err(self.refusal(&answer).await),
        }
    }

    fn request_for(&self, kind: &ResourceKind, id: &str, members: &[String]) -> Option<ServiceRequest> {
        match self.directory.map(kind).and_then(|map| map.read.as_ref()) {
            Some(read) => {
                let path = read.path.fill(&Filling { id, ..filling(self.directory) })?;
                Some(self.own_request("GET", &path, &read.headers))
            }
            None => {
                let mut parameters = Vec::new();
                if !members.is_empty() {
                    parameters.push(("members", members.join(",")));
                    parameters.extend(self.takes_users().then(|| ("include", "users".to_owned())));
                }
                Some(self.request("GET", &format!("/{}/{}", kind.collection(), encode(id)), &parameters))
            }
        }
    }

    fn one(&self, kind: &ResourceKind, answer: &ServiceAnswer, raw: Raw) -> Result<Record, ScimError> {
        let Some(map) = self.directory.map(kind) else {
            let is_group = *kind == ResourceKind::Group;
            return if is_group { with_its_users(kind, answer) } else { own(kind, answer, raw) };
        };
        let mut json = value(&answer.body)?;
        if let Some(read) = map.read.as_ref() {
            json = match read.record.get(&json).cloned() {
                Some(record) => record,
                // A list of what has this id: it is empty when nothing has.
                None if read.record.is_in_empty_list(&json) => return Err(nobody(kind)),
                None => return Err(broken("it has no record where `record` says it is")),
            };
        }
        self.load(kind, json, answer.header("etag"))
    }

    /// A record in whatever shape the service has.
    pub(super) fn load(&self, kind: &ResourceKind, json: Value, etag: Option<&str>) -> Result<Record, ScimError> {
        match self.directory.map(kind) {
            Some(map) => map.load(json, etag).map_err(|what| broken(&what)),
            None => Record::load(kind.clone(), json, etag).map_err(broken),
        }
    }

    /// Whether the service can be asked by this condition.
    pub fn looks_up(&self, kind: &ResourceKind, name: &str) -> bool {
        let list = self.directory.map(kind).and_then(|map| map.list.as_ref());
        list.is_none_or(|list| list.look_up(name).is_some())
    }

    /// The records that match, beginning with this one (the first is 1).
    ///
    /// # Errors
    /// What the service's failure means; never 404, which no provider expects of a list.
    pub async fn page(
        &self,
        kind: &ResourceKind,
        conditions: &[(&'static str, String)],
        start: usize,
        count: usize,
    ) -> Result<Found, ScimError> {
        if let Some(list) = self.directory.map(kind).and_then(|map| map.list.as_ref()) {
            let rows = self.rows(list, "", conditions, start, count).await?;
            let items = rows.items.into_iter().map(|item| self.load(kind, item, None));
            return Ok(Found { total: rows.total, items: items.collect::<Result<_, _>>()?, last: rows.last });
        }
        let answer = self.listing(kind, conditions, start, count).await?;
        self.many(kind, &answer, start)
    }

    /// What the service answers to this, if it is a list.
    pub(super) async fn listing(
        &self,
        kind: &ResourceKind,
        conditions: &[(&'static str, String)],
        start: usize,
        count: usize,
    ) -> Result<ServiceAnswer, ScimError> {
        let mut parameters = conditions.to_vec();
        parameters.push(("start_index", start.to_string()));
        parameters.push(("count", count.to_string()));
        let request = self.request("GET", &format!("/{}", kind.collection()), &parameters);
        let answer = answered(self.world.call(&self.directory.id, request).await)?;
        match answer.status {
            200..300 => Ok(answer),
            404 => Err(ScimError::new(ErrorKind::BadGateway, "the user service has no such list")),
            _ => Err(self.refusal(&answer).await),
        }
    }

    /// The records of such a list.
    pub(super) fn many(&self, kind: &ResourceKind, answer: &ServiceAnswer, start: usize) -> Result<Found, ScimError> {
        let own = self.directory.map(kind).is_none();
        let read = |reader: &mut Reader<'_>| Record::read(kind.clone(), reader, None, Resource::read)?.ok();
        let (total, items) = match own.then(|| list_of(&answer.body, read)).flatten() {
            Some(list) => list,
            None => self.list(kind, &answer.body)?,
        };
        Found::of(total, items, start)
    }

    fn list(&self, kind: &ResourceKind, body: &[u8]) -> Result<(u64, Vec<Record>), ScimError> {
        let Value::Object(mut page) = value(body)? else { return Err(broken("a list is a JSON object")) };
        let Some(Value::Array(items)) = page.remove("items") else { return Err(broken("a list has no items")) };
        let total = page.get("total").and_then(Value::as_u64).ok_or_else(|| broken("a list has no total"))?;
        let items = items.into_iter().map(|item| self.load(kind, item, None)).collect::<Result<_, _>>()?;
        Ok((total, items))
    }
}

/// How the resource of a record is read: [`Resource::read`], or [`Resource::read_values`].
pub type Raw = fn(&mut Reader<'_>) -> Option<Resource>;

/// A record in Usher's own shape.
fn own(kind: &ResourceKind, answer: &ServiceAnswer, raw: Raw) -> Result<Record, ScimError> {
    let (body, etag) = (&answer.body, answer.header("etag"));
    let read = |mut reader: Reader<'_>| {
        let record = Record::read(kind.clone(), &mut reader, etag, raw)?;
        reader.end().map(|()| record)
    };
    let record = match Reader::new(body).and_then(read) {
        Some(record) => record,
        None => Record::load(kind.clone(), value(body)?, etag),
    };
    record.map_err(broken)
}

/// How many there are, and those that are here, each read in this way; nothing where one of them cannot be used.
pub(super) fn list_of<T>(body: &[u8], read: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Option<(u64, Vec<T>)> {
    let (mut total, mut items, mut read) = (None, None, read);
    let mut reader = Reader::new(body)?;
    reader.object(|name, reader| {
        match name {
            "total" => total = reader.value()?.as_u64(),
            "items" => items = Some(each(reader, &mut read)?),
            _ => drop(reader.skip()?),
        }
        Some(())
    })?;
    reader.end()?;
    total.zip(items)
}

/// Every element of an array.
pub(super) fn each<T>(reader: &mut Reader<'_>, mut read: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Option<Vec<T>> {
    let mut all = Vec::new();
    reader.array(|reader| read(reader).map(|one| all.push(one)))?;
    Some(all)
}

/// A group and, beside it, those of its users who came with it.
fn with_its_users(kind: &ResourceKind, answer: &ServiceAnswer) -> Result<Record, ScimError> {
    let (json, users) = group(&answer.body)?;
    let record = Record::load(kind.clone(), json, answer.header("etag")).map_err(broken)?;
    Ok(Record { users, ..record })
}

/// The same words for an id that never was and one of another directory, whatever the service says.
fn nobody(kind: &ResourceKind) -> ScimError {
    ScimError::new(ErrorKind::NotFound, format!("there is no {} with this id", kind.noun()))
}

pub(super) fn value(body: &[u8]) -> Result<Value, ScimError> {
    usher_json::read_any(body).ok_or_else(|| broken("it is not JSON"))
}

/// An answer that breaks the contract. Nothing is known to be wrong with the request, so the provider may retry.
pub(super) fn broken(what: &str) -> ScimError {
    unavailable(&format!("the user service gave an answer that cannot be used: {what}"))
}

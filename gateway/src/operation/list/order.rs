//! `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3).

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::error::{ErrorKind, ScimError};
use crate::instant::Instant;
use crate::limits::Limits;
use crate::path::AttrPath;
use crate::record::Record;
use crate::request::Query;
use crate::schema::{Attribute, Kind, Place, Resolved, ResourceType, Returned};

/// How to order resources.
pub(super) struct Order {
    path: AttrPath,
    descending: bool,
}

/// What one resource is ordered by; nothing comes last, and first when descending.
#[derive(PartialEq)]
enum Key {
    Text(String),
    Number(f64),
    Instant(Instant),
    Nothing,
}

impl Order {
    pub(super) fn parse(types: &[&ResourceType], query: &Query, limits: &Limits) -> Result<Option<Self>, ScimError> {
        let Some(text) = query.get("sortBy").filter(|text| !text.is_empty()) else { return Ok(None) };
        let path = AttrPath::parse(text, limits).map_err(|e| e.under("sortBy"))?;
        let sortable = types.iter().any(|of| place(of, &path).is_some());
        if !sortable {
            return Err(ScimError::new(ErrorKind::InvalidPath, format!("no schema defines `{path}`")).under("sortBy"));
        }
        let descending = query.get("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("descending"));
        Ok(Some(Self { path, descending }))
    }

    pub(super) fn sort(&self, all: &mut [(&ResourceType, Record)]) {
        all.sort_by_cached_key(|(of, record)| Keyed { key: self.key(of, record), descending: self.descending });
    }

    fn key(&self, of: &ResourceType, record: &Record) -> Key {
        let Some(place) = place(of, &self.path) else { return Key::Nothing };
        let within = match place.extension {
            Some(schema) => record.resource.get(&schema.id).and_then(Value::as_object),
            None => Some(&*record.resource),
        };
        within.and_then(|object| value(object, &place)).map_or(Key::Nothing, |(value, attribute)| key(value, attribute))
    }
}

fn place<'t>(of: &'t ResourceType, path: &AttrPath) -> Option<Place<'t>> {
    match of.resolve(path) {
        Resolved::Attribute(place) if place.attribute.returned != Returned::Never => Some(place),
        _ => None,
    }
}

/// Of several values the primary one, or the first; of a complex one its `value`, unless a part is named.
fn value<'r>(object: &'r Map<String, Value>, place: &Place<'r>) -> Option<(&'r Value, &'r Attribute)> {
    let mut value = object.get(&place.attribute.name)?;
    if let Value::Array(items) = value {
        let primary = items.iter().find(|item| item.get("primary") == Some(&Value::Bool(true)));
        value = primary.or(items.first())?;
    }
    match place.sub.or_else(|| place.attribute.sub("value")) {
        Some(sub) => Some((value.get(&sub.name)?, sub)),
        None => Some((value, place.attribute)),
    }
}

fn key(value: &Value, attribute: &Attribute) -> Key {
    match value {
        Value::String(text) if attribute.kind == Kind::DateTime => text.parse().map_or(Key::Nothing, Key::Instant),
        Value::String(text) if attribute.case_exact => Key::Text(text.clone()),
        Value::String(text) => Key::Text(text.to_lowercase()),
        Value::Number(number) => number.as_f64().map_or(Key::Nothing, Key::Number),
        Value::Bool(flag) => Key::Number(f64::from(u8::from(*flag))),
        _ => Key::Nothing,
    }
}

#[derive(PartialEq)]
struct Keyed {
    key: Key,
    descending: bool,
}

impl Eq for Keyed {}

impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = match (&self.key, &other.key) {
            (Key::Text(a), Key::Text(b)) => a.cmp(b),
            (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
            (Key::Instant(a), Key::Instant(b)) => a.cmp(b),
            (Key::Nothing, Key::Nothing) => Ordering::Equal,
            (Key::Nothing, _) => Ordering::Greater,
            (_, Key::Nothing) => Ordering::Less,
            _ => Ordering::Equal,
        };
        if self.descending { ascending.reverse() } else { ascending }
    }
}

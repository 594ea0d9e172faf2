//! Reads a delivery: an array of events, and in each the record it is about.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::refuse::Refusal;

#[derive(Deserialize)]
pub(crate) struct Event<'a> {
    pub(crate) id: String,
    #[serde(rename = "event")]
    pub(crate) name: String,
    #[serde(borrow)]
    pub(crate) data: Option<&'a RawValue>,
    /// All of the event, to the letter.
    #[serde(skip)]
    pub(crate) text: &'a str,
}

/// An event's `data`. Its text is what gets stored; the rest is what it is looked up by.
#[derive(Deserialize)]
pub(crate) struct Record<'a> {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) raw: Raw,
    #[serde(borrow)]
    pub(crate) group: Option<&'a RawValue>,
    #[serde(skip)]
    pub(crate) text: &'a str,
}

/// The part of the SCIM resource that this service cares about.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Raw {
    pub(crate) user_name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) emails: Option<Vec<Email>>,
}

#[derive(Deserialize)]
pub(crate) struct Email {
    pub(crate) value: Option<String>,
}

/// The body of a delivery.
pub(crate) fn events(body: &[u8]) -> Result<Vec<Event<'_>>, Refusal> {
    let texts: Vec<&RawValue> = serde_json::from_slice(body).map_err(unreadable)?;
    let event = |text| Ok(Event { text, ..object(text)? });
    texts.into_iter().map(RawValue::get).map(event).collect()
}

pub(crate) fn record(data: Option<&RawValue>) -> Result<Record<'_>, Refusal> {
    let text = data.map(RawValue::get).unwrap_or_default();
    Ok(Record { text, ..object(text)? })
}

/// serde would take an array for a struct as well, field by field; here only an object is one.
fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    match text.starts_with('{') {
        true => serde_json::from_str(text).map_err(unreadable),
        false => Err(unreadable("an event, its data and its group are objects")),
    }
}

fn unreadable(cause: impl Display) -> Refusal {
    Refusal::invalid(format!("this is not an array of events: {cause}"))
}

//! Events into what is sent: one parcel is one HTTP request, in the format of the directory.

use super::cloudevents::{CloudEvent, Context};
use super::envelope::Envelope;
use super::identity::delivery_id;
use super::security_event::token;
use super::{Event, Subject};
use crate::config::{CloudEventsShape, Format};
use crate::request::encode;

/// The body of one delivery, and the headers that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The idempotency key.
    pub id: String,
    /// `application/json` or what the format says.
    pub content_type: &'static str,
    /// What the format puts into headers.
    pub headers: Vec<(String, String)>,
    /// The bytes that are sent, and signed.
    pub body: Vec<u8>,
}

/// When a delivery is made.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'m> {
    /// RFC 3339.
    pub text: &'m str,
    /// Since 1970.
    pub seconds: u64,
}

/// The parcels of these events, to be delivered one after the other.
pub fn parcels(now: Moment<'_>, events: &[Event]) -> Vec<Parcel> {
    let Some(Event { directory, .. }) = events.first() else { return Vec::new() };
    let envelope = Envelope::new(now.text, directory);
    let write = |out: &mut Vec<u8>, event: &Event| envelope.write(out, event);
    match &directory.events.format {
        Format::Array => vec![all("application/json", events, write)],
        Format::Single => events.iter().map(|event| one("application/json", event, write)).collect(),
        Format::CloudEvents { shape, type_prefix, source } => {
            let context = Context { type_prefix, source: source.as_deref(), time: now.text };
            let write = |out: &mut Vec<u8>, event: &Event| CloudEvent::new(context, event).write(out);
            match shape {
                CloudEventsShape::Structured => {
                    events.iter().map(|event| one("application/cloudevents+json", event, write)).collect()
                }
                CloudEventsShape::Batch => vec![all("application/cloudevents-batch+json", events, write)],
                CloudEventsShape::Binary => {
                    events.iter().map(|event| CloudEvent::new(context, event).binary()).collect()
                }
            }
        }
        Format::SecurityEvents { issuer, audience, key } => {
            let transaction = delivery_id(events);
            let token = |event| token(event, issuer, audience, key.as_ref(), now.seconds, &transaction);
            events.iter().map(|event| security_event(event, token(event))).collect()
        }
    }
}

/// Push delivery (RFC 8935 section 2).
fn security_event(event: &Event, token: String) -> Parcel {
    let (id, body) = (event.id.clone(), token.into_bytes());
    Parcel { id, content_type: "application/secevent+jwt", headers: Vec::new(), body }
}

fn one(content_type: &'static str, event: &Event, write: impl Fn(&mut Vec<u8>, &Event)) -> Parcel {
    let mut body = Vec::with_capacity(event.data.size() + 256);
    write(&mut body, event);
    Parcel { id: event.id.clone(), content_type, headers: Vec::new(), body }
}

/// One array of them, in memory that is asked for once.
fn all(content_type: &'static str, events: &[Event], write: impl Fn(&mut Vec<u8>, &Event)) -> Parcel {
    let mut body = Vec::with_capacity(events.iter().map(|event| event.data.size() + 256).sum());
    let mut next = b'[';
    for event in events {
        body.push(next);
        next = b',';
        write(&mut body, event);
    }
    body.push(b']');
    Parcel { id: delivery_id(events), content_type, headers: Vec::new(), body }
}

impl Subject {
    /// `/Users/{id}`: where SCIM finds it.
    pub(super) fn uri(&self) -> String {
        format!("/{}/{}", self.kind.endpoint(), encode(&self.id))
    }
}

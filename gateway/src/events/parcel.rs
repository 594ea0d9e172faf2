//! Events into what is sent: one parcel is one HTTP request, in the format of the directory.

use serde::Serialize;

use super::cloudevents::{CloudEvent, binary};
use super::envelope::Envelope;
use super::identity::delivery_id;
use super::security_event::token;
use super::{Event, Subject};
use crate::config::{CloudEventsShape, Directory, Format};
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
pub fn parcels(directory: &Directory, now: Moment<'_>, events: &[Event]) -> Vec<Parcel> {
    if events.is_empty() {
        return Vec::new();
    }
    let envelopes = || events.iter().map(|event| Envelope::new(directory, now.text, event));
    match &directory.events.format {
        Format::Array => vec![json(delivery_id(events), "application/json", &envelopes().collect::<Vec<_>>())],
        Format::Single => {
            let each = events.iter().zip(envelopes());
            each.map(|(event, envelope)| json(event.id.clone(), "application/json", &envelope)).collect()
        }
        Format::CloudEvents { shape, type_prefix, source } => {
            let cloud = |event| CloudEvent::new(directory, type_prefix, source.as_deref(), now.text, event);
            cloudevents(*shape, events, events.iter().map(cloud).collect())
        }
        Format::SecurityEvents { issuer, audience, key } => {
            let transaction = delivery_id(events);
            let token = |event| token(event, issuer, audience, key.as_ref(), now.seconds, &transaction);
            events.iter().map(|event| security_event(event, token(event))).collect()
        }
    }
}

fn cloudevents(shape: CloudEventsShape, events: &[Event], clouds: Vec<CloudEvent<'_>>) -> Vec<Parcel> {
    match shape {
        CloudEventsShape::Structured => {
            let each = events.iter().zip(&clouds);
            each.map(|(event, cloud)| json(event.id.clone(), "application/cloudevents+json", cloud)).collect()
        }
        CloudEventsShape::Batch => vec![json(delivery_id(events), "application/cloudevents-batch+json", &clouds)],
        CloudEventsShape::Binary => clouds.iter().map(binary).collect(),
    }
}

/// Push delivery (RFC 8935 section 2).
fn security_event(event: &Event, token: String) -> Parcel {
    let (id, body) = (event.id.clone(), token.into_bytes());
    Parcel { id, content_type: "application/secevent+jwt", headers: Vec::new(), body }
}

fn json(id: String, content_type: &'static str, body: &impl Serialize) -> Parcel {
    Parcel { id, content_type, headers: Vec::new(), body: serde_json::to_vec(body).unwrap_or_default() }
}

impl Subject {
    /// `/Users/{id}`: where SCIM finds it.
    pub(super) fn uri(&self) -> String {
        format!("/{}/{}", self.kind.endpoint(), encode(&self.id))
    }
}

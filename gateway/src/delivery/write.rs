//! The write: events out, acknowledgement in. Only a complete 2xx is one.

use serde_json::Value;

use super::Service;
use super::refusal::{answered, refusal};
use crate::error::{ErrorKind, ScimError};
use crate::events::{Event, Moment, Parcel, parcels, sign};
use crate::exchange::ServiceAnswer;
use crate::message::from_json;
use crate::record::Record;
use crate::schema::ResourceKind;

/// The events of one SCIM request, and which record they are about.
pub struct Delivery<'d> {
    /// What the request was addressed to.
    pub kind: &'d ResourceKind,
    /// Its id.
    pub id: &'d str,
    /// The version the events were computed from.
    pub version: Option<&'d str>,
    /// The record as it will be; nothing when it will be gone.
    pub after: Option<&'d Record>,
    /// None at all when the service wants to hear of none.
    pub events: &'d [Event],
    /// When it happened, RFC 3339.
    pub time: &'d str,
}

/// The service took the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The id the service gave the record, when it has one of its own.
    pub id: Option<String>,
    /// The record's version now.
    pub version: Option<String>,
}

/// The service did not take the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The record has changed since it was read: read it again and recompute.
    Stale,
    /// Anything else, as the provider will see it.
    For(ScimError),
}

impl Service<'_> {
    /// Deliver, and wait for the acknowledgement.
    ///
    /// Where a delivery is several requests, one that fails ends it. What was acknowledged before that is the
    /// service's state by then, so the provider's retry finds less to do.
    pub async fn deliver(&self, delivery: Delivery<'_>) -> Result<Accepted, Refused> {
        if let Some(batch) = self.batch {
            batch.add(delivery.kind.collection(), delivery.id, delivery.after.cloned(), delivery.events, delivery.time);
            return Ok(Accepted::default());
        }
        let about = format!("{}/{}", delivery.kind.collection(), delivery.id);
        let accepted = self.send(delivery.events, delivery.time, Some(&about), delivery.version).await?;
        self.keep(&delivery, &accepted).await;
        Ok(accepted)
    }

    /// The record in its new version; without one, what is kept of it is old.
    async fn keep(&self, delivery: &Delivery<'_>, accepted: &Accepted) {
        match (delivery.after, &accepted.version) {
            (Some(after), Some(_)) if accepted.id.is_none() => {
                self.remember(&Record { version: accepted.version.clone(), ..after.clone() }).await;
            }
            _ => self.forget(delivery.kind, delivery.id).await,
        }
    }

    /// Send the parcels of these events. The version is the one before the first of them.
    pub(super) async fn send(
        &self,
        events: &[Event],
        time: &str,
        about: Option<&str>,
        mut version: Option<&str>,
    ) -> Result<Accepted, Refused> {
        let mut first = None;
        let nanos = if events.is_empty() { 0 } else { self.world.now().await };
        let now = Moment { text: time, seconds: nanos / 1_000_000_000 };
        for parcel in parcels(self.directory, now, events) {
            let accepted = self.hand_over(parcel, nanos, about, version.take()).await?;
            first.get_or_insert(accepted);
        }
        Ok(first.unwrap_or_default())
    }

    async fn hand_over(
        &self,
        parcel: Parcel,
        nanos: u64,
        about: Option<&str>,
        version: Option<&str>,
    ) -> Result<Accepted, Refused> {
        let mut request = self.request("POST", "/events", &[]);
        request.headers.extend(sign(&self.directory.events.signatures, &parcel, nanos));
        request.headers.extend(parcel.headers);
        let mut header = |name: &str, value: String| request.headers.push((name.to_owned(), value));
        header("content-type", parcel.content_type.to_owned());
        header("idempotency-key", parcel.id);
        if let Some(about) = about.filter(|about| visible(about)) {
            header("usher-resource", about.to_owned());
        }
        if let Some(version) = version.filter(|version| visible(version)) {
            header("if-match", version.to_owned());
        }
        request.body = Some(parcel.body);
        let answer = answered(self.world.call(request).await).map_err(Refused::For)?;
        match answer.status {
            200..300 => Ok(accepted(&answer)),
            412 => Err(Refused::Stale),
            _ => Err(Refused::For(refusal(&answer))),
        }
    }
}

impl From<Refused> for ScimError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Stale => {
                Self::new(ErrorKind::PreconditionFailed, "the resource keeps being changed by somebody else")
            }
            Refused::For(error) => error,
        }
    }
}

fn accepted(answer: &ServiceAnswer) -> Accepted {
    let body: Option<Value> = from_json(&answer.body);
    let id = body.as_ref().and_then(|body| body.get("id"));
    let id = id.and_then(|id| id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|n| n.to_string())));
    Accepted { id: id.filter(|id| !id.is_empty()), version: answer.header("etag").map(str::to_owned) }
}

/// Envoy refuses a call with anything else in a header value.
fn visible(value: &str) -> bool {
    value.bytes().all(|b| (b' '..=b'~').contains(&b))
}

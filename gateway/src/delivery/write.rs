//! The write: events out, acknowledgement in. Only a complete 2xx is one.

use serde_json::Value;

use super::Service;
use super::refusal::{answered, refusal};
use crate::error::{ErrorKind, ScimError};
use crate::events::{Event, delivery_id, render};
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
    /// At least one.
    pub events: &'d [Event],
    /// When it happened, RFC 3339.
    pub time: &'d str,
}

/// The service took the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The id the service gave the record, when it has one of its own.
    pub id: Option<String>,
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
    pub async fn deliver(&self, delivery: Delivery<'_>) -> Result<Accepted, Refused> {
        if let Some(batch) = self.batch {
            batch.add(delivery.kind.collection(), delivery.id, delivery.after.cloned(), delivery.events, delivery.time);
            return Ok(Accepted::default());
        }
        let mut request = self.request("POST", "/events", &[]);
        let resource = format!("{}/{}", delivery.kind.collection(), delivery.id);
        let mut header = |name: &str, value: String| request.headers.push((name.to_owned(), value));
        header("content-type", "application/json".to_owned());
        header("idempotency-key", delivery_id(delivery.events));
        if visible(&resource) {
            header("usher-resource", resource);
        }
        if let Some(version) = delivery.version.filter(|v| visible(v)) {
            header("if-match", version.to_owned());
        }
        request.body = Some(render(self.directory, delivery.time, delivery.events));
        let answer = answered(self.world.call(request).await).map_err(Refused::For)?;
        match answer.status {
            200..300 => Ok(accepted(&answer.body)),
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

fn accepted(body: &[u8]) -> Accepted {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let id = json.as_ref().and_then(|j| j.get("id"));
    let id = id.and_then(|id| id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|n| n.to_string())));
    Accepted { id: id.filter(|id| !id.is_empty()) }
}

/// Envoy refuses a call with anything else in a header value.
fn visible(value: &str) -> bool {
    value.bytes().all(|b| (b' '..=b'~').contains(&b))
}

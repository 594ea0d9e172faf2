//! The write: events out, acknowledgement in. Only a complete 2xx is one.

use serde_json::Value;

use super::Service;
use super::refusal::answered;
use crate::error::{ErrorKind, ScimError};
use crate::events::{Event, Moment, Parcel, Unread, parcels, sign};
use crate::exchange::{ServiceAnswer, ServiceRequest};
use crate::mapping::Routes;
use crate::record::{Record, text_of};
use crate::schema::ResourceKind;

/// The events of one SCIM request, and which record they are about.
pub struct Delivery<'d> {
    /// What the request was addressed to.
    pub kind: &'d ResourceKind,
    /// Its id.
    pub id: &'d str,
    /// The record the events were computed from; nothing when nothing with its id was there before.
    pub before: Option<&'d Record>,
    /// The groups that lose a user who goes.
    pub groups: &'d [Record],
    /// What is written and never read back.
    pub unread: &'d Unread,
    /// None at all when the service wants to hear of none.
    pub events: &'d [Event],
    /// When it happened, RFC 3339.
    pub time: &'d str,
}

/// The service took the events.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Accepted {
    /// What it said beside yes.
    own: Option<Value>,
    /// The record's version now.
    version: Option<String>,
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
    /// Deliver, and wait for the acknowledgement. Gives the record as the service has it now: what its answer says of
    /// it overrules what was computed.
    ///
    /// Where a delivery is several requests, one that fails ends it. What was acknowledged before that is the
    /// service's state by then, so the provider's retry finds less to do.
    pub async fn deliver(&self, delivery: Delivery<'_>, after: Record) -> Result<Record, Refused> {
        if let Some(batch) = self.batch {
            batch.add(&delivery, Some(after.clone()));
            return Ok(after);
        }
        let settled = match self.routes() {
            Some(routes) => self.walk(routes, &delivery, Some(&after)).await?.settled(after),
            None => self.overruled(self.hand_in(&delivery).await?, after, delivery.before.is_none()),
        };
        // Without a version, what is kept of it is old.
        match settled.version {
            Some(_) => self.remember(&settled).await,
            None => self.forget(delivery.kind, delivery.id).await,
        }
        Ok(settled)
    }

    /// Deliver that the record is gone.
    pub async fn deliver_end(&self, delivery: Delivery<'_>) -> Result<(), Refused> {
        if let Some(batch) = self.batch {
            batch.add(&delivery, None);
            return Ok(());
        }
        match self.routes() {
            Some(routes) => drop(self.walk(routes, &delivery, None).await?),
            None => drop(self.hand_in(&delivery).await?),
        }
        self.forget(delivery.kind, delivery.id).await;
        Ok(())
    }

    async fn hand_in(&self, delivery: &Delivery<'_>) -> Result<Accepted, Refused> {
        let about = [delivery.kind.collection(), "/", delivery.id].concat();
        let version = delivery.before.and_then(|record| record.version.as_deref());
        self.send(delivery.events, delivery.time, Some(&about), version).await
    }

    fn routes(&self) -> Option<&Routes> {
        self.directory.mapping.as_ref().and_then(|mapping| mapping.routes.as_ref())
    }

    /// The record as the service says it is: whole, or with an id of its own, if it is new. What exists has its id for
    /// ever, and an answer with another one is about something else.
    fn overruled(&self, accepted: Accepted, ours: Record, new: bool) -> Record {
        let Accepted { own, version } = accepted;
        let mapped = self.directory.map(&ours.kind);
        // A change is written over what the service gave: without it the record is not worth keeping.
        let ours = Record { version: version.filter(|_| mapped.is_none()), ..ours };
        let Some(own) = own else { return ours };
        let id = own.get("id").and_then(text_of).filter(|id| !id.is_empty());
        if mapped.is_none()
            && let Ok(whole) = Record::load(ours.kind.clone(), own, ours.version.as_deref())
            && (new || whole.id == ours.id)
        {
            return whole;
        }
        match id.filter(|_| new) {
            Some(id) => ours.called(id),
            None => ours,
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
        let mut all: Option<Accepted> = None;
        let nanos = if events.is_empty() { 0 } else { self.world.now().await };
        let now = Moment { text: time, seconds: nanos / 1_000_000_000 };
        for parcel in parcels(now, events) {
            let accepted = self.hand_over(parcel, nanos, about, version.take()).await?;
            // The first tells of the record itself, the last how it is in the end.
            let own = all.map_or(accepted.own, |first| first.own);
            all = Some(Accepted { own, version: accepted.version });
        }
        self.world.accepted(events.iter().map(|event| &*event.name));
        Ok(all.unwrap_or_default())
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
        self.acknowledged(request).await.map(|answer| accepted(&answer))
    }

    /// Only a complete 2xx is an acknowledgement.
    pub(super) async fn acknowledged(&self, request: ServiceRequest) -> Result<ServiceAnswer, Refused> {
        let answer = answered(self.world.call(&self.directory.id, request).await).map_err(Refused::For)?;
        match answer.status {
            200..300 => Ok(answer),
            412 => Err(Refused::Stale),
            _ => Err(Refused::For(self.refusal(&answer).await)),
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

/// A service that says something else with its yes, or nothing, has accepted all the same.
fn accepted(answer: &ServiceAnswer) -> Accepted {
    Accepted { own: usher_json::read_any(&answer.body), version: answer.header("etag").map(str::to_owned) }
}

/// Envoy refuses a call with anything else in a header value.
pub(super) fn visible(value: &str) -> bool {
    value.bytes().all(|b| (b' '..=b'~').contains(&b))
}

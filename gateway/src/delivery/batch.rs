//! Several operations as one delivery: what they did is seen by those that follow, and told to the service at the
//! end, all of it or nothing.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::{Delivery, Service};
use crate::error::ScimError;
use crate::events::Event;
use crate::record::Record;

/// What is not delivered yet.
#[derive(Default)]
pub struct Batch {
    inner: Cell<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By collection and id; nothing stands for a deletion.
    records: BTreeMap<(String, String), Option<Record>>,
    events: Vec<Event>,
    time: String,
}

impl Batch {
    /// Of an event that no request has made.
    pub(crate) fn of(event: Event, time: String) -> Self {
        Self { inner: Cell::new(Inner { events: vec![event], time, ..Inner::default() }) }
    }

    /// The record as it will be: nothing when it is not touched, `Some(None)` when it will be gone.
    pub(super) fn record(&self, collection: &str, id: &str) -> Option<Option<Record>> {
        let inner = self.inner.take();
        let found = inner.records.get(&(collection.to_owned(), id.to_owned())).cloned();
        self.inner.set(inner);
        found
    }

    /// The record as it will be; nothing when it will be gone.
    pub(super) fn add(&self, delivery: &Delivery<'_>, after: Option<Record>) {
        let mut inner = self.inner.take();
        // The version it was read in is not that of what it became; ids of later events must tell the two apart.
        let after = after.map(|record| Record { version: None, ..record });
        inner.records.insert((delivery.kind.collection().to_owned(), delivery.id.to_owned()), after);
        inner.events.extend(delivery.events.iter().cloned());
        inner.time = delivery.time.to_owned();
        self.inner.set(inner);
    }
}

impl Service<'_> {
    /// Deliver a batch.
    ///
    /// # Errors
    /// What the service's refusal means to every operation in it.
    pub async fn flush(&self, batch: &Batch) -> Result<(), ScimError> {
        let Inner { events, time, .. } = batch.inner.take();
        match self.send(&events, &time, None, None).await {
            Ok(_) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }
}

//! Records as they were when they were last seen, in the proxy's shared data (docs/configuration.md, `record_cache`).
//!
//! Good enough to compute a delivery from, because the service refuses one that was computed from an old version;
//! never good enough to answer a read, to refuse, or to do nothing. Only records with a version are kept. A fixed
//! number of slots bounds the memory: shared data has no deletion and no limit of its own.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Service;
use crate::exchange::Locker;
use crate::message::from_json;
use crate::record::{Record, Reference};
use crate::schema::ResourceKind;

/// Larger records are not worth copying: a group of thousands of members.
const MOST_BYTES: usize = 16 << 10;

/// What is kept of a record.
#[derive(Serialize, Deserialize)]
struct Remembered<'r> {
    /// Nanoseconds since 1970.
    until: u64,
    version: Option<String>,
    groups: Option<Vec<(String, Option<String>)>>,
    resource: Cow<'r, Map<String, Value>>,
}

impl Service<'_> {
    /// The record as it was lately, with its version.
    pub async fn recall(&self, kind: &ResourceKind, id: &str) -> Option<Record> {
        let kept = self.locker(kind, id)?.load(self.world).await?;
        let found: Remembered<'_> = from_json(&kept)?;
        if found.version.is_none() || found.until < self.world.now().await {
            return None;
        }
        let reference = |(id, name)| Reference { id, name };
        let groups = found.groups.map(|groups| groups.into_iter().map(reference).collect());
        let resource = found.resource.into_owned();
        Some(Record { kind: kind.clone(), id: id.to_owned(), resource, version: found.version, groups })
    }

    /// Keep a record that was just read, or just written in this version.
    pub async fn remember(&self, record: &Record) {
        let (Some(locker), Some(_)) = (self.locker(&record.kind, &record.id), &record.version) else { return };
        let lifetime = self.config.record_cache.map_or(0, |cache| cache.ttl_ms.saturating_mul(1_000_000));
        let reference = |r: &Reference| (r.id.clone(), r.name.clone());
        let remembered = Remembered {
            until: self.world.now().await.saturating_add(lifetime),
            version: record.version.clone(),
            groups: record.groups.as_ref().map(|groups| groups.iter().map(reference).collect()),
            resource: Cow::Borrowed(&record.resource),
        };
        match serde_json::to_vec(&remembered) {
            Ok(text) if text.len() <= MOST_BYTES => locker.save(self.world, &text).await,
            _ => locker.save(self.world, &[]).await,
        }
    }

    /// What is kept of this record is not true any more.
    pub async fn forget(&self, kind: &ResourceKind, id: &str) {
        if let Some(locker) = self.locker(kind, id) {
            locker.save(self.world, &[]).await;
        }
    }

    /// Nowhere, when nothing is to be kept: the setting is off, or this is part of a batch.
    fn locker(&self, kind: &ResourceKind, id: &str) -> Option<Locker> {
        let cache = self.config.record_cache.filter(|_| self.batch.is_none())?;
        Some(Locker::of(&self.directory.id, "record", cache.slots, &[kind.collection(), id]))
    }
}

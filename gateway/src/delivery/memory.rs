//! Records as they were when they were last seen, in the proxy's shared data (docs/configuration.md, `record_cache`).
//!
//! Good enough to compute a delivery from, because the service refuses one that was computed from an old version;
//! never good enough to answer a read, to refuse, or to do nothing. Only records with a version are kept. A fixed
//! number of slots bounds the memory: shared data has no deletion and no limit of its own.

use serde_json::Value;
use usher_json::{Object, Reader};

use super::{Raw, Service};
use crate::exchange::Locker;
use crate::mapping::Members;
use crate::record::Record;
use crate::schema::ResourceKind;

/// Larger records are not worth copying: a group of thousands of members.
const MOST_BYTES: usize = 16 << 10;

impl Service<'_> {
    /// The record as it was lately, with its version. What is recalled is used once: whoever delivers what was computed
    /// from it forgets it before.
    pub async fn recall(&self, kind: &ResourceKind, id: &str, raw: Raw) -> Option<Record> {
        let kept = self.locker(kind, id)?.load(self.world).await?;
        let (until, kept) = kept.split_first_chunk()?;
        let until = u64::from_be_bytes(*until);
        if until < self.world.now().await {
            return None;
        }
        let record = match self.directory.map(kind) {
            None => Record::read(kind.clone(), &mut Reader::new(kept)?, None, raw)?.ok()?,
            Some(map) => {
                let mut found = usher_json::read_any(kept)?;
                let version = found.get("version").and_then(Value::as_str).map(str::to_owned);
                map.load(found.get_mut("record")?.take(), version.as_deref()).ok()?
            }
        };
        Some(Record { recalled: Some(until), ..record }).filter(|record| record.version.is_some() && record.id == id)
    }

    /// Keep a record that was just read, or just written in this version.
    pub async fn remember(&self, record: &Record) {
        let (Some(locker), Some(_)) = (self.locker(&record.kind, &record.id), &record.version) else { return };
        if record.named_only {
            return locker.save(self.world, &[]).await;
        }
        let lifetime = self.config.record_cache.map_or(0, |cache| cache.ttl_ms.saturating_mul(1_000_000));
        let until = self.world.now().await.saturating_add(lifetime);
        let mut kept = Vec::with_capacity(2048);
        kept.extend_from_slice(&until.to_be_bytes());
        match &record.source {
            Some(source) => {
                let mut own = Object::new(&mut kept);
                own.object_without("record", source, "");
                own.value("version", &record.version.as_deref().into());
                own.end();
            }
            None => record.write(&mut kept),
        }
        if kept.len() > MOST_BYTES {
            kept.clear();
        }
        locker.save(self.world, &kept).await;
    }

    /// What is kept of this record is not true any more.
    pub async fn forget(&self, kind: &ResourceKind, id: &str) {
        if let Some(locker) = self.locker(kind, id) {
            locker.save(self.world, &[]).await;
        }
    }

    /// Nowhere, when nothing is to be kept: the setting is off, this is part of a batch, or a group whose members are in a
    /// list of their own, which no version of its record is about.
    fn locker(&self, kind: &ResourceKind, id: &str) -> Option<Locker> {
        let whole = self.directory.map(kind).is_none_or(|map| !matches!(map.members, Some(Members::Apart(..))));
        let cache = self.config.record_cache.filter(|_| self.batch.is_none() && whole)?;
        Some(Locker::of(&self.directory.id, "record", cache.slots, &[kind.collection(), id]))
    }
}

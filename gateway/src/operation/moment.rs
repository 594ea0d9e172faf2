//! Points in time as SCIM and events write them: UTC, to the millisecond.

use crate::instant::Instant;
use crate::record::Record;

/// The text of a moment.
pub(super) fn text(nanos: u64) -> String {
    Instant::from_nanos(nanos).to_string()
}

/// When a change of this record happened: now, and in any case later than the last one. Two changes within one
/// millisecond, or a clock set back, would else give two states the same stamp, and their events the same id.
pub(super) fn after(record: &Record, nanos: u64) -> u64 {
    let meta = record.resource.get("meta");
    let last =
        meta.and_then(|m| m.get("lastModified")).and_then(|m| m.as_str()).and_then(|m| m.parse::<Instant>().ok());
    let next = last.map_or(0, |last| last.millis() + 1);
    nanos.max(u64::try_from(next).unwrap_or(0).saturating_mul(1_000_000))
}

//! Event ids: equal for the same operation on the same state, whoever computes them and however often.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::Event;
use crate::config::DirectoryId;

/// `evt_` and a hash of these parts. Each part is preceded by its length, so that no two lists run together.
pub(super) fn event_id(directory: &DirectoryId, parts: &[&str]) -> String {
    format!("evt_{}", digest(std::iter::once(&**directory).chain(parts.iter().copied())))
}

/// The idempotency key of a delivery: its only event's id, else a hash of all of them.
pub(super) fn delivery_id(events: &[Event]) -> String {
    match events {
        [only] => only.id.clone(),
        many => format!("set_{}", digest(many.iter().map(|e| e.id.as_str()))),
    }
}

fn digest<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut text = Vec::with_capacity(512);
    for part in parts {
        text.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        text.extend_from_slice(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(Sha256::digest(text).get(..18).unwrap_or_default())
}

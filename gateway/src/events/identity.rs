//! Event ids: equal for the same operation on the same state, whoever computes them and however often.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::Event;
use crate::config::DirectoryId;

/// `evt_` and a hash of these parts. Each part is preceded by its length, so that no two lists run together.
pub(super) fn event_id(directory: &DirectoryId, parts: &[&str]) -> String {
    named("evt_", Sha256::digest(joined(std::iter::once(&**directory).chain(parts.iter().copied()))).as_slice())
}

/// The ids of events that differ in their last part alone. What they share fills whole blocks of the hash, so that each
/// id costs one block where it would cost two or three.
pub(super) struct SharedId(Sha256);

impl SharedId {
    pub(super) fn new(directory: &DirectoryId, parts: &[&str]) -> Self {
        let mut text = joined(std::iter::once(&**directory).chain(parts.iter().copied()));
        text.resize(text.len().next_multiple_of(BLOCK), 0);
        Self(Sha256::new_with_prefix(text))
    }

    pub(super) fn of(&self, last: &str) -> String {
        named("evt_", self.0.clone().chain_update(last).finalize().as_slice())
    }
}

/// Of SHA-256, in bytes.
const BLOCK: usize = 64;

/// The idempotency key of a delivery: its only event's id, else a hash of all of them.
pub(super) fn delivery_id(events: &[Event]) -> String {
    match events {
        [only] => only.id.clone(),
        many => named("set_", Sha256::digest(joined(many.iter().map(|e| e.id.as_str()))).as_slice()),
    }
}

fn joined<'p>(parts: impl Iterator<Item = &'p str>) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    for part in parts {
        text.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        text.extend_from_slice(part.as_bytes());
    }
    text
}

fn named(kind: &str, hash: &[u8]) -> String {
    let mut id = String::with_capacity(28);
    id.push_str(kind);
    URL_SAFE_NO_PAD.encode_string(hash.get(..18).unwrap_or_default(), &mut id);
    id
}

//! What is remembered of a directory: the service's own words, and until when.

use crate::config::Lookup;

/// Times are nanoseconds since 1970. Nothing at all when every time is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// How often it was forgotten.
    pub(super) generation: u64,
    /// Until then nobody asks.
    pub(super) fresh: u64,
    /// Until then it is better than no answer.
    pub(super) stale: u64,
    /// JSON.
    pub(super) text: Vec<u8>,
}

impl Entry {
    pub(super) fn new(now: u64, generation: u64, rules: &Lookup, text: Vec<u8>) -> Self {
        let fresh = now.saturating_add(rules.ttl);
        Self { generation, fresh, stale: fresh.saturating_add(rules.stale), text }
    }

    /// The same directory, to be asked for again by whoever comes next.
    pub(super) fn forgotten(&self) -> Self {
        Self { generation: self.generation + 1, ..Self::default() }
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        let text = bytes.get(24..)?.to_vec();
        Some(Self { generation: number(0)?, fresh: number(8)?, stale: number(16)?, text })
    }

    pub(super) fn written(&self) -> Vec<u8> {
        let numbers = [self.generation, self.fresh, self.stale].map(u64::to_le_bytes);
        [numbers.as_flattened(), &self.text].concat()
    }
}

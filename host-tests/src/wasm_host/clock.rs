//! The time the filter sees: the real one, or one that stands until the test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Clones share one time, so several workers can be moved together.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    Real,
    Standing(Arc<AtomicU64>),
}

impl Clock {
    pub fn standing_at_unix(seconds: u64) -> Self {
        let nanos = Duration::from_secs(seconds).as_nanos() as u64;
        Self::Standing(Arc::new(AtomicU64::new(nanos)))
    }

    /// Moves a standing clock; the real one moves by itself.
    pub fn advance(&self, step: Duration) {
        if let Self::Standing(nanos) = self {
            nanos.fetch_add(step.as_nanos() as u64, Ordering::SeqCst);
        }
    }

    pub fn unix_nanos(&self) -> u64 {
        match self {
            Self::Standing(nanos) => nanos.load(Ordering::SeqCst),
            Self::Real => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64),
        }
    }
}

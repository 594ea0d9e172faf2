//! Who comes too often: lock-outs after failures, and token buckets. Both count in the proxy's shared data, in a fixed
//! number of slots; what is lost there costs nobody more than a count.

mod bucket;
mod lockout;

pub(crate) use bucket::take;
pub(crate) use lockout::{Lockout, source};

use crate::error::{ErrorKind, ScimError};

const SECOND: u64 = 1_000_000_000;

/// 429; whole seconds, rounded up, since Okta reads nothing else.
pub(crate) fn too_many(nanos: u64, reason: &str) -> ScimError {
    let seconds = u32::try_from(nanos.div_ceil(SECOND)).unwrap_or(u32::MAX).max(1);
    ScimError::new(ErrorKind::TooManyRequests(seconds), reason)
}

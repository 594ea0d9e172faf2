//! A token bucket as one number: the moment at which it will be full again (the generic cell rate algorithm).

use crate::config::RateLimit;
use crate::exchange::{Locker, World};

/// Take a token, or learn in how many nanoseconds there will be one.
///
/// # Errors
/// That time. Nothing is taken then, so asking in vain makes nothing worse.
pub(crate) async fn take(world: &World, locker: &Locker, rate: RateLimit) -> Result<(), u64> {
    let now = world.now().await;
    let wait = locker
        .update(world, |kept| {
            let full = kept.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
            let (full, found) = after(full, now, rate);
            (full.to_le_bytes().to_vec(), found.err())
        })
        .await;
    wait.map_or(Ok(()), Err)
}

fn after(full: u64, now: u64, rate: RateLimit) -> (u64, Result<(), u64>) {
    let room = rate.interval.saturating_mul(rate.burst.into());
    // A clock that was set back must not lock a customer out for as long.
    let full = full.clamp(now, now.saturating_add(room));
    let next = full.saturating_add(rate.interval);
    match next.checked_sub(now.saturating_add(room)).filter(|wait| *wait > 0) {
        Some(wait) => (full, Err(wait)),
        None => (next, Ok(())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: RateLimit = RateLimit { interval: 100, burst: 3 };

    #[test]
    fn a_burst_then_one_an_interval() {
        let mut full = 0;
        let mut ask = |now| {
            let (next, found) = after(full, now, RATE);
            full = next;
            found
        };
        assert_eq!([1000, 1000, 1000].map(&mut ask), [Ok(()); 3]);
        assert_eq!([1000, 1010, 1099].map(&mut ask), [Err(100), Err(90), Err(1)]);
        assert_eq!([1100, 1100].map(&mut ask), [Ok(()), Err(100)]);
        assert_eq!([2000, 2000, 2000, 2000].map(&mut ask), [Ok(()), Ok(()), Ok(()), Err(100)]);
        assert_eq!(ask(500), Err(100), "the clock was set back, and the wait is still a short one");
    }
}

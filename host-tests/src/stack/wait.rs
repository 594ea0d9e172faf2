//! Waiting, never without an end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::{Process, http};

const START: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

/// Whether `done` came true in time.
pub(super) fn until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !done() {
        if start.elapsed() > limit {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
    true
}

/// Waits until the process answers this URL with anything at all.
pub(super) fn until_answering(process: &mut Process, url: &str) -> Result<()> {
    let answered = until(START, || process.ended() || http::get(url).is_ok());
    if process.ended() {
        bail!("{} ended right after it was started. {}", process.name(), process.last_words());
    }
    if !answered {
        bail!("{} does not answer {url}. {}", process.name(), process.last_words());
    }
    Ok(())
}

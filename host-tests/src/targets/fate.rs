//! What no target leaves to chance: the time, random bytes, secrets. So the same conversation makes the same bytes.

use std::time::Duration;

use crate::wasm_host::Clock;

/// 2026-11-21T20:00:00Z.
const START: u64 = 1_795_291_200;
/// Time passes between two requests, and only then.
const BETWEEN: Duration = Duration::from_secs(1);

/// Of the random bytes.
pub(super) const SEED: u64 = 1;

/// The environment that secrets come from.
pub const SECRETS: [(&str, &str); 4] = [
    ("WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("OLD_WEBHOOK_SECRET", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ("JACKSON_SECRET", "secret"),
    ("TOKEN_SECRET", "0123456789abcdef0123456789abcdef"),
];

pub(super) fn secret(name: &str) -> Option<String> {
    SECRETS.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

pub(super) struct Time {
    pub(super) clock: Clock,
}

impl Default for Time {
    fn default() -> Time {
        Time { clock: Clock::standing_at_unix(START) }
    }
}

impl Time {
    pub(super) fn pass(&self) {
        self.clock.advance(BETWEEN);
    }
}

//! Whether directories are asked of the user service, and how long an answer is good.

use super::compile::path;
use super::credential::{Fingerprint, fingerprint};
use super::wire::{ForgetWire, LookupWire};
use super::{ConfigError, Key};

/// The settings of look-ups; times in nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// How long a directory is good.
    pub ttl: u64,
    /// How long a name that nobody has is one.
    pub negative_ttl: u64,
    /// How much longer a directory is good while the service cannot say.
    pub stale: u64,
    /// How many are remembered.
    pub slots: u32,
    /// Where the service says that one is not what it was.
    pub forget: Option<Forget>,
}

/// The endpoint by which the service forgets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forget {
    /// Without a slash at the end.
    pub path: String,
    /// Of its token.
    pub token: Fingerprint,
}

impl Lookup {
    pub(super) fn compile(wire: LookupWire, base: &str) -> Result<Self, ConfigError> {
        if wire.slots == 0 {
            return Err(Key::of("directory_lookup.slots").wrong("expected a number above zero"));
        }
        let nanos = |seconds: u32| u64::from(seconds) * 1_000_000_000;
        Ok(Self {
            ttl: nanos(wire.ttl_seconds),
            negative_ttl: nanos(wire.negative_ttl_seconds),
            stale: nanos(wire.stale_seconds),
            slots: wire.slots,
            forget: wire.forget.map(|forget| Forget::compile(forget, base)).transpose()?,
        })
    }
}

impl Forget {
    fn compile(wire: ForgetWire, base: &str) -> Result<Self, ConfigError> {
        let key = Key::of("directory_lookup.forget");
        let path = path(&key.at("path"), wire.path.as_deref().unwrap_or("/usher-directories"))?;
        let under = |inner: &str, outer: &str| format!("{inner}/").starts_with(&format!("{outer}/"));
        if path.is_empty() || under(&path, base) || under(base, &path) {
            let reason = format!("expected a path that is not under `{base}`, nor over it");
            return Err(key.at("path").wrong(reason));
        }
        Ok(Self { path, token: fingerprint(&key.at("sha256"), &wire.sha256)? })
    }
}

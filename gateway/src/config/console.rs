//! Whether there is a console, where, and who may look.

use super::compile::path;
use super::credential::{Fingerprint, fingerprint};
use super::wire::ConsoleWire;
use super::{ConfigError, Key};

/// The console's settings.
#[derive(Clone, PartialEq, Eq)]
pub struct Console {
    /// Where it is, without a slash at the end.
    pub path: String,
    /// SHA-256 of the token.
    pub token: Fingerprint,
    /// Exchanges that are kept, at least one.
    pub exchanges: u64,
    /// Show personal data.
    pub personal_data: bool,
}

/// A slot takes about half a kilobyte of every proxy's memory.
const MOST_EXCHANGES: u64 = 2_000;

impl Console {
    pub(super) fn compile(wire: ConsoleWire, base: &str) -> Result<Self, ConfigError> {
        if cfg!(not(feature = "console")) {
            return Err(Key::of("console").wrong("this module was built without the console"));
        }
        let path = path(&Key::of("console.path"), wire.path.as_deref().unwrap_or("/usher"))?;
        let under = |inner: &str, outer: &str| format!("{inner}/").starts_with(&format!("{outer}/"));
        if path.is_empty() || under(&path, base) || under(base, &path) {
            return Err(
                Key::of("console.path").wrong(format!("expected a path that is not under `{base}`, nor over it"))
            );
        }
        let exchanges = wire.exchanges.unwrap_or(300);
        if !(1..=MOST_EXCHANGES).contains(&exchanges) {
            return Err(Key::of("console.exchanges").wrong(format!("expected 1 to {MOST_EXCHANGES}")));
        }
        let token = fingerprint(&Key::of("console.sha256"), &wire.sha256)?;
        Ok(Self { path, token, exchanges, personal_data: wire.personal_data })
    }
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Console({})", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, base: &str) -> Result<Console, ConfigError> {
        let wire =
            ConsoleWire { path: Some(path.to_owned()), sha256: "ab".repeat(32), exchanges: None, personal_data: false };
        Console::compile(wire, base)
    }

    #[test]
    fn the_console_and_the_directories_are_never_in_each_others_way() {
        for (path, base) in [("/scim", "/scim/v2"), ("/scim/v2/console", "/scim/v2"), ("/", "/scim/v2"), ("/usher", "")]
        {
            assert!(at(path, base).is_err(), "{path} {base}");
        }
        assert!(at("/scim/v20", "/scim/v2").is_ok());
    }
}

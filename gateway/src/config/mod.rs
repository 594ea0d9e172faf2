//! Configuration: what is written, and what it becomes.
//!
//! [`Config::parse`] is the only way to a [`Config`], so nothing downstream validates again. The message of an
//! error names the key and what was expected, since the person who reads it looks at a proxy that will not start.
//!
//! The larger steps are not inlined into one another, here and in `mapping`: they run once, and the proxy's compiler
//! takes memory by the largest function of the module (docs/performance.md).

mod compile;
mod console;
mod credential;
mod directory;
mod events;
mod key;
mod lookup;
mod mapping;
mod wire;
mod wire_directory;

use std::fmt;

pub use compile::{Config, UserService};
pub use console::Console;
pub use credential::{Credential, Fingerprint, JwtRules, Proof, SlowHash, Window};
pub use directory::{Directories, Directory, DirectoryId, RateLimit};
pub use events::{CloudEventsShape, Environment, EventSettings, Format, Secret, Signature};
pub use key::Key;
pub use lookup::{Forget, Lookup};
pub use mapping::{
    AnswerWire, ApartWire, BodyWire, CallWire, EntryWire, FactWire, ListWire, MappingWire, MembersMapWire, PageWire,
    PagingWire, ReadWire, ReferencesWire, RouteWire, TotalWire, TypeMapWire,
};
pub use wire::{ConfigWire, DeactivationWire, LockoutWire, RecordCache};
pub use wire_directory::{DirectoryWire, State};

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// `directories[1].credentials[0].bearer.sha256`
    pub key: String,
    /// What was expected.
    pub reason: String,
}

impl ConfigError {
    pub(crate) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" | "." => write!(f, "configuration: {}", self.reason),
            key => write!(f, "configuration: {key}: {}", self.reason),
        }
    }
}

impl std::error::Error for ConfigError {}

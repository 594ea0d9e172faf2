//! The gateway: a configuration ready to take requests.

use crate::config::{Config, ConfigError};

/// Everything that requests share. Made once per configuration.
#[derive(Debug)]
pub struct Gateway {
    /// What the operator wrote.
    pub config: Config,
}

impl Gateway {
    /// Read a configuration.
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn new(config: &[u8]) -> Result<Self, ConfigError> {
        Config::parse(config).map(|config| Self { config })
    }
}

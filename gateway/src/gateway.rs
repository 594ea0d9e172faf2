//! The gateway: a configuration ready to take requests.

use crate::config::{Config, ConfigError, Environment};
use crate::lookup::Compiled;

/// Everything that requests share. Made once per configuration.
#[derive(Debug)]
pub struct Gateway {
    /// What the operator wrote.
    pub config: Config,
    /// Directories that are not in it.
    pub(crate) compiled: Compiled,
}

impl Gateway {
    /// With this configuration.
    pub fn of(config: Config) -> Self {
        Self { config, compiled: Compiled::default() }
    }

    /// Read a configuration that needs no secrets.
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn new(config: &[u8]) -> Result<Self, ConfigError> {
        Self::with_environment(config, &|_| None)
    }

    /// Read a configuration, with secrets from the environment.
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn with_environment(config: &[u8], environment: Environment<'_>) -> Result<Self, ConfigError> {
        Config::parse(config, environment).map(Self::of)
    }
}

//! The gateway: a configuration and the schemas, ready to take requests.

use crate::config::{Config, ConfigError};
use crate::schema::SchemaSet;

/// Everything that requests share. Made once per configuration.
#[derive(Debug)]
pub struct Gateway {
    /// What the operator wrote.
    pub config: Config,
    /// The resource types.
    pub schemas: SchemaSet,
}

impl Gateway {
    /// Read a configuration.
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn new(config: &[u8]) -> Result<Self, ConfigError> {
        let config = Config::parse(config)?;
        let schemas = SchemaSet::core().map_err(|e| ConfigError { key: "schemas".into(), reason: e.to_string() })?;
        Ok(Self { config, schemas })
    }
}

//! Real Envoys, one for each configuration that a conversation asks for.

use anyhow::Result;
use serde_json::Value;

use super::Setup;
use crate::stack::{Options, ScimClient, Stack, configure};

/// Started when they are first needed, ended with this value.
#[derive(Default)]
pub struct Envoys(Vec<(Value, Stack)>);

impl Envoys {
    /// A client of a stack with this configuration and an empty store, or this empty database. The one before it sees the same store.
    pub fn client(&mut self, setup: &Setup, database_url: Option<&str>) -> Result<ScimClient> {
        let known = self.0.iter().position(|(configuration, _)| *configuration == setup.configuration);
        let place = known.map_or_else(|| self.start(setup), Ok)?;
        let (_, stack) = &mut self.0[place];
        // A stack that has just been started is empty, on SQLite.
        if known.is_some() || database_url.is_some() {
            stack.forget(database_url)?;
        }
        stack.client(&setup.directory)
    }

    fn start(&mut self, setup: &Setup) -> Result<usize> {
        let edits = vec![configure(setup.configuration.clone())];
        let stack = Stack::start(Options { edits, workers: 1, ..Options::default() })?;
        self.0.push((setup.configuration.clone(), stack));
        Ok(self.0.len() - 1)
    }
}

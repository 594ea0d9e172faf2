//! Real Envoys, one for each configuration that a conversation asks for.

use anyhow::Result;
use serde_json::Value;

use super::Setup;
use crate::stack::{Options, ScimClient, Stack, configure};

/// Started when they are first needed, ended with this value.
#[derive(Default)]
pub struct Envoys(Vec<(Value, Stack)>);

impl Envoys {
    /// A client of a stack with this configuration and an empty store. The one before it sees the same store.
    pub fn client(&mut self, setup: &Setup) -> Result<ScimClient> {
        let known = self.0.iter().position(|(configuration, _)| *configuration == setup.configuration);
        match known.and_then(|place| self.0.get_mut(place)) {
            Some((_, stack)) => {
                stack.forget()?;
                stack.client(&setup.directory)
            }
            None => self.start(setup)?.client(&setup.directory),
        }
    }

    fn start(&mut self, setup: &Setup) -> Result<&Stack> {
        let edits = vec![configure(setup.configuration.clone())];
        let stack = Stack::start(Options { edits, workers: 1, ..Options::default() })?;
        self.0.push((setup.configuration.clone(), stack));
        let (_, stack) = &self.0[self.0.len() - 1];
        Ok(stack)
    }
}

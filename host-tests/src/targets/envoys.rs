//! Real Envoys, one for each configuration that a conversation asks for.

use anyhow::Result;

use super::{SECRETS, Setup};
use crate::conversation::ServiceKind;
use crate::stack::{Backend, Edit, Options, Program, ScimClient, Stack, configure, replace, rest_service};

/// Started when they are first needed, ended with this value.
#[derive(Default)]
pub struct Envoys {
    started: Vec<(Setup, Stack)>,
    service: Program,
}

impl Envoys {
    /// From now on the user service is this one.
    pub fn put_before(&mut self, program: Program) {
        let of_its_kind = self.started.iter_mut().filter(|(setup, _)| setup.service == ServiceKind::Reference);
        of_its_kind.for_each(|(_, stack)| stack.put_before(program.clone()));
        self.service = program;
    }

    /// A client of a stack with this configuration and an empty store, or this empty database. The one before it sees the
    /// same store.
    pub fn client(&mut self, setup: &Setup, database_url: Option<&str>) -> Result<ScimClient> {
        let same = |known: &Setup| known.configuration == setup.configuration && known.service == setup.service;
        let known = self.started.iter().position(|(known, _)| same(known)).filter(|_| !setup.fresh_proxy);
        let place = known.map_or_else(|| self.start(setup), Ok)?;
        let (_, stack) = &mut self.started[place];
        // A stack that has just been started is empty, on SQLite.
        if known.is_some() || database_url.is_some() {
            stack.forget(database_url)?;
        }
        stack.client(&setup.directory)
    }

    fn start(&mut self, setup: &Setup) -> Result<usize> {
        let edits = vec![configure(setup.configuration.clone()), environment()];
        let env = SECRETS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let program = match setup.service {
            ServiceKind::Reference => self.service.clone(),
            ServiceKind::Rest => Program { path: Some(rest_service()?), ..Program::default() },
        };
        let backend = Backend::Program(program);
        let stack = Stack::start(Options { edits, env, backend, workers: 1, ..Options::default() })?;
        self.started.push((setup.clone(), stack));
        Ok(self.started.len() - 1)
    }
}

/// Envoy hands the filter what is named here, and nothing else of its environment.
pub fn environment() -> Edit {
    let names: Vec<_> = SECRETS.iter().map(|(name, _)| *name).collect();
    let keys = format!("environment_variables: {{ host_env_keys: [{}] }}", names.join(", "));
    replace("# environment_variables: { host_env_keys: [USHER_SIGNING_SECRET] }", keys)
}

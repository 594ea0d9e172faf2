//! The whole stack on this machine: Envoy with the sample configuration and the module, and the reference user service
//! behind it.

mod backend;
mod config;
mod directory;
mod discovery;
mod env_file;
mod events;
mod find;
mod http;
pub mod jwt;
mod options;
mod plugin;
mod ports;
mod process;
mod proxy;
mod running;
mod service;
mod spawn;
mod wait;

use std::path::{Path, PathBuf};

use anyhow::Result;

pub use backend::{Backend, Program};
pub use config::{Edit, cut, replace, without_filter};
pub use directory::{ACME, Directory, GLOBEX};
pub use discovery::Discovery;
pub use events::Events;
pub use find::{envoy, repository, rest_service, wasm};
pub use http::ScimClient;
pub use options::Options;
pub(crate) use options::temporary_dir;
pub use plugin::{cached_configuration, configure, extend, extra, lay_over, plugin_configuration};
pub use ports::Ports;
pub use process::Process;
pub use proxy::Proxy;
pub use running::{Running, announce_holder, take_down};
pub use service::LoneService;

/// A running stack. When it goes out of scope its processes are ended.
pub struct Stack {
    pub ports: Ports,
    dir: PathBuf,
    backend: Backend,
    service: Option<Process>,
    envoy: Option<Proxy>,
    events: Events,
    temporary: bool,
}

impl Stack {
    /// Starts both processes and returns when both answer.
    pub fn start(options: Options) -> Result<Stack> {
        let mut options = options;
        let mut ports = options.ports.pick()?;
        let backend = std::mem::take(&mut options.backend);
        ports.service = backend.port().unwrap_or(ports.service);
        let dir = options.prepare_dir()?;
        let mut stack = Stack {
            ports,
            backend,
            service: None,
            envoy: None,
            events: Events::of(&dir.join("events.jsonl"))?,
            temporary: options.dir.is_none(),
            dir,
        };
        stack.start_service()?;
        stack.envoy = Some(Proxy::start(&options, stack.ports, &stack.dir)?);
        Ok(stack)
    }

    /// Starts the user service (again) on what it has stored; one that is there anyway is not ours to start.
    pub fn start_service(&mut self) -> Result<()> {
        if let Some(service) = self.backend.start(self.ports.service, &self.dir)? {
            self.service = Some(service);
        }
        Ok(())
    }

    /// Ends the user service as a crash would: SIGKILL.
    pub fn kill_service(&mut self) {
        if let Some(service) = self.service.take() {
            service.kill();
        }
    }

    /// From its next start on the user service is this one.
    pub fn put_before(&mut self, program: Program) {
        self.backend = Backend::Program(program);
    }

    /// Starts the user service anew, with nothing stored and no events: in a file, or in this database, which is empty.
    pub fn forget(&mut self, database_url: Option<&str>) -> Result<()> {
        self.backend.store_in(database_url);
        self.kill_service();
        options::forget_store(&self.dir)?;
        self.start_service()?;
        self.events = Events::of(&self.file("events.jsonl"))?;
        Ok(())
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.scim)
    }

    pub fn service_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.service)
    }

    pub fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.admin)
    }

    /// What Envoy's admin answers, such as `/stats/prometheus`.
    pub fn admin(&self, path: &str) -> Result<String> {
        http::get(&format!("{}{path}", self.admin_url())).map(|(_, body)| body)
    }

    /// The events that were accepted since the last call.
    pub fn events(&mut self) -> Result<Vec<serde_json::Value>> {
        self.events.new_ones()
    }

    /// A client of one directory, which plays conversations.
    pub fn client(&self, directory: &Directory) -> Result<ScimClient> {
        ScimClient::new(directory.base(&self.url()), directory.token, &self.file("events.jsonl"))
    }

    /// A file of the run: `access.log`, `envoy.log`, `user-service.log`, `events.jsonl`, `envoy.yaml`, `users.db`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn envoy_pid(&self) -> Option<u32> {
        self.envoy.as_ref().and_then(Proxy::pid)
    }

    pub fn service_pid(&self) -> Option<u32> {
        self.service.as_ref().map(Process::pid)
    }

    /// Stops both, Envoy first, so that no request meets a service that is gone.
    pub fn stop(&mut self) {
        self.envoy.take().into_iter().for_each(|mut envoy| envoy.stop());
        self.service.take().into_iter().for_each(Process::stop);
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.stop();
        if self.temporary && std::thread::panicking() {
            eprintln!("the logs are in {}", self.dir.display());
        } else if self.temporary {
            drop(std::fs::remove_dir_all(&self.dir));
        }
    }
}

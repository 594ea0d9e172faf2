//! One worker of the proxy with its own VM: started, ticked, looked into. Exchanges are played in
//! `conversation`.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::abi::Status;
use super::callback::Callback;
use super::host::{Host, ROOT};
use super::log::LogLine;
use super::module::Module;
use super::options::Options;
use super::reply::{Ending, Failure};
use super::service_call::{ServiceCall, Token};
use super::vm::{Paused, Ran, Vm};

pub struct Worker {
    pub(super) vm: Vm,
    /// The callback that waits for a decision about its call.
    pub(super) stopped: Option<Stopped>,
    pub(super) endings: BTreeMap<u32, Ending>,
    pub(super) last_context: u32,
}

pub(super) struct Stopped {
    pub(super) stream: u32,
    pub(super) token: Token,
    pub(super) callback: Callback,
    pub(super) paused: Paused,
}

/// The plugin did not start: with a static configuration Envoy would exit here.
#[derive(Debug)]
pub struct StartError {
    pub reason: String,
    pub logs: Vec<LogLine>,
}

impl Worker {
    /// Does what Envoy does once per worker, up to `on_configure`.
    pub fn start(module: &Module, config: &[u8], options: Options) -> Result<Self, StartError> {
        let (store, instance) =
            module.instantiate(Host::new(options)).map_err(|error| StartError::new(error.to_string(), &[]))?;
        let mut worker =
            Self { vm: Vm::new(store, instance), stopped: None, endings: BTreeMap::new(), last_context: ROOT };
        match worker.begin(config) {
            Ok(()) => Ok(worker),
            Err(reason) => Err(StartError::new(reason, worker.logs())),
        }
    }

    fn begin(&mut self, config: &[u8]) -> Result<(), String> {
        self.root(Callback::Initialize, &[])?;
        self.root(Callback::ContextCreate, &[ROOT, 0])?;
        let vm_config_size = self.host().options.vm_config.len() as u32;
        self.root_agrees(Callback::VmStart, vm_config_size)?;
        self.host_mut().plugin_config = Some(config.to_vec());
        self.root_agrees(Callback::Configure, config.len() as u32)?;
        self.host_mut().plugin_config = None;
        Ok(())
    }

    fn root_agrees(&mut self, callback: Callback, size: u32) -> Result<(), String> {
        match self.root(callback, &[ROOT, size])? {
            0 => Err(format!("{} returned false", callback.export())),
            _ => Ok(()),
        }
    }

    pub(super) fn root(&mut self, callback: Callback, args: &[u32]) -> Result<u32, String> {
        match self.vm.run(ROOT, callback, args) {
            Ran::Returned(value) => Ok(value),
            Ran::Trapped(why) => Err(why),
            Ran::Asking(_) => Err("a root context can not be asking".into()),
        }
    }

    /// The timer fires, whether or not its period has passed.
    pub fn tick(&mut self) -> Result<(), Failure> {
        self.let_go(None);
        let was_dead = self.vm.dead().is_some();
        let ticked = self.root(Callback::Tick, &[ROOT]);
        ticked.map(drop).map_err(|why| match was_dead {
            true => Failure::Dead(why),
            false => Failure::Trapped(why),
        })
    }

    pub fn tick_period(&self) -> Option<Duration> {
        let millis = self.host().tick_period_ms?;
        Some(Duration::from_millis(millis.into()))
    }

    /// Calls made by the root context (on_configure, on_tick) since last asked. Answer them by token.
    pub fn take_root_calls(&mut self) -> Vec<(Token, ServiceCall)> {
        std::mem::take(&mut self.host_mut().root_calls)
    }

    /// Everything said so far, by whatever context.
    pub fn logs(&self) -> &[LogLine] {
        &self.host().log
    }

    /// Counters, gauges and the last value of histograms, by name.
    pub fn metrics(&self) -> &BTreeMap<String, u64> {
        self.host().metrics.by_name()
    }

    pub fn metric(&self, name: &str) -> u64 {
        self.metrics().get(name).copied().unwrap_or_default()
    }

    /// Why the VM is dead, if it is. A second worker on the same shared data is what FAIL_RELOAD gives.
    pub fn dead(&self) -> Option<&str> {
        self.vm.dead()
    }

    /// The VM's memory, which only ever grows.
    pub fn memory_bytes(&self) -> usize {
        self.vm.memory_bytes()
    }

    pub(super) fn host(&self) -> &Host {
        self.vm.host()
    }

    pub(super) fn host_mut(&mut self) -> &mut Host {
        self.vm.host_mut()
    }

    /// A call nobody decided about counts as taken once the test turns to something else. A call the listener
    /// has not been told of yet still waits.
    pub(super) fn let_go(&mut self, listener: Option<u32>) {
        while let Some(stream) = self.stopped.as_ref().map(|stopped| stopped.stream) {
            let state = self.host().streams.get(&stream);
            let untold = state.is_some_and(|state| !state.untold.is_empty());
            if untold && listener == Some(stream) {
                return;
            }
            self.resume(Status::Ok);
        }
    }
}

impl StartError {
    fn new(reason: String, logs: &[LogLine]) -> Self {
        let logs = logs.to_vec();
        Self { reason, logs }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plugin did not start: {}", self.reason)?;
        self.logs.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl std::error::Error for StartError {}

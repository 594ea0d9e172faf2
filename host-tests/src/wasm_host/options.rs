//! What a worker is started with besides the module and the plugin configuration.

use super::clock::Clock;
use super::log::Level;
use super::shared_data::SharedData;

#[derive(Clone, Debug)]
pub struct Options {
    /// `vm_config.environment_variables`: where secrets come from.
    pub env: Vec<(String, String)>,
    pub clock: Clock,
    /// The same seed gives the filter the same random bytes; none gives others each time.
    pub seed: Option<u64>,
    /// Clone one value into several workers to let them share a `vm_id`.
    pub shared: SharedData,
    pub vm_config: Vec<u8>,
    /// Lines below this level are dropped, as by `--component-log-level wasm:...`.
    pub log_level: Level,
    /// `per_connection_buffer_limit_bytes`: a paused request over it is answered 413 by the proxy.
    pub buffer_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            env: Vec::new(),
            clock: Clock::Real,
            seed: None,
            shared: SharedData::default(),
            vm_config: Vec::new(),
            log_level: Level::Trace,
            buffer_limit: 1024 * 1024,
        }
    }
}

impl Options {
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    pub fn shared(mut self, shared: &SharedData) -> Self {
        self.shared = shared.clone();
        self
    }
}

//! What the hostcalls of one VM work on: its streams, calls, log, metrics and settings.

use std::collections::BTreeMap;

use wasmi::{Memory, StoreLimits, StoreLimitsBuilder, TypedFunc};

use super::log::{Level, LogLine};
use super::metrics::Metrics;
use super::options::Options;
use super::random::Random;
use super::service_call::{CallResponse, ServiceCall, Token};
use super::stream::StreamState;

pub(super) const ROOT: u32 = 1;

/// The engine of Envoy stops a module's memory here, whatever the module declares.
const MEMORY_LIMIT: usize = 1024 * 1024 * 1024;

pub(super) struct Host {
    pub(super) options: Options,
    pub(super) random: Random,
    pub(super) limits: StoreLimits,
    pub(super) memory: Option<Memory>,
    pub(super) allocate: Option<TypedFunc<u32, u32>>,
    pub(super) streams: BTreeMap<u32, StreamState>,
    pub(super) log: Vec<LogLine>,
    pub(super) metrics: Metrics,
    /// Readable only while `on_configure` runs.
    pub(super) plugin_config: Option<Vec<u8>>,
    pub(super) tick_period_ms: Option<u32>,
    /// Which context each accepted call belongs to.
    pub(super) pending: BTreeMap<u32, u32>,
    last_token: u32,
    /// The call that waits for somebody to decide about it.
    pub(super) asked: Option<(Token, ServiceCall)>,
    /// Calls of the root context, which nobody is asked about.
    pub(super) root_calls: Vec<(Token, ServiceCall)>,
    pub(super) can_ask: bool,
    /// Readable only while `on_http_call_response` runs.
    pub(super) call_response: Option<CallResponse>,
    current: u32,
    effective: Option<u32>,
}

impl Host {
    pub(super) fn new(options: Options) -> Self {
        Self {
            random: Random::new(options.seed),
            options,
            limits: StoreLimitsBuilder::new().memory_size(MEMORY_LIMIT).build(),
            memory: None,
            allocate: None,
            streams: BTreeMap::new(),
            log: Vec::new(),
            metrics: Metrics::default(),
            plugin_config: None,
            tick_period_ms: None,
            pending: BTreeMap::new(),
            last_token: 0,
            asked: None,
            root_calls: Vec::new(),
            can_ask: false,
            call_response: None,
            current: ROOT,
            effective: None,
        }
    }

    /// The effective context lasts for one callback.
    pub(super) fn enter(&mut self, context: u32, can_ask: bool) {
        self.current = context;
        self.effective = None;
        self.can_ask = can_ask;
    }

    pub(super) fn set_effective(&mut self, context: u32) -> bool {
        let known = context == ROOT || self.streams.contains_key(&context);
        if known {
            self.effective = Some(context);
        }
        known
    }

    /// The context a hostcall acts for.
    pub(super) fn acting(&self) -> u32 {
        self.effective.unwrap_or(self.current)
    }

    pub(super) fn stream(&self) -> Option<&StreamState> {
        self.streams.get(&self.acting())
    }

    pub(super) fn stream_mut(&mut self) -> Option<&mut StreamState> {
        let acting = self.acting();
        self.streams.get_mut(&acting)
    }

    pub(super) fn say(&mut self, level: Level, text: &[u8]) {
        if level >= self.options.log_level {
            let context = self.acting();
            let text = String::from_utf8_lossy(text).into_owned();
            self.log.push(LogLine { context, level, text });
        }
    }

    pub(super) fn accept_call(&mut self) -> Token {
        self.last_token += 1;
        self.pending.insert(self.last_token, self.acting());
        Token(self.last_token)
    }

    pub(super) fn has_pending(&self, context: u32) -> bool {
        self.pending.values().any(|owner| *owner == context)
    }

    /// Calls end with their stream: no callback comes late (80,000 aborted calls, none seen).
    pub(super) fn cancel_calls(&mut self, context: u32) {
        self.pending.retain(|_, owner| *owner != context);
    }
}

//! Envoy with the sample configuration, with Usher or without it.
#![expect(clippy::indexing_slicing, reason = "a JSON value that lacks a key has null there")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::thread::{CpuSet, Pid, sched_setaffinity};
use serde_json::{Value, json};
use usher_host_tests::stack::{
    self, Backend, Edit, Options, Stack, configure, cut, plugin_configuration, replace, without_filter,
};

use crate::{OURS, THEIRS};

pub(crate) struct Proxy {
    stack: Stack,
    pid: u32,
    /// From the start of the process until it answers.
    pub(crate) start: Duration,
}

/// The key of the signatures; known to everybody, like the demo tokens.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

impl Proxy {
    /// Forwards everything to the upstream.
    pub(crate) fn plain(upstream: u16) -> Result<Proxy> {
        let forward = replace("direct_response: { status: 503 }", "route: { cluster: user-service }");
        Proxy::launch(upstream, None, vec![without_filter(), forward])
    }

    /// With a filter that only holds, calls and answers (filter/src/least.rs).
    pub(crate) fn least(upstream: u16) -> Result<Proxy> {
        let built = stack::repository().join("target/least/wasm32-wasip1/release/usher_filter.wasm");
        Proxy::launch(upstream, Some(built), Vec::new())
    }

    /// With Usher, configured as in the sample, signing, and with this laid over it.
    pub(crate) fn usher(upstream: u16, change: impl FnOnce(&mut Value)) -> Result<Proxy> {
        let mut configuration = plugin_configuration()?;
        configuration["events"] = json!({"signatures": [{"standard_webhooks": {"secret_env": ["BENCH_SECRET"]}}]});
        // One stranger makes all the wrong guesses.
        configuration["lockout"] = json!({"failures": 0});
        // There is no access log to show them.
        configuration["log_fields"] = json!(false);
        change(&mut configuration);
        let environment = replace(
            "# environment_variables: { host_env_keys: [USHER_SIGNING_SECRET] }",
            format!("environment_variables: {{ key_values: {{ BENCH_SECRET: {SECRET} }} }}"),
        );
        Proxy::launch(upstream, None, vec![configure(configuration), environment])
    }

    /// Neither writes an access log: it would cost both the same and hide what is measured.
    fn launch(upstream: u16, wasm: Option<PathBuf>, mut edits: Vec<Edit>) -> Result<Proxy> {
        edits.push(cut("          # One line of JSON for each request.", "  clusters:\n"));
        let options = Options { backend: Backend::There(upstream), wasm, edits, workers: 1, ..Options::default() };
        // It compiles the module on every core there is, as it would anywhere.
        pin(None, &[THEIRS, OURS]);
        let begin = Instant::now();
        let stack = Stack::start(options);
        let start = begin.elapsed();
        pin(None, &[OURS]);
        let stack = stack?;
        let pid = stack.envoy_pid().context("Envoy has a pid")?;
        let proxy = Proxy { stack, pid, start };
        proxy.threads().iter().for_each(|tid| pin(tid.parse().ok().and_then(Pid::from_raw), &[THEIRS]));
        Ok(proxy)
    }

    pub(crate) fn port(&self) -> u16 {
        self.stack.ports.scim
    }

    /// CPU that all its threads have had.
    pub(crate) fn cpu_nanos(&self) -> u64 {
        let spent = |tid: &str| fs::read_to_string(format!("/proc/{}/task/{tid}/schedstat", self.pid)).ok();
        let nanos = |tid: &str| spent(tid)?.split(' ').next()?.parse::<u64>().ok();
        self.threads().iter().filter_map(|tid| nanos(tid)).sum()
    }

    /// Resident memory in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
    }

    fn threads(&self) -> Vec<String> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten().flatten();
        tasks.filter_map(|task| task.file_name().into_string().ok()).collect()
    }
}

/// Keeps a thread (this one, and those it starts) on these cores.
pub(crate) fn pin(thread: Option<Pid>, wanted: &[usize]) {
    let mut cores = CpuSet::new();
    wanted.iter().for_each(|core| cores.set(*core));
    // Not allowed everywhere, and not possible where there is only one; the figures are less steady then.
    let _ = sched_setaffinity(thread, &cores);
}

/// As many directories as a SaaS has customers; the ones of the sample among them.
pub(crate) fn directories(count: usize) -> impl FnOnce(&mut Value) {
    move |configuration| {
        let hash = configuration["directories"][0]["credentials"].clone();
        let one = |i: usize| json!({"id": format!("customer-{i}"), "provider": "okta", "credentials": hash});
        let others = (1..count).map(one);
        if let Some(list) = configuration["directories"].as_array_mut() {
            list.truncate(1);
            list.extend(others);
        }
    }
}

/// Where the module is.
pub(crate) fn module_bytes() -> Result<u64> {
    Ok(fs::metadata(stack::wasm()?)?.len())
}

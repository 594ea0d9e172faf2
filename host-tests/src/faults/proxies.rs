//! The Envoys of a run, and what is done to them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::keys::{self, Keys};
use super::{Kind, Plan, clock::Clock, sabotage};
use crate::stack::{Discovery, Edit, Options, Ports, Proxy, configure, jwt, plugin_configuration, replace};

/// Milliseconds that the service has for an answer; so that what hangs does not hold up a run.
const TIMEOUT_MS: u64 = 1_000;

pub(super) struct Proxies {
    proxies: Vec<Proxy>,
    dirs: Vec<PathBuf>,
    discovery: Option<Discovery>,
    clock: Option<Clock>,
    keys: Option<Keys>,
    /// What ended proxies had counted.
    reloads: usize,
}

impl Proxies {
    pub(super) fn start(kind: Kind, service: u16, dir: &Path, plan: &Plan) -> Result<Proxies> {
        let replicas = if kind == Kind::ReplicaKilled { 3 } else { 1 };
        let discovery = matches!(kind, Kind::Reloads | Kind::WrongReloads).then(Discovery::new).transpose()?;
        let clock = (kind == Kind::ClockJumps).then(|| Clock::new(dir)).transpose()?;
        let keys = (kind == Kind::KeysGone).then(Keys::new).transpose()?;
        let mut proxies = Proxies { proxies: Vec::new(), dirs: Vec::new(), discovery, clock, keys, reloads: 0 };
        for number in 0..replicas {
            proxies.add(&dir.join(format!("envoy-{number}")), service, plan)?;
        }
        Ok(proxies)
    }

    fn add(&mut self, dir: &Path, service: u16, plan: &Plan) -> Result<()> {
        std::fs::create_dir_all(dir)?;
        let mut options = Options { edits: self.edits()?, ..Options::default() };
        // A queue that is full must not cost two seconds.
        options.edits.push(replace("connect_timeout: 2s", "connect_timeout: 0.5s"));
        if let Some(what) = &plan.sabotage {
            options.wasm = Some(sabotage::wrong_build()?);
            options.edits.push(sabotage::edit(what));
        }
        options.edits.extend(self.discovery.as_ref().map(Discovery::edit));
        options.env = self.clock.as_ref().map(Clock::surroundings).unwrap_or_default();
        let ports = Ports { service, ..Ports::default().pick()? };
        self.proxies.push(Proxy::start(&options, ports, dir)?);
        self.dirs.push(dir.to_owned());
        Ok(())
    }

    fn edits(&self) -> Result<Vec<Edit>> {
        let mut configuration = configuration()?;
        let Some(keys) = &self.keys else { return Ok(vec![configure(configuration)]) };
        keys::with_jwts(&mut configuration)?;
        let mut edits = jwt::verified_by_keys_at(keys.port())?;
        edits.push(configure(configuration));
        Ok(edits)
    }

    pub(super) fn ports(&self) -> Vec<u16> {
        self.proxies.iter().map(|proxy| proxy.ports().scim).collect()
    }

    /// Does to them what this kind of fault does, for the so-many-th time.
    pub(super) fn disturb(&mut self, kind: Kind, time: usize) -> Result<()> {
        match kind {
            Kind::EnvoyKilled => self.end(0, Proxy::kill),
            Kind::ReplicaKilled => self.end(time % self.proxies.len(), Proxy::kill),
            Kind::EnvoyDrained => {
                let _ = self.proxies[0].tell("/drain_listeners?graceful&skip_exit");
                std::thread::sleep(Duration::from_millis(300));
                self.end(0, Proxy::stop)
            }
            Kind::Reloads => self.publish(another(time)?),
            Kind::WrongReloads => self.publish(wrong(time)?),
            Kind::ClockJumps => self.clock.as_mut().context("no clock")?.jump(time),
            Kind::KeysGone => self.set_keys_gone(time.is_multiple_of(2)),
            _ => Ok(()),
        }
    }

    /// Puts right what has to be.
    pub(super) fn calm(&mut self, kind: Kind) -> Result<()> {
        match kind {
            Kind::ClockJumps => self.clock.as_mut().context("no clock")?.confirm(&self.dirs[0]),
            Kind::WrongReloads => self.confirm_refusals(),
            Kind::KeysGone => self.set_keys_gone(false).and_then(|()| self.confirm_missing_keys()),
            _ => Ok(()),
        }
    }

    fn end(&mut self, which: usize, how: fn(&mut Proxy)) -> Result<()> {
        self.look()?;
        how(&mut self.proxies[which]);
        std::thread::sleep(Duration::from_millis(200));
        self.proxies[which].start_again()
    }

    fn publish(&self, configuration: Value) -> Result<()> {
        self.discovery.as_ref().context("no discovery")?.publish(configuration)
    }

    fn set_keys_gone(&self, gone: bool) -> Result<()> {
        self.keys.as_ref().context("no keys")?.set_gone(gone);
        Ok(())
    }

    fn confirm_missing_keys(&self) -> Result<()> {
        ensure!(total(&self.proxies[0].admin("/stats?filter=jwks_fetch_failed")?) > 0, "the keys were never missing");
        Ok(())
    }

    fn confirm_refusals(&self) -> Result<()> {
        let path = "/stats?filter=extension_config_discovery.http_filter.usher.config_fail";
        ensure!(total(&self.proxies[0].admin(path)?) > 0, "no wrong configuration was refused");
        Ok(())
    }

    /// Notes what they have counted so far, which ends with them.
    pub(super) fn look(&mut self) -> Result<()> {
        for proxy in &mut self.proxies {
            ensure!(!proxy.has_ended(), "Envoy ended by itself");
            self.reloads = self.reloads.max(total(&proxy.admin("/stats?filter=vm_reload_success")?));
        }
        Ok(())
    }

    pub(super) fn vm_reloads(&self) -> usize {
        self.reloads
    }

    /// Traps in the module, as the logs tell.
    pub(super) fn panics(&self) -> Result<usize> {
        let mut count = 0;
        for dir in &self.dirs {
            let log = std::fs::read_to_string(dir.join("envoy.log"))?;
            count += log
                .lines()
                .filter(|line| line.contains("Uncaught RuntimeError") || line.contains("panicked at"))
                .count();
        }
        Ok(count)
    }
}

fn configuration() -> Result<Value> {
    let mut configuration = plugin_configuration()?;
    configuration["user_service"]["timeout_ms"] = TIMEOUT_MS.into();
    Ok(configuration)
}

/// Good, and different: limits change, a third directory comes and goes, and each has one more token now and then.
fn another(time: usize) -> Result<Value> {
    let mut configuration = configuration()?;
    configuration["limits"] = json!({"page_size": 100 + time % 50});
    let directories = configuration["directories"].as_array_mut().context("no directories")?;
    if time.is_multiple_of(2) {
        let credentials = directories[0]["credentials"].clone();
        directories.push(json!({"id": "initech", "credentials": credentials}));
    }
    if time.is_multiple_of(3) {
        let more = directories[1]["credentials"][0].clone();
        directories[0]["credentials"].as_array_mut().context("no credentials")?.insert(0, more);
    }
    Ok(configuration)
}

/// Nothing that may ever be loaded.
fn wrong(time: usize) -> Result<Value> {
    let mut configuration = configuration()?;
    match time % 4 {
        0 => configuration["directories"][1]["stric"] = json!(true),
        1 => configuration["directories"][0]["credentials"] = json!([]),
        2 => configuration["directories"][1]["id"] = configuration["directories"][0]["id"].clone(),
        _ => configuration = json!("not at all"),
    }
    Ok(configuration)
}

/// The sum of the numbers in lines such as `name: 3`.
fn total(stats: &str) -> usize {
    stats.lines().filter_map(|line| line.rsplit(": ").next()?.parse::<usize>().ok()).sum()
}

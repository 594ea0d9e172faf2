//! One Envoy with the sample configuration: started, ended, and started again on the same ports.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::{Options, Ports, Process, config, http, wait};

pub struct Proxy {
    ports: Ports,
    dir: PathBuf,
    program: PathBuf,
    workers: u32,
    env: Vec<(String, String)>,
    arguments: Vec<String>,
    process: Option<Process>,
}

impl Proxy {
    /// Writes the configuration into this directory and starts Envoy with it. Returns when it answers.
    pub fn start(options: &Options, ports: Ports, dir: &Path) -> Result<Proxy> {
        let file = dir.join("envoy.yaml");
        let text = config::write(&options.wasm()?, ports, &options.edits)?;
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        let Options { workers, env, arguments, .. } = options;
        let (dir, env, arguments) = (dir.to_owned(), env.clone(), arguments.clone());
        let mut proxy =
            Proxy { ports, dir, program: options.envoy()?, workers: *workers, env, arguments, process: None };
        proxy.start_again()?;
        Ok(proxy)
    }

    /// Starts it with the configuration it had.
    pub fn start_again(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.dir.join("envoy.yaml")).arg("--use-dynamic-base-id");
        command.args(["--concurrency", &self.workers.to_string()]);
        // Envoy writes its access log every ten seconds; tests and people would rather see it now.
        command.args(["--file-flush-interval-msec", "100"]);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.args(&self.arguments);
        let mut envoy = Process::spawn("envoy", command, &self.dir)?;
        wait::until_answering(&mut envoy, &format!("{}/ready", self.admin_url()))?;
        wait::until_answering(&mut envoy, &format!("http://127.0.0.1:{}/", self.ports.scim))?;
        self.process = Some(envoy);
        Ok(())
    }

    pub fn ports(&self) -> Ports {
        self.ports
    }

    pub fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.admin)
    }

    /// What Envoy's admin answers, such as `/stats/prometheus`.
    pub fn admin(&self, path: &str) -> Result<String> {
        http::get(&format!("{}{path}", self.admin_url())).map(|(_, body)| body)
    }

    /// Tells Envoy's admin to do something, such as `/drain_listeners?graceful`.
    pub fn tell(&self, path: &str) -> Result<()> {
        http::post(&format!("{}{path}", self.admin_url()))
    }

    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::ended)
    }

    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.pid().and_then(|pid| Pid::from_raw(pid as i32)).context("Envoy does not run")?;
        Ok(kill_process(pid, signal)?)
    }

    /// Asks it to end, and insists after a while.
    pub fn stop(&mut self) {
        self.process.take().into_iter().for_each(Process::stop);
    }

    /// Ends it as a crash would: SIGKILL.
    pub fn kill(&mut self) {
        self.process.take().into_iter().for_each(Process::kill);
    }
}

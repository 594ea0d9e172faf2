//! One process of the stack, with its log files.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::spawn::spawn;
use super::wait;

/// How long a process may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// A child that is killed when dropped.
pub struct Process {
    name: &'static str,
    child: Option<Child>,
    dir: PathBuf,
}

impl Process {
    /// Starts `command` in a process group of its own, so that a Ctrl-C for this program is not one for it. What it
    /// prints goes to `access.log` (Envoy's standard output) and `<name>.log`, its pid to `<name>.pid`.
    pub(crate) fn spawn(name: &'static str, mut command: Command, dir: &Path) -> Result<Process> {
        let log = log_file(dir, name);
        let output = if name == "envoy" { dir.join("access.log") } else { log.clone() };
        command.process_group(0).stdin(Stdio::null());
        command.stdout(append(&output)?).stderr(append(&log)?);
        let program = command.get_program().to_owned();
        let child = spawn(command).with_context(|| format!("cannot start {}", Path::new(&program).display()))?;
        let process = Process { name, child: Some(child), dir: dir.to_owned() };
        let file = pid_file(dir, name);
        std::fs::write(&file, format!("{}\n", process.pid()))
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(process)
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// The end of its log, for an error message.
    pub(super) fn last_words(&self) -> String {
        let log = log_file(&self.dir, self.name);
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default();
        format!("{} says (last lines of {}):\n{}", self.name, log.display(), last.join("\n"))
    }

    /// Asks it to end, and insists after a while.
    pub(crate) fn stop(mut self) {
        if let Some(pid) = Pid::from_raw(self.pid() as i32) {
            // It may have ended just now.
            let _ = kill_process(pid, Signal::TERM);
        }
        wait::until(PATIENCE, || self.ended());
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(self) {}
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
            drop(std::fs::remove_file(pid_file(&self.dir, self.name)));
        }
    }
}

pub(super) fn pid_file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.pid"))
}

fn log_file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.log"))
}

fn append(file: &Path) -> Result<File> {
    let opened = File::options().create(true).append(true).open(file);
    opened.with_context(|| format!("cannot write {}", file.display()))
}

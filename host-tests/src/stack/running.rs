//! A stack that was left running: known by its pid files, and taken down by them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::process::pid_file;
use super::wait;

const PATIENCE: Duration = Duration::from_secs(5);
/// The one that holds a stack and ends the others comes first.
const HOLDER: &str = "usher-stack";
const NAMES: [&str; 3] = [HOLDER, "envoy", "user-service"];

/// A process that a pid file names and that is really there.
#[derive(Debug)]
pub struct Running {
    pub name: &'static str,
    pub pid: i32,
    file: PathBuf,
}

impl Running {
    pub fn all(dir: &Path) -> Vec<Running> {
        NAMES.into_iter().filter_map(|name| Running::find(dir, name)).collect()
    }

    fn find(dir: &Path, name: &'static str) -> Option<Running> {
        let file = pid_file(dir, name);
        let pid = std::fs::read_to_string(&file).ok()?.trim().parse().ok()?;
        Some(Running { name, pid, file }).filter(Running::is_there)
    }

    /// Whether it runs, and is what was started: pids are used again.
    fn is_there(&self) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else { return false };
        test_kill_process(pid).is_ok() && describe(self.pid).is_none_or(|found| found.contains(self.name))
    }

    fn end(&self) -> Result<()> {
        self.signal(Signal::TERM);
        if !wait::until(PATIENCE, || !self.is_there()) {
            self.signal(Signal::KILL);
        }
        if !wait::until(PATIENCE, || !self.is_there()) {
            bail!("{} (pid {}) does not end", self.name, self.pid);
        }
        // The holder has removed the files of its children, perhaps.
        let _ = std::fs::remove_file(&self.file);
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.is_there()) {
            // It may have ended just now.
            let _ = kill_process(pid, signal);
        }
    }
}

/// Makes this program known as the one that holds the stack.
pub fn announce_holder(dir: &Path) -> Result<()> {
    let file = pid_file(dir, HOLDER);
    std::fs::write(&file, format!("{}\n", std::process::id()))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Ends what runs and says what it was.
pub fn take_down(dir: &Path) -> Result<Vec<Running>> {
    let running = Running::all(dir);
    running.iter().try_for_each(Running::end)?;
    Ok(running)
}

/// The program behind a pid; empty when it has ended and nobody has fetched its status, none when it cannot be told.
fn describe(pid: i32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok().or_else(|| ask_ps(pid))?;
    let state = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next());
    Some(if state == Some("Z") { String::new() } else { stat })
}

/// Where there is no /proc, in the same form: `pid (program) state`.
fn ask_ps(pid: i32) -> Option<String> {
    let field = |name: &str| {
        let output = std::process::Command::new("ps").args(["-o", name, "-p", &pid.to_string()]).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let state = field("state=")?;
    Some(format!("{pid} ({}) {}", field("comm=")?, state.get(..1).unwrap_or("Z")))
}

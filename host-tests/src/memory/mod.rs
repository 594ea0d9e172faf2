//! What Envoy takes of memory with Usher in it: under bodies that never end, after many configurations, and in the long run.
//!
//! Each part says how much it found and how much it may be. Linux only: it reads /proc.

mod reloads;
mod soak;
mod stalled;

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::conversation::{Answer, Request, Target};
use crate::stack::{ACME, ScimClient, Stack};

pub use reloads::reloads;
pub use soak::soak;
pub use stalled::stalled;

const MIB: f64 = 1024.0 * 1024.0;

/// Of Envoy, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// What it holds of the machine's.
    pub resident: f64,
    /// What of its own heap is in use; the module is not in it.
    pub heap: f64,
}

impl Memory {
    fn of(stack: &Stack) -> Result<Memory> {
        let pid = stack.envoy_pid().context("Envoy does not run")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("there is no /proc")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let resident: f64 = line.trim().trim_end_matches(" kB").parse()?;
        let memory: Value = serde_json::from_str(&stack.admin("/memory")?)?;
        let heap: f64 = memory["allocated"].as_str().context("no heap")?.parse()?;
        Ok(Memory { resident: resident * 1024.0, heap })
    }

    /// After what is going on has come to rest.
    fn settled(stack: &Stack) -> Result<Memory> {
        std::thread::sleep(Duration::from_secs(2));
        Memory::of(stack)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:6.1} MiB resident, {:5.1} MiB heap", self.resident / MIB, self.heap / MIB)
    }
}

fn tell(when: &str, memory: Memory) {
    println!("  {when:<44} {memory}");
}

/// Said, and whether it holds.
fn bounded(what: &str, found: f64, most: f64) -> bool {
    let verdict = if found <= most { "of" } else { "and that is more than" };
    println!("  {what}: {:.1} MiB {verdict} {:.1} MiB", found / MIB, most / MIB);
    found <= most
}

fn send(client: &mut ScimClient, method: &str, path: &str, body: Option<Value>) -> Result<Answer> {
    client.send(&Request { method: method.into(), path: path.into(), body, ..Request::default() })
}

/// So that everything that is made at the first use is there.
fn warmed(stack: &Stack) -> Result<ScimClient> {
    let mut client = stack.client(&ACME)?;
    for number in 0..200 {
        let made = send(&mut client, "POST", "/Users", Some(json!({"userName": format!("warm-{number}@acme.test")})))?;
        ensure!(made.status == 201, "a good request got {}", made.status);
    }
    serves(&mut client)?;
    Ok(client)
}

fn serves(client: &mut ScimClient) -> Result<()> {
    let answer = send(client, "GET", "/Users?count=1", None)?;
    ensure!(answer.status == 200, "a good request got {}", answer.status);
    Ok(())
}

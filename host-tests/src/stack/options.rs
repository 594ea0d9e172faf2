//! What can be chosen about a stack.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use super::config::Edit;
use super::find;
use super::{Backend, Ports};

/// By default: free ports, two workers, everything where the build left it, and a directory that goes with the stack.
pub struct Options {
    pub ports: Ports,
    pub workers: u32,
    pub wasm: Option<PathBuf>,
    pub envoy: Option<PathBuf>,
    /// The user service; by default the reference one.
    pub backend: Backend,
    /// Variables of Envoy's environment: secrets for the filter.
    pub env: Vec<(String, String)>,
    /// Changes to the sample configuration, one after the other.
    pub edits: Vec<Edit>,
    /// For Envoy, after those that every stack has.
    pub arguments: Vec<String>,
    /// Where logs, events and the store are.
    pub dir: Option<PathBuf>,
    /// Go on with the store and the events that are there.
    pub keep: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            ports: Ports::default(),
            workers: 2,
            wasm: None,
            envoy: None,
            backend: Backend::default(),
            env: Vec::new(),
            edits: Vec::new(),
            arguments: Vec::new(),
            dir: None,
            keep: false,
        }
    }
}

impl Options {
    pub(super) fn wasm(&self) -> Result<PathBuf> {
        self.wasm.clone().map_or_else(find::wasm, Ok)
    }

    pub(super) fn envoy(&self) -> Result<PathBuf> {
        self.envoy.clone().map_or_else(find::envoy, Ok)
    }

    /// The directory of the run, made if need be, and empty of an earlier run's data unless that is to be kept.
    pub(super) fn prepare_dir(&self) -> Result<PathBuf> {
        let dir = self.dir.clone().unwrap_or_else(temporary_dir);
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let dir = dir.canonicalize()?;
        if !self.keep {
            forget_data(&dir)?;
        }
        Ok(dir)
    }
}

const STORE: [&str; 4] = ["users.db", "users.db-wal", "users.db-shm", "events.jsonl"];
const LOGS: [&str; 3] = ["access.log", "envoy.log", "user-service.log"];

/// The store, the events, and the logs that belong to them.
fn forget_data(dir: &Path) -> Result<()> {
    forget_store(dir)?;
    remove(dir, &LOGS)
}

pub(super) fn forget_store(dir: &Path) -> Result<()> {
    remove(dir, &STORE)
}

fn remove(dir: &Path, names: &[&str]) -> Result<()> {
    for name in names {
        let file = dir.join(name);
        if file.exists() {
            std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}

/// One that nobody else in this program has.
pub(crate) fn temporary_dir() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("usher-stack-{}-{number}", std::process::id()))
}

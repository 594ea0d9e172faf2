//! The reference service alone, without a proxy before it.

use std::path::PathBuf;

use anyhow::Result;

use super::{Backend, Ports, Process, options};

/// With nothing stored; gone when it is dropped.
pub struct LoneService {
    port: u16,
    dir: PathBuf,
    _process: Option<Process>,
}

impl LoneService {
    pub fn start() -> Result<LoneService> {
        let port = Ports::default().pick()?.service;
        let dir = options::temporary_dir();
        std::fs::create_dir_all(&dir)?;
        let process = Backend::default().start(port, &dir)?;
        Ok(LoneService { port, dir, _process: process })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for LoneService {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

//! `usher-memory [MINUTES]`: what Envoy takes of memory with Usher in it. Ends with 1 when it is more than it may be.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use usher_host_tests::memory::{reloads, soak, stalled};

fn main() -> ExitCode {
    match perform(std::env::args().nth(1).as_deref()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("usher-memory: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(minutes: Option<&str>) -> Result<bool> {
    let minutes: u64 = minutes.unwrap_or("15").parse().context("usher-memory MINUTES")?;
    Ok(stalled()? & reloads()? & soak(Duration::from_secs(60 * minutes))?)
}

//! `usher-stack up | down | status | run`: Envoy with Usher, and the reference user service behind it, on this machine.

mod background;
mod console;
mod facts;
mod paint;
mod run;
mod show;
mod signals;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use usher_host_tests::stack::{Options, Ports, extend, extra, jwt, repository};

fn main() -> ExitCode {
    let word = std::env::args().nth(1).unwrap_or_default();
    match perform(&word) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("usher-stack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(word: &str) -> Result<()> {
    match word {
        "up" => background::up(),
        "hold" => background::hold(),
        "down" => background::down(),
        "status" => background::status(),
        "run" => run::run(),
        _ => bail!("say what to do: up, down, status or run"),
    }
}

/// Where logs, events, the store, `env` and the pids are. `USHER_RUN_DIR` makes room for a second stack.
fn run_dir() -> PathBuf {
    let chosen = std::env::var_os("USHER_RUN_DIR").filter(|dir| !dir.is_empty());
    chosen.map_or_else(|| repository().join(".run"), PathBuf::from)
}

/// A path as a person who stands in the repository would write it.
fn short(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

/// What the environment asks for: `PORT`, `SERVICE_PORT`, `ADMIN_PORT`, `KEEP=1`, and in `USHER_CONFIG_EXTRA` a file of
/// JSON that is laid over the plugin's configuration; `USHER_JWT=1` puts `jwt_authn` in front of Usher.
fn options(with_console: bool) -> Result<Options> {
    let ports =
        Ports { scim: port("PORT", 8080)?, service: port("SERVICE_PORT", 9000)?, admin: port("ADMIN_PORT", 9901)? };
    let file = std::env::var_os("USHER_CONFIG_EXTRA").filter(|file| !file.is_empty());
    let file = file.map(|file| extra(Path::new(&file))).transpose()?;
    let extras: Vec<_> = with_console.then(console::configured).into_iter().chain(file).collect();
    let verified = is_set("USHER_JWT").then(jwt::verified).transpose()?;
    Ok(Options {
        ports,
        edits: verified.into_iter().chain([extend(&extras)?]).collect(),
        dir: Some(run_dir()),
        keep: is_set("KEEP"),
        ..Options::default()
    })
}

fn port(variable: &str, otherwise: u16) -> Result<u16> {
    match std::env::var(variable) {
        Ok(text) if !text.is_empty() => text.parse().with_context(|| format!("{variable}={text} is not a port")),
        _ => Ok(otherwise),
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| value == "1")
}

//! The user service of a stack: the reference service, another program, or one that is there already.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{Process, find, wait};

const DATABASE: &str = "DATABASE_URL";

pub enum Backend {
    /// Started with the stack, and again whenever it is to forget.
    Program(Program),
    /// Somebody else's, on this port.
    There(u16),
}

/// A program that listens where `LISTEN` says, keeps what it stores where `DATABASE_URL` says and appends each event it
/// has accepted to `EVENTS_FILE`.
#[derive(Default, Clone)]
pub struct Program {
    /// The reference service, unless another is named.
    pub path: Option<PathBuf>,
    pub arguments: Vec<String>,
    pub env: Vec<(String, String)>,
}

impl Default for Backend {
    fn default() -> Backend {
        Backend::Program(Program::default())
    }
}

impl Backend {
    pub(super) fn port(&self) -> Option<u16> {
        match self {
            Backend::Program(_) => None,
            Backend::There(port) => Some(*port),
        }
    }

    /// From its next start on it stores there; by default in a file of the stack.
    pub(super) fn store_in(&mut self, database_url: Option<&str>) {
        let Backend::Program(program) = self else { return };
        program.env.retain(|(name, _)| name != DATABASE);
        program.env.extend(database_url.map(|url| (DATABASE.to_owned(), url.to_owned())));
    }

    /// Starts it on this port, on what is stored in this directory, and returns when it answers.
    pub(super) fn start(&self, port: u16, dir: &Path) -> Result<Option<Process>> {
        let Backend::Program(program) = self else { return Ok(None) };
        let mut command = Command::new(program.path.clone().map_or_else(find::user_service, Ok)?);
        command
            .args(&program.arguments)
            .env("LISTEN", format!("127.0.0.1:{port}"))
            .env(DATABASE, format!("sqlite://{}?mode=rwc", dir.join("users.db").display()))
            .env("EVENTS_FILE", dir.join("events.jsonl"))
            .env("DIRECTORIES", dir.join("directories"))
            .envs(program.env.iter().map(|(name, value)| (name, value)));
        let mut process = Process::spawn("user-service", command, dir)?;
        let url = format!("http://127.0.0.1:{port}/provisioning/users?directory=acme&count=0");
        wait::until_answering(&mut process, &url)?;
        Ok(Some(process))
    }
}

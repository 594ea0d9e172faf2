//! The keys of an issuer of JWTs, which are there or not: what `jwt_authn` fetches them from.

use std::collections::BTreeMap;
use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use serde_json::{Value, json};

use crate::stack::{ACME, GLOBEX, jwt, repository};

/// What the tokens of a directory say of whom they are for.
const APPLICATIONS: [(&str, &str, &str); 2] =
    [(ACME.id, "good", "okta-app"), (GLOBEX.id, "other_directory", "entra-app")];

pub(super) struct Keys {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    gone: AtomicBool,
    over: AtomicBool,
}

impl Keys {
    pub(super) fn new() -> anyhow::Result<Keys> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let (port, state) = (listener.local_addr()?.port(), Arc::new(State::default()));
        let keys = std::fs::read_to_string(repository().join("host-tests/jwt/jwks.json"))?;
        let theirs = Arc::clone(&state);
        std::thread::spawn(move || serve(&listener, &theirs, &keys));
        Ok(Keys { port, state })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn set_gone(&self, gone: bool) {
        self.state.gone.store(gone, Ordering::Relaxed);
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Relaxed);
        // Wakes it, so that it sees this.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(listener: &TcpListener, state: &State, keys: &str) {
    for stream in listener.incoming().flatten() {
        if state.over.load(Ordering::Relaxed) {
            return;
        }
        if !state.gone.load(Ordering::Relaxed) {
            // Whoever goes away asks again.
            let _ = answer(stream, keys);
        }
    }
}

fn answer(mut stream: TcpStream, keys: &str) -> Result<()> {
    // The question is short, and there is only one.
    let _ = stream.read(&mut [0; 4096])?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{keys}", keys.len())
}

/// Directories that are opened by JWTs and by nothing else.
pub(super) fn with_jwts(configuration: &mut Value) -> anyhow::Result<()> {
    for directory in configuration["directories"].as_array_mut().context("no directories")? {
        let id = directory["id"].as_str().unwrap_or_default();
        let (.., application) = APPLICATIONS.iter().find(|(known, ..)| *known == id).context("an unknown directory")?;
        directory["credentials"] = json!([{"jwt": {"provider": "entra", "issuer": "https://issuer.test/",
                                                   "audience": ["api://usher"], "claims": {"appid": application}}}]);
    }
    Ok(())
}

/// By the id of the directory.
pub(super) fn tokens() -> anyhow::Result<BTreeMap<&'static str, String>> {
    APPLICATIONS.iter().map(|(id, name, _)| Ok((*id, jwt::token(name)?))).collect()
}

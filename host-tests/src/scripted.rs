//! A user service that answers what a test tells it to, byte by byte: what no service should do and some do.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

/// What it was asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }
}

/// What it does about it.
#[derive(Debug, Clone)]
pub enum Say {
    /// A whole answer; the connection stays.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// These bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// Nothing, with the connection left open.
    Nothing,
}

impl Say {
    pub fn json(status: u16, body: &Value) -> Say {
        Say::Answer(status, vec![("content-type".into(), "application/json".into())], body.to_string().into())
    }

    pub fn status(status: u16) -> Say {
        Say::Answer(status, Vec::new(), Vec::new())
    }

    pub fn header(self, name: &str, value: impl Into<String>) -> Say {
        match self {
            Say::Answer(status, mut headers, body) => {
                headers.push((name.into(), value.into()));
                Say::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

type Script = Box<dyn Fn(&Asked) -> Say + Send + Sync>;

struct Shared {
    script: Mutex<Arc<Script>>,
    asked: Mutex<Vec<Asked>>,
    over: AtomicBool,
}

/// Listens on a free port until it is dropped.
pub struct Scripted {
    pub port: u16,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl Scripted {
    pub fn start(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Result<Scripted> {
        let socket = TcpListener::bind("127.0.0.1:0")?;
        let port = socket.local_addr()?.port();
        let script: Script = Box::new(script);
        let shared =
            Shared { script: Mutex::new(Arc::new(script)), asked: Mutex::default(), over: AtomicBool::new(false) };
        let shared = Arc::new(shared);
        let listener = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&socket, &shared)
        });
        Ok(Scripted { port, shared, listener: Some(listener) })
    }

    /// From now on it does this.
    pub fn script(&self, script: impl Fn(&Asked) -> Say + Send + Sync + 'static) {
        *self.shared.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Box::new(script));
    }

    /// What it was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        // The listener waits for a connection and for nothing else.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        drop(self.listener.take().map(JoinHandle::join));
    }
}

fn listen(socket: &TcpListener, shared: &Arc<Shared>) {
    for stream in socket.incoming() {
        if shared.over.load(Ordering::Relaxed) {
            return;
        }
        let (Ok(stream), shared) = (stream, Arc::clone(shared)) else { continue };
        std::thread::spawn(move || drop(serve(stream, &shared)));
    }
}

/// One request after the other, until one of the two goes.
fn serve(mut stream: TcpStream, shared: &Shared) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(asked) = read(&mut reader)? {
        let script = Arc::clone(&shared.script.lock().unwrap_or_else(PoisonError::into_inner));
        shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
        match script(&asked) {
            Say::Answer(status, headers, body) => stream.write_all(&answer(status, &headers, &body))?,
            Say::Bytes(bytes) => return Ok(stream.write_all(&bytes)?),
            Say::Nothing => wait(shared),
        }
    }
    Ok(())
}

fn wait(shared: &Shared) {
    while !shared.over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn answer(status: u16, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Scripted\r\n");
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    // A 204 has no length, not even none.
    if status != 204 {
        head += &format!("content-length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

fn read(reader: &mut impl BufRead) -> Result<Option<Asked>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().context("no method")?, words.next().context("no target")?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = read_headers(reader)?;
    let asked = Asked { method: method.into(), path: path.into(), query: query.into(), headers, body: Vec::new() };
    let mut body = vec![0; asked.header("content-length").parse().unwrap_or_default()];
    reader.read_exact(&mut body)?;
    Ok(Some(Asked { body, ..asked }))
}

fn read_headers(reader: &mut impl BufRead) -> Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { return Ok(headers) };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
}

//! The trivial upstream: it answers at once with what was put there, and counts what was delivered to it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use anyhow::{Context, Result};
use usher_bench::records;

#[derive(Default)]
pub(crate) struct Upstream {
    pub(crate) port: u16,
    /// Whole answers by path.
    answers: RwLock<BTreeMap<String, Arc<Vec<u8>>>>,
    /// What anything else is answered with: what Usher would have answered.
    plain: RwLock<Arc<Vec<u8>>>,
    /// Deliveries, and how many of them were signed.
    pub(crate) deliveries: AtomicUsize,
    pub(crate) signed: AtomicUsize,
    pub(crate) bytes: AtomicUsize,
}

const ACCEPTED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\netag: 1\r\ncontent-length: 2\r\n\r\n{}";

impl Upstream {
    /// Listens from now on, for as long as this program runs.
    pub(crate) fn start() -> Result<Arc<Upstream>> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port for the upstream")?;
        let upstream = Arc::new(Upstream { port: listener.local_addr()?.port(), ..Upstream::default() });
        let served = Arc::clone(&upstream);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let upstream = Arc::clone(&served);
                thread::spawn(move || upstream.serve(stream));
            }
        });
        Ok(upstream)
    }

    /// This body at this path (without its query).
    pub(crate) fn put(&self, path: &str, body: &serde_json::Value) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.insert(path.to_owned(), Arc::new(whole(200, body.to_string().as_bytes())));
    }

    /// A group, and the members it has.
    pub(crate) fn put_group(&self, group: &serde_json::Value) {
        self.put(&format!("/provisioning/groups/{}", group["id"].as_str().unwrap_or_default()), group);
    }

    /// What the plain proxy gets from here.
    pub(crate) fn put_plain(&self, status: u16, body: &[u8]) {
        *self.plain.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(whole(status, body));
    }

    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut buffer = Vec::new();
        while let Some((head, body)) = next(&mut stream, &mut buffer) {
            let answer = self.answer(&head, body);
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    }

    fn answer(&self, head: &str, body: usize) -> Arc<Vec<u8>> {
        let target = head.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        if path == "/provisioning/events" {
            self.deliveries.fetch_add(1, Ordering::Relaxed);
            self.bytes.fetch_add(body, Ordering::Relaxed);
            self.signed.fetch_add(usize::from(head.contains("\r\nwebhook-signature: v1,")), Ordering::Relaxed);
            return Arc::new(ACCEPTED.to_vec());
        }
        if let Some(found) = records::looked_up(target) {
            return Arc::new(whole(200, found.to_string().as_bytes()));
        }
        if let Some(size) = path.strip_prefix("/provisioning/groups/g").and_then(|size| size.parse::<usize>().ok())
            && target.contains("&members=new")
        {
            // As the reference service does it: from a hundred members on only those that were named.
            let mut group =
                records::with_members(records::group(&format!("g{size}")), (0..size.min(100)).map(|i| format!("m{i}")));
            if size > 100 {
                group = records::group(&format!("g{size}"));
                group.as_object_mut().map(|part| part.insert("members_partial".into(), true.into()));
            }
            return Arc::new(whole(200, &records::with_users(target, group.to_string().into_bytes())));
        }
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        let known = answers.get(path).cloned();
        known.unwrap_or_else(|| Arc::clone(&self.plain.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn whole(status: u16, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status} Of Course\r\ncontent-type: application/scim+json\r\n").into_bytes();
    if status != 204 {
        answer.extend(format!("content-length: {}\r\n", body.len()).bytes());
    }
    answer.extend(b"\r\n");
    answer.extend(body);
    answer
}

/// The head of the next request, and how many bytes of body came with it.
fn next(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, usize)> {
    let end = loop {
        match buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            Some(at) => break at + 4,
            None => more(stream, buffer)?,
        }
    };
    let head = String::from_utf8_lossy(buffer.get(..end)?).into_owned();
    let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse().ok());
    let body: usize = head.lines().find_map(length).unwrap_or(0);
    while buffer.len() < end + body {
        more(stream, buffer)?;
    }
    buffer.drain(..end + body);
    Some((head, body))
}

fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 65_536];
    let n = stream.read(&mut chunk).ok().filter(|n| *n > 0)?;
    buffer.extend(chunk.get(..n)?);
    Some(())
}

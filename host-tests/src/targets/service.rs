//! The reference user service inside this program: the same code as the process behind Envoy, without the network.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, anyhow};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use usher_user_service::{Store, app, with_directories};

use crate::conversation::ServiceKind;
use crate::rest;
use crate::stack::Events;

/// Gone with everything it stored when it is dropped.
pub struct Service {
    runtime: Rc<Runtime>,
    router: Router,
    events: Events,
    file: Rc<EventsFile>,
    notes: Option<Notes>,
}

/// What it was told and did not do.
pub type Notes = Rc<RefCell<Vec<Noted>>>;

/// A delivery, to the letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A whole answer.
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Service {
    /// With nothing stored.
    pub fn new() -> Result<Service> {
        Service::of(ServiceKind::Reference)
    }

    /// Of this kind, with nothing stored.
    pub fn of(kind: ServiceKind) -> Result<Service> {
        let runtime = Rc::new(Builder::new_current_thread().enable_all().build()?);
        let file = Rc::new(EventsFile(temporary_file()));
        let router = match kind {
            ServiceKind::Reference => {
                let store = runtime.block_on(Store::open("sqlite::memory:", Some(&file.0)));
                let folder = file.0.with_extension("directories");
                with_directories(app(store.map_err(|error| anyhow!(error))?), folder)
            }
            ServiceKind::Rest => rest::app(file.0.clone()),
        };
        Ok(Service { runtime, router, events: Events::of(&file.0)?, file, notes: None })
    }

    /// The same records, where nothing is ever written: a delivery is noted, and acknowledged.
    pub fn noting(&self) -> Result<(Service, Notes)> {
        let notes = Notes::default();
        let service = Service {
            runtime: Rc::clone(&self.runtime),
            router: self.router.clone(),
            events: Events::of(&self.file.0)?,
            file: Rc::clone(&self.file),
            notes: Some(Rc::clone(&notes)),
        };
        Ok((service, notes))
    }

    /// Asks it something, as the proxy would; pseudo-headers are left away.
    pub fn call<'h>(
        &self,
        method: &str,
        path: &str,
        headers: impl Iterator<Item = (&'h str, &'h [u8])>,
        body: &[u8],
    ) -> Result<Answered> {
        if let Some(notes) = self.notes.as_ref().filter(|_| method != "GET") {
            let text = |(name, value): (&str, &[u8])| (name.to_owned(), String::from_utf8_lossy(value).into_owned());
            let headers = headers.filter(|(name, _)| !name.starts_with(':')).map(text).collect();
            notes.borrow_mut().push(Noted { method: method.into(), path: path.into(), headers, body: body.to_vec() });
            return Ok(Answered { status: 204, headers: Vec::new(), body: Vec::new() });
        }
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers.filter(|(name, _)| !name.starts_with(':')) {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.to_vec())).context("the user service cannot be asked that")?;
        let router = self.router.clone();
        self.runtime.block_on(async { whole(router.oneshot(request).await?).await })
    }

    /// The events it has accepted since the last call, in its own words.
    pub fn events(&mut self) -> Result<Vec<Value>> {
        self.events.new_ones()
    }
}

struct EventsFile(PathBuf);

impl Drop for EventsFile {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

async fn whole(response: Response<Body>) -> Result<Answered> {
    let (head, body) = response.into_parts();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    Ok(Answered { status: head.status.as_u16(), headers, body: to_bytes(body, usize::MAX).await?.to_vec() })
}

fn temporary_file() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("usher-service-{}-{number}.jsonl", std::process::id()))
}

//! The reference user service inside this program: the same code as the process behind Envoy, without the network.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, anyhow};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use usher_user_service::{Store, app};

use crate::stack::Events;

/// Gone with everything it stored when it is dropped.
pub struct Service {
    runtime: Runtime,
    router: Router,
    events: Events,
    file: PathBuf,
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
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let file = temporary_file();
        let store = runtime.block_on(Store::open("sqlite::memory:", Some(&file))).map_err(|error| anyhow!(error))?;
        Ok(Service { runtime, router: app(store), events: Events::of(&file)?, file })
    }

    /// Asks it something, as the proxy would; pseudo-headers are left away.
    pub fn call<'h>(
        &self,
        method: &str,
        path: &str,
        headers: impl Iterator<Item = (&'h str, &'h [u8])>,
        body: &[u8],
    ) -> Result<Answered> {
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

impl Drop for Service {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.file));
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

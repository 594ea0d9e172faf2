//! A blocking HTTP client for this machine only, and the SCIM client made of it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::http::{Request as HttpRequest, Response};
use ureq::{Agent, Body};

use super::Events;
use crate::conversation::{Answer, Request, Target};

/// Longer than Envoy's own limits, so that its answer is seen.
const LIMIT: Duration = Duration::from_secs(40);

fn agent() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true);
    // No proxy: everything is on this machine.
    config.proxy(None).max_redirects(0).timeout_global(Some(LIMIT)).build().into()
}

pub(super) fn get(url: &str) -> Result<(u16, String)> {
    let mut response = agent().get(url).call()?;
    let status = response.status().as_u16();
    Ok((status, response.body_mut().read_to_string()?))
}

pub(super) fn post(url: &str) -> Result<()> {
    let response = agent().post(url).send_empty()?;
    ensure!(response.status().is_success(), "{url}: {}", response.status());
    Ok(())
}

/// An identity provider for one directory, together with a look at what reaches the user service.
pub struct ScimClient {
    agent: Agent,
    base: String,
    token: String,
    events: Events,
}

impl ScimClient {
    /// Sees the events that come from now on.
    pub fn new(base: String, token: &str, events: &Path) -> Result<ScimClient> {
        let mut events = Events::of(events)?;
        events.new_ones()?;
        Ok(ScimClient { agent: agent(), base, token: token.to_owned(), events })
    }

    fn url(&self, request: &Request) -> String {
        let origin = self.base.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let base = request.base.as_ref().map_or_else(|| self.base.clone(), |base| format!("{origin}{base}"));
        base + &request.path
    }

    fn call(&self, request: &Request) -> Result<Response<Body>> {
        let mut builder = HttpRequest::builder().method(request.method.as_str());
        builder = builder.uri(self.url(request));
        let headers = request.all_headers();
        if !request.anonymous && !headers.contains_key("authorization") {
            builder = builder.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in &headers {
            builder = builder.header(name, value);
        }
        Ok(match request.payload() {
            Some(body) => self.agent.run(builder.body(body)?)?,
            None => self.agent.run(builder.body(())?)?,
        })
    }
}

impl Target for ScimClient {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        let response = self.call(request).with_context(|| format!("no answer from {}", self.base))?;
        let status = response.status().as_u16();
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = response.into_body().read_to_vec().context("the answer broke off")?;
        Ok(Answer::new(status, headers, &body))
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        // Here the clock is the real one. Ids that are minted in one millisecond have no order, and conversations name
        // members in the order in which they came to be.
        std::thread::sleep(Duration::from_millis(1));
        self.events.new_ones()
    }
}

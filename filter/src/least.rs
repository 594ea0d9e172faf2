//! The least that a filter of this shape does, to measure the rest by (`make bench`). Only in a build with the feature
//! `least`, which is never the one that is shipped.
//!
//! It reads the head, holds the body, calls the user service as a delivery does, reads the answer and answers. It
//! authenticates nobody, understands nothing, computes nothing and signs nothing.

use std::time::Duration;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

/// As much as an event of a user is, and as the user in the answer.
const DELIVERED: usize = 1_600;
const ANSWERED: usize = 700;

/// As many as a delivery has, and about as long.
const HEADERS: [&str; 8] = [
    "x-request-id",
    "accept",
    "usher-tenant",
    "usher-resource",
    "webhook-id",
    "webhook-timestamp",
    "idempotency-key",
    "if-match",
];
const VALUE: &str = "evt_0123456789abcdefghijklmnopqrstuvwxyz";

pub(crate) struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct Stream;

impl Stream {
    fn call(&self, method: &str, path: &str, body: Option<&[u8]>) {
        let mut headers = vec![(":method", method), (":path", path), (":authority", "user-service")];
        headers.extend(HEADERS.map(|name| (name, VALUE)));
        headers.push(("webhook-signature", "v1,"));
        if self.dispatch_http_call("user-service", headers, body, Vec::new(), Duration::from_secs(5)).is_err() {
            self.answer(503);
        }
    }

    fn answer(&self, status: u32) {
        let headers = vec![("content-type", "application/scim+json"), ("etag", VALUE), ("content-location", VALUE)];
        self.send_http_response(status, headers, Some(&[b' '; ANSWERED]));
    }
}

impl Context for Stream {
    fn on_http_call_response(&mut self, _: u32, _: usize, size: usize, _: usize) {
        self.get_http_call_response_headers_bytes();
        self.get_http_call_response_body(0, size);
        self.answer(200);
    }
}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        self.get_http_request_headers_bytes();
        if end_of_stream {
            self.call("GET", "/provisioning/users/u0?directory=acme", None);
        }
        Action::Pause
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if end_of_stream {
            let mut body = self.get_http_request_body(0, size).unwrap_or_default();
            body.resize(DELIVERED, b' ');
            self.call("POST", "/provisioning/events?directory=acme", Some(&body));
        }
        Action::Pause
    }
}

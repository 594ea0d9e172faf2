//! A response made inside the proxy, by the filter or by Envoy itself, up to the form the client gets.

use super::headers::Headers;

#[derive(Clone, Debug, Default)]
pub(super) struct LocalReply {
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    pub(super) details: String,
}

impl LocalReply {
    pub(super) fn new(status: u32, extra: Headers, body: Vec<u8>, details: &str) -> Self {
        let mut headers = Headers::default();
        headers.add(":status", status.to_string());
        headers.0.extend(extra.0);
        frame(&mut headers, &body);
        // Spaces would break the access log's columns: Envoy writes underscores.
        let details = details.replace(' ', "_");
        Self { headers, body, details }
    }

    /// A paused request over the buffer limit.
    pub(super) fn too_large() -> Self {
        let body = b"Payload Too Large".to_vec();
        Self::new(413, Headers::default(), body, "request_payload_too_large")
    }

    /// A request paused longer than `stream_idle_timeout`, even while a call is out.
    pub(super) fn idle_timeout() -> Self {
        let body = b"stream timeout".to_vec();
        Self::new(504, Headers::default(), body, "stream_idle_timeout")
    }

    /// HEAD is answered with the headers of GET and no body.
    pub(super) fn without_body(mut self) -> Self {
        self.body.clear();
        self
    }
}

/// What the filter gave stays; what it left out Envoy adds, and a body that is not there has no type.
fn frame(headers: &mut Headers, body: &[u8]) {
    if body.is_empty() {
        headers.remove("content-length");
        headers.remove("content-type");
    } else {
        headers.add_missing("content-length", body.len().to_string());
        headers.add_missing("content-type", "text/plain");
    }
}

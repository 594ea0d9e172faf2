//! What a client sends through the proxy, and how it arrives.

use std::collections::BTreeMap;

use super::headers::Headers;

/// How the body reaches the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// GET, DELETE, `content-length: 0`: the head ends the stream and no body callback ever comes.
    #[default]
    None,
    /// One callback that also ends the stream, as HTTP/2 often does.
    Whole(Vec<u8>),
    /// A callback per chunk, then one more at the end of the stream, as HTTP/1 does.
    Chunks(Vec<Vec<u8>>),
    /// Comes only when the test sends it, with [`super::Stream::send`] and [`super::Stream::finish`].
    Open,
}

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub head: Headers,
    pub body: Body,
    /// With trailers the end of the stream is their callback; no body callback says it.
    pub trailers: Headers,
    /// Attributes the proxy knows, by dotted path: `xds.route_name`, `source.address`.
    pub properties: BTreeMap<String, Vec<u8>>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        let head = [
            (":authority", "scim.example.test"),
            (":path", path),
            (":method", method),
            (":scheme", "https"),
            ("x-request-id", "8f6f2f4e-0000-4000-8000-000000000001"),
        ];
        Self { head: head.into_iter().collect(), ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head.add(name, value);
        self
    }

    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Whole(bytes.into());
        self
    }

    pub fn chunks<C: Into<Vec<u8>>>(mut self, chunks: impl IntoIterator<Item = C>) -> Self {
        self.body = Body::Chunks(chunks.into_iter().map(Into::into).collect());
        self
    }

    pub fn open_body(mut self) -> Self {
        self.body = Body::Open;
        self
    }

    pub fn trailer(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.trailers.add(name, value);
        self
    }

    pub fn property(mut self, path: &str, value: impl Into<Vec<u8>>) -> Self {
        self.properties.insert(path.into(), value.into());
        self
    }
}

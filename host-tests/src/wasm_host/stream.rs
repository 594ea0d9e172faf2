//! One HTTP exchange as the proxy sees it: what the filter may read and write now, and what its answers mean.
//!
//! Pure state: it never calls into the module. The rules are Envoy's, each seen in an experiment.

use std::collections::{BTreeMap, VecDeque};

use super::callback::Callback;
use super::headers::Headers;
use super::local_reply::LocalReply;
use super::reply::{Failure, Forwarded, Reply};
use super::request::{Body, Request};
use super::service_call::{CallResponse, ServiceCall, Token};

const CONTINUE: u32 = 0;

/// What the proxy will do next with this stream.
#[derive(Debug)]
pub(super) enum Event {
    RequestHeaders { end: bool },
    RequestBody { bytes: Vec<u8>, end: bool },
    RequestTrailers(Headers),
    ResponseHeaders,
    ResponseBody,
}

pub(super) enum Due {
    Event(Event),
    Answer(u32, Option<CallResponse>),
}

pub(super) enum Rest {
    Waiting,
    Over(Result<(), Failure>),
}

#[derive(Default)]
pub(super) struct StreamState {
    pub(super) script: VecDeque<Event>,
    /// Answers to calls, in the order they came; `None` is a reset in mid body.
    pub(super) answers: VecDeque<(u32, Option<CallResponse>)>,
    /// Calls accepted while the test was busy with another stream.
    pub(super) untold: VecDeque<(Token, ServiceCall)>,
    pub(super) calls: usize,
    /// The client may still send body.
    pub(super) open: bool,
    pub(super) reset: bool,
    /// In `on_log` both header maps are readable whatever happened before.
    pub(super) logging: bool,
    /// Attributes of the request, by dotted path.
    pub(super) attributes: BTreeMap<String, Vec<u8>>,
    /// Filter state the filter set.
    pub(super) properties: BTreeMap<String, Vec<u8>>,
    pub(super) response: Option<LocalReply>,
    pub(super) response_paused: bool,
    pub(super) buffer_limit: usize,
    is_head: bool,
    request_headers: Headers,
    request_headers_held: bool,
    /// `None` until the first body callback and after the body went on.
    pub(super) request_body: Option<Vec<u8>>,
    pub(super) request_trailers: Option<Headers>,
    response_headers_held: bool,
    response_body_held: bool,
    /// Sent in the running callback; takes effect when the callback returns, as in Envoy.
    sent: Option<LocalReply>,
    resumed: bool,
    forwarded: Option<Forwarded>,
}

impl StreamState {
    pub(super) fn new(request: Request, buffer_limit: usize) -> Self {
        Self {
            attributes: attributes(&request),
            is_head: request.head.get(":method") == Some(b"HEAD"),
            open: request.body == Body::Open,
            script: script(request.body, request.trailers),
            request_headers: request.head,
            request_headers_held: true,
            buffer_limit,
            ..Self::default()
        }
    }

    pub(super) fn request_headers(&self) -> Option<&Headers> {
        (self.request_headers_held || self.logging).then_some(&self.request_headers)
    }

    pub(super) fn request_headers_mut(&mut self) -> Option<&mut Headers> {
        self.request_headers_held.then_some(&mut self.request_headers)
    }

    pub(super) fn response_headers(&self) -> Option<&Headers> {
        let shown = self.response_headers_held || self.logging;
        let response = self.response.as_ref().filter(|_| shown);
        response.map(|response| &response.headers)
    }

    pub(super) fn response_headers_mut(&mut self) -> Option<&mut Headers> {
        let held = self.response_headers_held;
        let response = self.response.as_mut().filter(|_| held);
        response.map(|response| &mut response.headers)
    }

    pub(super) fn response_body_mut(&mut self) -> Option<&mut Vec<u8>> {
        let held = self.response_body_held;
        let response = self.response.as_mut().filter(|_| held);
        response.map(|response| &mut response.body)
    }

    /// Two sends: the first wins.
    pub(super) fn send(&mut self, reply: LocalReply) {
        self.sent.get_or_insert(reply);
    }

    /// `resume_http_request` is deferred but takes the request away at once: every later edit is BadArgument.
    /// After a send it changes nothing; before one the request has gone upstream all the same.
    pub(super) fn resume_request(&mut self) {
        if self.sent.is_none() && self.response.is_none() {
            self.forward();
            self.resumed = true;
        }
        self.release_request();
    }

    pub(super) fn resume_response(&mut self) {
        self.response_paused = false;
        self.release_request();
    }

    /// Answers before further body, until the reply is on its way: then nothing may come between.
    pub(super) fn next(&mut self) -> Option<Due> {
        let answered = self.response.is_some();
        let may_hear = !answered || (self.response_paused && self.script.is_empty());
        match self.answers.pop_front_if(|_| may_hear) {
            Some((token, response)) => Some(Due::Answer(token, response)),
            None => self.script.pop_front().map(Due::Event),
        }
    }

    /// What it means that nothing is due.
    pub(super) fn rest(&self, call_is_out: bool) -> Rest {
        let waits = match (&self.response, &self.forwarded) {
            (Some(_), _) => self.response_paused,
            (None, Some(_)) => self.open,
            (None, None) => true,
        };
        match (waits, call_is_out || self.open) {
            (true, true) => Rest::Waiting,
            (true, false) => Rest::Over(Err(Failure::Hung)),
            (false, _) => Rest::Over(self.forwarded().map_or(Ok(()), |f| Err(Failure::Forwarded(f)))),
        }
    }

    /// Prepares what the filter may read during the next event.
    pub(super) fn enter(&mut self, event: Event) -> (Callback, Vec<u32>) {
        match event {
            Event::RequestHeaders { end } => {
                let count = self.request_headers.0.len() as u32;
                (Callback::RequestHeaders, vec![count, end.into()])
            }
            Event::RequestBody { bytes, end } => {
                let body = self.request_body.get_or_insert_default();
                body.extend(bytes);
                (Callback::RequestBody, vec![body.len() as u32, end.into()])
            }
            Event::RequestTrailers(trailers) => {
                let count = trailers.0.len() as u32;
                self.request_trailers = Some(trailers);
                (Callback::RequestTrailers, vec![count])
            }
            Event::ResponseHeaders => self.enter_response_headers(),
            Event::ResponseBody => {
                self.response_body_held = true;
                let size = self.response_body_mut().map_or(0, |body| body.len());
                (Callback::ResponseBody, vec![size as u32, 1])
            }
        }
    }

    fn enter_response_headers(&mut self) -> (Callback, Vec<u32>) {
        self.response_headers_held = true;
        let count = self.response_headers().map_or(0, |headers| headers.0.len());
        let end = self.script.is_empty();
        (Callback::ResponseHeaders, vec![count as u32, end.into()])
    }

    /// Draws the conclusions of a callback's return. A send makes the returned action irrelevant.
    pub(super) fn settle(&mut self, callback: Callback, returned: u32) {
        let resumed = std::mem::take(&mut self.resumed);
        let goes_on = returned == CONTINUE && self.sent.is_none() && !resumed;
        match callback {
            Callback::RequestHeaders if goes_on => self.pass_request_headers(),
            Callback::RequestBody if goes_on => self.pass_request_body(),
            Callback::RequestTrailers if goes_on => self.pass_request_trailers(),
            Callback::ResponseHeaders => {
                self.response_paused = !goes_on;
                self.response_headers_held = !goes_on;
            }
            Callback::ResponseBody => {
                self.response_paused = !goes_on;
                self.response_body_held = !goes_on;
            }
            _ => {}
        }
        self.answer();
    }

    fn answer(&mut self) {
        if let Some(reply) = self.sent.take() {
            self.begin_response(reply);
        } else if self.is_over_limit() {
            self.begin_response(LocalReply::too_large());
        }
    }

    fn is_over_limit(&self) -> bool {
        let held = self.request_body.as_ref().map_or(0, Vec::len);
        held > self.buffer_limit && self.response.is_none()
    }

    /// The answer goes through the filter's response callbacks once; an answer sent from those replaces it and
    /// goes straight to the client.
    pub(super) fn begin_response(&mut self, reply: LocalReply) {
        self.script.clear();
        if self.response.is_none() {
            self.script.push_back(Event::ResponseHeaders);
            if !reply.body.is_empty() && !self.is_head {
                self.script.push_back(Event::ResponseBody);
            }
        }
        let reply = match self.is_head {
            true => reply.without_body(),
            false => reply,
        };
        self.response = Some(reply);
        self.response_paused = false;
        self.open = false;
        self.release_request();
    }

    /// Continue from the header callback takes the map away for good.
    fn pass_request_headers(&mut self) {
        self.forward();
        self.request_headers_held = false;
    }

    /// Continue from a body callback lets the held headers go too, but their map stays readable.
    fn pass_request_body(&mut self) {
        self.forward();
        self.request_body = None;
    }

    fn pass_request_trailers(&mut self) {
        self.forward();
        self.request_trailers = None;
    }

    fn release_request(&mut self) {
        self.request_headers_held = false;
        self.request_body = None;
        self.request_trailers = None;
    }

    fn forward(&mut self) {
        let body = self.request_body.as_deref().unwrap_or_default();
        let forwarded = self
            .forwarded
            .get_or_insert_with(|| Forwarded { headers: self.request_headers.clone(), ..Forwarded::default() });
        forwarded.body.extend(body);
    }

    /// The request, if any of it went upstream.
    pub(super) fn forwarded(&self) -> Option<Forwarded> {
        let also_answered = self.response.is_some();
        self.forwarded.clone().map(|forwarded| Forwarded { also_answered, ..forwarded })
    }

    /// The reply as the client gets it, without the log.
    pub(super) fn reply(&self) -> Option<Reply> {
        let mut response = self.response.clone()?;
        let status = response.headers.text(":status").parse().unwrap_or_default();
        response.headers.remove(":status");
        Some(Reply {
            status,
            headers: response.headers,
            body: response.body,
            details: response.details,
            properties: self.properties.clone(),
            calls: self.calls,
            logs: Vec::new(),
        })
    }
}

fn script(body: Body, trailers: Headers) -> VecDeque<Event> {
    let end = body == Body::None && trailers.0.is_empty();
    let mut script = VecDeque::from([Event::RequestHeaders { end }]);
    let chunk = |bytes, end| Event::RequestBody { bytes, end };
    let has_trailers = !trailers.0.is_empty();
    match body {
        Body::None | Body::Open => {}
        Body::Whole(bytes) => script.push_back(chunk(bytes, !has_trailers)),
        Body::Chunks(chunks) => {
            script.extend(chunks.into_iter().map(|bytes| chunk(bytes, false)));
            script.extend((!has_trailers).then(|| chunk(Vec::new(), true)));
        }
    }
    script.extend(has_trailers.then_some(Event::RequestTrailers(trailers)));
    script
}

fn attributes(request: &Request) -> BTreeMap<String, Vec<u8>> {
    let known = [
        ("request.id", "x-request-id"),
        ("request.path", ":path"),
        ("request.method", ":method"),
        ("request.host", ":authority"),
        ("request.scheme", ":scheme"),
    ];
    let mut attributes = request.properties.clone();
    for (path, header) in known {
        if let Some(value) = request.head.get(header) {
            attributes.entry(path.into()).or_insert_with(|| value.to_vec());
        }
    }
    attributes
}

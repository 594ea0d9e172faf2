//! Wrong on purpose: what the fault harness must find (`make faults`). Only in a build with the feature `sabotage`,
//! which is never the one that is shipped, and then only what the variable `USHER_SABOTAGE` names.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proxy_wasm::hostcalls::log;
use proxy_wasm::types::LogLevel;
use usher_gateway::RequestHead;
use usher_gateway::config::UserService;
use usher_gateway::exchange::{Body, CallResult, ServiceAnswer, ServiceRequest};
use usher_gateway::request::encode;

use crate::host::{dispatch, random};

/// What is done in place of a call.
pub(crate) enum Instead {
    /// It was answered like this, says the filter.
    Answered(CallResult),
    /// This call is waited for.
    Sent(u32),
    /// Nothing ever comes.
    Silence,
}

/// As many deliveries are held back by `late`, and then sent with the last one first.
const HELD: usize = 30;

thread_local! {
    static HELD_BACK: RefCell<Vec<ServiceRequest>> = const { RefCell::new(Vec::new()) };
}

/// Nothing, when this call shall go its way.
pub(crate) fn instead(service: &UserService, request: &ServiceRequest) -> Option<Instead> {
    if request.method != "POST" {
        return None;
    }
    match std::env::var("USHER_SABOTAGE").ok()?.as_str() {
        "early" => Some(answered(202)),
        "stranger" => Some(answered(400)),
        "silent" => Some(Instead::Silence),
        "trap" => std::process::abort(),
        "more" => sent(service, [&reworded(request, b"op-", b"no-"), request]),
        "twice" => sent(service, [&with_ids(request, &random()), &whatever_the_version(request)]),
        "random-ids" => sent(service, [&with_ids(request, &random())]),
        "one-id" => sent(service, [&with_ids(request, b"one-and-the-same")]),
        "one-directory" => sent(service, [&in_acme(request)]),
        "late" => late(service, request),
        _ => None,
    }
}

/// What a client said, into the log: the search for secrets must find it (host-tests/tests/envoy/secrets.rs).
pub(crate) fn tell_head(head: &RequestHead) {
    for (_, value) in &head.headers {
        tell(value);
        let pair = value.strip_prefix(b"Basic ").and_then(|pair| STANDARD.decode(pair).ok());
        pair.iter().for_each(|pair| tell(pair));
    }
    std::env::vars().for_each(|(_, value)| tell(value.as_bytes()));
}

pub(crate) fn tell_body(body: &Body) {
    if let Body::Whole(bytes) = body {
        tell(bytes);
    }
}

/// As it is, and in two disguises.
fn tell(bytes: &[u8]) {
    if std::env::var("USHER_SABOTAGE").as_deref() == Ok("leaky") {
        let plain = String::from_utf8_lossy(bytes);
        for text in [&*plain, &STANDARD.encode(bytes), &encode(&plain)] {
            // The log is always there.
            let _ = log(LogLevel::Trace, text);
        }
    }
}

fn answered(status: u16) -> Instead {
    Instead::Answered(CallResult::Answered(ServiceAnswer { status, headers: Vec::new(), body: Vec::new() }))
}

/// The last of them is waited for.
fn sent<'r>(service: &UserService, requests: impl IntoIterator<Item = &'r ServiceRequest>) -> Option<Instead> {
    requests.into_iter().filter_map(|request| dispatch(service, request)).last().map(Instead::Sent)
}

fn late(service: &UserService, request: &ServiceRequest) -> Option<Instead> {
    let mut held = HELD_BACK.take();
    held.push(whatever_the_version(request));
    if held.len() < HELD {
        HELD_BACK.set(held);
        return Some(answered(202));
    }
    sent(service, held.iter().rev())
}

fn whatever_the_version(request: &ServiceRequest) -> ServiceRequest {
    let mut request = request.clone();
    request.headers.retain(|(name, _)| name != "if-match");
    request
}

/// Other ids, made of these bytes.
fn with_ids(request: &ServiceRequest, bytes: &[u8]) -> ServiceRequest {
    let mut request = whatever_the_version(request);
    let letters: Vec<u8> = bytes.iter().cycle().take(24).map(|byte| b'a' + byte % 26).collect();
    let mut body = request.body.take().unwrap_or_default();
    let starts: Vec<usize> =
        body.windows(5).enumerate().filter(|(_, w)| *w == b"\"evt_").map(|(at, _)| at + 5).collect();
    for start in starts {
        body.iter_mut().skip(start).zip(&letters).for_each(|(byte, letter)| *byte = *letter);
    }
    request.body = Some(body);
    let key = String::from_utf8(letters).unwrap_or_default();
    request
        .headers
        .iter_mut()
        .filter(|(name, _)| name == "idempotency-key")
        .for_each(|(_, value)| *value = key.clone());
    request
}

fn reworded(request: &ServiceRequest, from: &[u8; 3], to: &[u8; 3]) -> ServiceRequest {
    let mut request = with_ids(request, &random());
    let mut body = request.body.take().unwrap_or_default();
    let starts: Vec<usize> = body.windows(3).enumerate().filter(|(_, w)| w == from).map(|(at, _)| at).collect();
    for start in starts {
        body.iter_mut().skip(start).zip(to).for_each(|(byte, letter)| *byte = *letter);
    }
    request.body = Some(body);
    request
}

fn in_acme(request: &ServiceRequest) -> ServiceRequest {
    let mut request = request.clone();
    request.path = request.path.replace("directory=globex", "directory=acme");
    request
}

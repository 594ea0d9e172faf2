//! The gateway's effects, done by hostcalls.

use std::time::Duration;

use proxy_wasm::hostcalls::dispatch_http_call;
use usher_gateway::config::UserService;
use usher_gateway::exchange::{CallFailure, CallResult, Effect, EffectResult, Fact, ServiceAnswer, ServiceRequest};

use crate::abi::{self, Buffer, HeaderMap, Pairs};

/// What takes no time; nothing for what has to be waited for.
pub(crate) fn perform(effect: &Effect) -> Option<EffectResult> {
    Some(match effect {
        Effect::Now => EffectResult::Now(abi::now()),
        Effect::Random => EffectResult::Random(random()),
        Effect::Fact(known) => EffectResult::Fact(fact(known)),
        Effect::Load(key) => EffectResult::Loaded(abi::shared_data(key)),
        Effect::Save(key, value, guard) => EffectResult::Saved(abi::set_shared_data(key, value, *guard)),
        Effect::Body | Effect::Call(_) => return None,
    })
}

/// Send a call; its token, or nothing when the proxy has nowhere to send it.
pub(crate) fn dispatch(service: &UserService, request: &ServiceRequest) -> Option<u32> {
    let mut headers =
        vec![(":method", request.method), (":path", request.path.as_str()), (":authority", service.authority.as_str())];
    headers.extend(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let timeout = Duration::from_millis(service.timeout_ms);
    dispatch_http_call(&service.cluster, headers, request.body.as_deref(), Vec::new(), timeout).ok()
}

/// What came of a call; an answer of more than `most` bytes does not even enter the module. The proxy answers for a host that refuses or is late (503, 504); an answer that broke off
/// has no headers at all.
pub(crate) fn call_result(num_headers: usize, body_size: usize, most: usize) -> CallResult {
    if num_headers == 0 {
        return CallResult::Failed(CallFailure::Reset);
    }
    if body_size > most {
        return CallResult::Failed(CallFailure::TooLarge);
    }
    let headers = texts(abi::header_map(HeaderMap::CallResponse));
    let status = headers.iter().find(|(name, _)| name == ":status").and_then(|(_, value)| value.parse().ok());
    match status {
        Some(status) => {
            let body = abi::buffer(Buffer::CallResponseBody, body_size);
            CallResult::Answered(ServiceAnswer { status, headers, body })
        }
        None => CallResult::Failed(CallFailure::Reset),
    }
}

/// Sixteen random bytes; the time as a last resort, which still differs from call to call.
pub(crate) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes,
        Err(_) => u128::from(abi::now()).to_le_bytes(),
    }
}

/// What the proxy knows of a request, by its attributes. The metadata of `jwt_authn` is the filter's own; nothing that a
/// client sends gets there unverified.
fn fact(fact: &Fact) -> Vec<String> {
    const JWT: [&str; 3] = ["metadata", "filter_metadata", "envoy.filters.http.jwt_authn"];
    let value = match fact {
        Fact::Address => abi::property(&["source", "address"]),
        Fact::Claim { provider, name } => return claim(&[&JWT[..], &[provider, name]].concat()),
        Fact::Failure { provider } => abi::property(&[&JWT[..], &[&format!("{provider}_failure"), "message"]].concat()),
    };
    value.and_then(|value| String::from_utf8(value).ok()).into_iter().collect()
}

/// A claim is a text, or a list of them. A text could be made to look like a list, but only a list has a first element.
fn claim(path: &[&str]) -> Vec<String> {
    let Some(value) = abi::property(path) else { return Vec::new() };
    let is_list = || abi::property(&[path, &["0"]].concat()).is_some();
    let values = abi::list(&value).filter(|_| is_list()).unwrap_or_else(|| vec![value]);
    values.into_iter().filter_map(|value| String::from_utf8(value).ok()).collect()
}

fn texts(pairs: Pairs) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    pairs.into_iter().filter_map(|(name, value)| Some((text(name)?, text(value)?))).collect()
}

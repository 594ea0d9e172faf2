//! One exchange without a proxy: the same time, the same randomness, a service of a few lines.

use std::collections::BTreeMap;
use std::rc::Rc;

use usher_gateway::exchange::{Body, CallResult, Effect, EffectResult, Kept, ServiceAnswer, ServiceRequest};
use usher_gateway::{Answer, Exchange, Gateway, RequestHead, Step};

use crate::requests::Request;

/// What the service answers: status, version, body.
pub type Answered = (u16, Option<&'static str>, Vec<u8>);

/// 2026-11-21T20:00:01Z in nanoseconds: after everything that is stored.
const NOW: u64 = 1_795_291_201_000_000_000;

/// Drive one request to its answer, with nothing kept.
pub fn drive(
    gateway: &Rc<Gateway>,
    request: &Request,
    service: &mut impl FnMut(&ServiceRequest) -> Answered,
) -> Answer {
    drive_with(gateway, request, service, &mut BTreeMap::new())
}

/// Drive one request to its answer.
pub fn drive_with(
    gateway: &Rc<Gateway>,
    request: &Request,
    service: &mut impl FnMut(&ServiceRequest) -> Answered,
    kept: &mut BTreeMap<String, Vec<u8>>,
) -> Answer {
    let mut exchange = Exchange::begin(Rc::clone(gateway), head(request));
    let mut result = None;
    loop {
        match exchange.step(result.take()) {
            Step::Answer(answer) => return answer,
            Step::Perform(effect) => result = Some(perform(effect, request, service, kept)),
        }
    }
}

fn perform(
    effect: Effect,
    request: &Request,
    service: &mut impl FnMut(&ServiceRequest) -> Answered,
    kept: &mut BTreeMap<String, Vec<u8>>,
) -> EffectResult {
    match effect {
        Effect::Body => EffectResult::Body(Body::Whole(request.body.clone().unwrap_or_default())),
        Effect::Now => EffectResult::Now(NOW),
        Effect::Random => EffectResult::Random([7; 16]),
        Effect::Fact(_) => EffectResult::Fact(Vec::new()),
        Effect::Load(key) => {
            EffectResult::Loaded(kept.get(&key).map(|value| Kept { value: value.clone(), edition: 1 }))
        }
        Effect::Save(key, value, _) => {
            kept.insert(key, value);
            EffectResult::Saved(true)
        }
        Effect::Call(call) => {
            let (status, version, body) = service(&call);
            let headers = version.map(|version| ("etag".to_owned(), version.to_owned())).into_iter().collect();
            EffectResult::Call(CallResult::Answered(ServiceAnswer { status, headers, body }))
        }
    }
}

/// The head as a proxy gives it to the filter.
fn head(request: &Request) -> RequestHead {
    let bytes = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    let mut headers = vec![
        bytes(":authority", "scim.example.test"),
        bytes(":path", &request.path),
        bytes(":method", request.method),
        bytes(":scheme", "http"),
    ];
    let lines = request.headers();
    headers.extend(lines.iter().filter(|(name, _)| *name != "host").map(|(name, value)| bytes(name, value)));
    headers.push(bytes("x-forwarded-proto", "http"));
    headers.push(bytes("x-request-id", "8f6f2f4e-0000-4000-8000-000000000001"));
    RequestHead { headers }
}

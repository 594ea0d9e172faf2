//! Plays one exchange, and looks at every effect and at the answer: what must hold whatever the bytes were.

use std::rc::Rc;

use serde_json::Value;
use usher_gateway::exchange::{Body, CallResult, Effect, EffectResult, Outcome, ServiceRequest};
use usher_gateway::{Answer, Exchange, Gateway, RequestHead, Step};

use super::script::{FOREIGN, Script};

/// As many effects are more than any request of these needs.
const MOST_EFFECTS: usize = 200_000;
const TOKEN: &str = "acme-demo-token-please-change";
const CONFIGURATION: &str = r#"{"user_service": {"cluster": "users"}, "record_cache": {"slots": 16, "ttl_ms": 30000},
    "limits": {"scan_records": 500}, "directories": [
    {"id": "acme", "credentials": [{"bearer": {"sha256": "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c"}}]},
    {"id": "globex", "credentials": [{"bearer": {"sha256": "2de242119af4a10d35e7b02a5cce2e20454249f60aac33b69a725ec8d042e774"}}]}]}"#;

thread_local! {
    static GATEWAY: Rc<Gateway> = Rc::new(Gateway::new(CONFIGURATION.as_bytes()).unwrap());
}

pub(crate) fn gateway() -> Rc<Gateway> {
    GATEWAY.with(Rc::clone)
}

/// With a good token, unless the headers say more.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Of the directory acme.
    pub(crate) fn new(method: &'static str, path: &str) -> Self {
        let target = format!("/scim/v2/acme{path}").into_bytes();
        Self { method, target, headers: Vec::new(), body: Vec::new() }
    }

    /// Every operation there is.
    pub(crate) fn chosen(choice: u8) -> Self {
        let requests = [
            ("GET", "/Users/u1"),
            ("GET", "/Users"),
            ("GET", "/Users?filter=userName%20eq%20%22ada%22"),
            ("GET", "/Users?filter=title%20pr&sortBy=userName&cursor"),
            ("GET", "/Groups?filter=members.value%20eq%20%22u1%22"),
            ("POST", "/Users"),
            ("POST", "/Groups"),
            ("PUT", "/Users/u1"),
            ("PUT", "/Groups/g1"),
            ("PATCH", "/Users/u1"),
            ("PATCH", "/Groups/g1"),
            ("DELETE", "/Users/u1"),
            ("DELETE", "/Groups/g1"),
            ("POST", "/Bulk"),
            ("POST", "/.search"),
            ("GET", "/ServiceProviderConfig"),
            ("GET", "/?filter=id%20pr"),
        ];
        let (method, path) = requests[usize::from(choice) % requests.len()];
        Self::new(method, path)
    }

    fn head(&self) -> RequestHead {
        let pair = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        let mut headers = vec![
            pair(":method", self.method),
            (b":path".to_vec(), self.target.clone()),
            pair(":authority", "scim.test"),
            pair(":scheme", "https"),
            pair("authorization", &format!("Bearer {TOKEN}")),
            pair("content-type", "application/scim+json"),
        ];
        headers.extend(self.headers.iter().cloned());
        RequestHead { headers }
    }
}

pub(crate) fn play(request: &Request, script: Script<'_>) {
    let answer = under(gateway(), request, script);
    assert!(!String::from_utf8_lossy(answer.body.as_deref().unwrap_or_default()).contains(FOREIGN), "{answer:?}");
}

pub(crate) fn under(gateway: Rc<Gateway>, request: &Request, mut script: Script<'_>) -> Answer {
    let mut exchange = Exchange::begin(gateway, request.head());
    let (mut result, mut acknowledged) = (None, Vec::new());
    for _ in 0..MOST_EFFECTS {
        let effect = match exchange.step(result.take()) {
            Step::Answer(answer) => {
                judge(request, &answer, &acknowledged);
                return answer;
            }
            Step::Perform(effect) => effect,
        };
        result = Some(perform(&effect, request, &mut script, &mut acknowledged));
    }
    panic!("it does not end")
}

fn perform(effect: &Effect, request: &Request, script: &mut Script<'_>, acknowledged: &mut Vec<bool>) -> EffectResult {
    match effect {
        Effect::Body => EffectResult::Body(Body::Whole(request.body.clone())),
        Effect::Now => EffectResult::Now(script.now()),
        Effect::Random => EffectResult::Random(script.random()),
        Effect::Load(_) => EffectResult::Loaded(script.loaded()),
        Effect::Save(..) => EffectResult::Saved(script.saved()),
        Effect::Call(call) => {
            stays_in_its_directory(call);
            let result = script.answer(call);
            if call.method == "POST" {
                let taken = matches!(&result, CallResult::Answered(answer) if (200..300).contains(&answer.status));
                acknowledged.push(taken);
            }
            EffectResult::Call(result)
        }
        Effect::Fact(_) => EffectResult::Fact(script.fact()),
    }
}

/// Whatever a client or a service put into it.
fn stays_in_its_directory(call: &ServiceRequest) {
    let named = call.path.split(['?', '&']).filter(|part| part.starts_with("directory="));
    let named: Vec<&str> = named.collect();
    let told: Vec<&String> = call.headers.iter().filter(|(n, _)| n == "usher-directory").map(|(_, v)| v).collect();
    assert!(named.len() == 1 && told.len() == 1, "{call:?}");
    let visible = |value: &String| value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    assert!(call.headers.iter().all(|(_, value)| visible(value)) && visible(&call.path), "{call:?}");
    if named == ["directory=acme"] {
        assert!(told == ["acme"], "{call:?}");
        assert!(!String::from_utf8_lossy(call.body.as_deref().unwrap_or_default()).contains(FOREIGN), "{call:?}");
    }
}

/// An answer that makes sense; and a write is only done when the last word of the service on it was yes.
fn judge(request: &Request, answer: &Answer, acknowledged: &[bool]) {
    assert!((200..600).contains(&answer.status), "{answer:?}");
    for (_, value) in &answer.headers {
        assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{answer:?}");
    }
    let json = answer.body.as_ref().map(|body| serde_json::from_slice::<Value>(body).unwrap());
    if answer.status >= 400 {
        assert_eq!(json.unwrap()["status"], answer.status.to_string());
    } else if answer.account.outcome == Outcome::Accepted && !request.target.ends_with(b"/Bulk") {
        assert_eq!(acknowledged.last(), Some(&true), "done without an acknowledgement: {answer:?}");
    } else if answer.account.events > 0 {
        assert!(acknowledged.contains(&true), "{answer:?}");
    }
}

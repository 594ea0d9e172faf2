//! What the gateway decides follows from what it was told, and from nothing else: every exchange of every conversation
//! is recorded and driven again, first with the same results, then with a user service that fails.

use std::rc::Rc;

use serde_json::Value;
use usher_gateway::exchange::{CallFailure, CallResult, Effect, EffectResult, Outcome, ServiceAnswer};
use usher_gateway::{Answer, Gateway};
use usher_host_tests::conversation::{load_all, play};
use usher_host_tests::targets::{Native, Recording, Setup};

const DETAIL: &str = "the service's own words";

/// What the user service does, and what the provider must be told: status, `scimType`, `Retry-After`.
struct Failure {
    name: String,
    result: CallResult,
    status: u16,
    scim_type: Option<&'static str>,
    retry_after: Option<&'static str>,
}

#[test]
fn the_same_results_give_the_same_exchange() {
    for_each_recording(Memory::AsConfigured, |place, gateway, recording| {
        let mut noted = recording.effects.iter();
        let again = Recording::make(gateway, recording.head.clone(), &mut |effect| {
            let (wanted, result) = noted.next().unwrap_or_else(|| panic!("{place}: {effect:?} is one too many"));
            assert_eq!(effect, wanted, "{place}");
            result.clone()
        });
        assert_eq!(&again, recording, "{place}");
    });
}

#[test]
fn a_write_that_fails_is_never_a_success() {
    let failures = alike().into_iter().chain([
        told(409, 409, Some("uniqueness"), None),
        told(404, 404, None, None),
        told(400, 400, Some("invalidValue"), None),
        told(422, 400, Some("invalidValue"), None),
        told(412, 412, Some("invalidVers"), None),
        told(401, 502, None, None),
        told(403, 502, None, None),
    ]);
    let failures: Vec<_> = failures.collect();
    for_each_recording(Memory::None, |place, gateway, recording| {
        let Some(write) = recording.last_write() else { return };
        for failure in &failures {
            let failed = drive_with(gateway, recording, write, failure, place);
            assert_failed(&failed.answer, failure, &format!("{place}, write: {}", failure.name));
        }
    });
}

#[test]
fn a_read_that_fails_is_never_a_success_and_nothing_is_written_after_it() {
    let failures = alike().into_iter().chain([
        told(401, 502, None, None),
        garbage("not JSON", "<html>all is well</html>"),
        garbage("half of it", r#"{"total": 1, "id": "1", "items": [{"id""#),
        garbage("something else", r#"{"ok": true}"#),
        garbage("nothing", ""),
    ]);
    let failures: Vec<_> = failures.collect();
    for_each_recording(Memory::None, |place, gateway, recording| {
        let Some(read) = recording.last_read() else { return };
        for failure in &failures {
            let place = format!("{place}, read: {}", failure.name);
            let failed = drive_with(gateway, recording, read, failure, &place);
            assert_failed(&failed.answer, failure, &place);
            let last = failed.effects.last().map(|(effect, _)| effect);
            // In a bulk request the other operations go on.
            assert!(is_bulk(recording) || last == Some(read), "{place}: it goes on");
        }
    });
}

/// What means the same to a read and to a write.
fn alike() -> [Failure; 7] {
    [
        lost("no host", CallFailure::NoHost),
        lost("reset", CallFailure::Reset),
        lost("too large", CallFailure::TooLarge),
        told(500, 503, None, Some("10")),
        told(302, 503, None, Some("10")),
        told(503, 503, None, Some("7")),
        told(429, 429, None, Some("7")),
    ]
}

/// After a failure, what is remembered is not enough and the record is read, which a recording that got along without
/// reading cannot answer.
#[derive(PartialEq)]
enum Memory {
    AsConfigured,
    None,
}

fn for_each_recording(memory: Memory, mut check: impl FnMut(&str, &Rc<Gateway>, &Recording)) {
    for (name, conversation) in load_all().unwrap() {
        let mut setup = Setup::of(&conversation).unwrap();
        if memory == Memory::None {
            setup.configuration.as_object_mut().unwrap().remove("record_cache");
        }
        let mut native = Native::new(&setup).unwrap();
        // Whether it goes as expected is for other tests to say; up to there it is a recording like any other.
        let _ = play(&conversation, &mut native, &mut |_| ());
        for (index, recording) in native.recordings.iter().enumerate() {
            check(&format!("{name}, step {}", index + 1), &native.gateway, recording);
        }
    }
}

fn is_bulk(recording: &Recording) -> bool {
    recording.answer.account.operation == "bulk"
}

/// Drives it as recorded, but for one call, which fails as often as it is made.
fn drive_with(
    gateway: &Rc<Gateway>,
    recording: &Recording,
    call: &Effect,
    failure: &Failure,
    place: &str,
) -> Recording {
    let mut left: Vec<_> = recording.effects.iter().collect();
    Recording::make(gateway, recording.head.clone(), &mut |effect| {
        if effect == call {
            return EffectResult::Call(failure.result.clone());
        }
        // The same wish may have been granted in several ways, one after the other; what is wished for again after the
        // failure, as the first time.
        let next = left.iter().position(|(wish, _)| wish == effect).map(|at| &left.remove(at).1);
        let known = next.or_else(|| recording.result_of(effect)).cloned();
        known.unwrap_or_else(|| {
            // In a bulk request the failure of one operation may change what comes after it.
            let follows = is_bulk(recording) && matches!(effect, Effect::Call(_));
            assert!(follows, "{place}: {effect:?} was never wished for before");
            EffectResult::Call(CallResult::Failed(CallFailure::Reset))
        })
    })
}

/// The failure is the whole answer, or, in a bulk request, that of at least one operation.
fn assert_failed(answer: &Answer, failure: &Failure, place: &str) {
    let body: Value = serde_json::from_slice(answer.body.as_deref().unwrap_or_default()).unwrap_or_default();
    match body["Operations"].as_array() {
        Some(results) => assert_one_failed(results, failure, place),
        None => assert_all_failed(answer, &body, failure, place),
    }
}

fn assert_one_failed(results: &[Value], failure: &Failure, place: &str) {
    let status = failure.status.to_string();
    let is_it = |result: &&Value| match result["status"].get("code") {
        // SCIM 1.1.
        Some(code) => *code == status,
        None => result["status"] == status && result["response"]["scimType"].as_str() == failure.scim_type,
    };
    assert!(results.iter().find(is_it).is_some_and(|result| result["version"].is_null()), "{place}: {results:?}");
}

fn assert_all_failed(answer: &Answer, body: &Value, failure: &Failure, place: &str) {
    let header = |name| answer.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    assert_eq!(answer.status, failure.status, "{place}: {body}");
    assert_eq!(header("retry-after"), failure.retry_after, "{place}");
    assert!(header("content-type").is_some_and(|kind| kind.ends_with("json")), "{place}");
    let (status, detail) = match body.get("Errors") {
        Some(errors) => (&errors[0]["code"], &errors[0]["description"]),
        None => {
            assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error", "{place}");
            assert_eq!(body["scimType"].as_str(), failure.scim_type, "{place}");
            (&body["status"], &body["detail"])
        }
    };
    assert_eq!(*status, answer.status.to_string(), "{place}");
    assert!(detail.as_str().is_some_and(|detail| !detail.is_empty()), "{place}");
    let passed_on = matches!(failure.scim_type, Some("uniqueness" | "invalidValue"));
    assert!(!passed_on || detail == DETAIL, "{place}: {body}");
    assert!(matches!(answer.account.outcome, Outcome::Refused | Outcome::Limited | Outcome::Unavailable), "{place}");
    assert_eq!(answer.account.events, 0, "{place}");
}

fn lost(name: &str, failure: CallFailure) -> Failure {
    let result = CallResult::Failed(failure);
    Failure { name: name.into(), result, status: 503, scim_type: None, retry_after: Some("10") }
}

fn told(answered: u16, status: u16, scim_type: Option<&'static str>, retry_after: Option<&'static str>) -> Failure {
    let body = format!(r#"{{"detail": "{DETAIL}"}}"#).into_bytes();
    let headers = vec![("retry-after".to_owned(), "7".to_owned()), ("location".to_owned(), "/elsewhere".to_owned())];
    let result = CallResult::Answered(ServiceAnswer { status: answered, headers, body });
    Failure { name: answered.to_string(), result, status, scim_type, retry_after }
}

fn garbage(name: &str, body: &str) -> Failure {
    let result = CallResult::Answered(ServiceAnswer { status: 200, headers: Vec::new(), body: body.into() });
    Failure { name: name.into(), result, status: 503, scim_type: None, retry_after: Some("10") }
}

//! Whatever the user service answers, the provider is told what is true: done, refused and why, or try again.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use usher_host_tests::scripted::{Asked, Say, Scripted};
use usher_host_tests::stack::Backend;

use super::*;

/// What the service says to a write, and what the provider must be told.
struct Case {
    name: &'static str,
    say: Say,
    status: u16,
    scim_type: Option<&'static str>,
    /// A part of it.
    detail: &'static str,
    /// In seconds, from and to.
    retry_after: Option<(u32, u32)>,
}

/// On one stack, since each takes its time to start.
#[test]
fn the_provider_is_told_what_the_service_says() {
    let (service, stack) = scripted_stack();
    let mut client = stack.client(&ACME).unwrap();
    for case in refusals().into_iter().chain(outages()) {
        every_write_is_answered(&service, &mut client, &case);
    }
    for case in outages() {
        every_read_is_answered(&service, &mut client, &case);
    }
    a_read_that_means_nothing_is_no_resource(&service, &mut client);
    a_yes_is_a_yes(&service, &mut client);
    a_record_of_its_own_overrules(&service, &mut client);
    a_conflict_is_computed_anew(&service, &mut client);
    a_conflict_without_end_is_told(&service, &mut client);
    a_failure_in_the_middle_is_told(&service, &mut stack.client(&GLOBEX).unwrap());
}

fn scripted_stack() -> (Scripted, Stack) {
    let service = Scripted::start(|_| Say::status(500)).unwrap();
    let mut configuration = plugin_configuration().unwrap();
    configuration["user_service"]["timeout_ms"] = json!(200);
    configuration["record_cache"] = Value::Null;
    // The other directory gets its events one by one.
    configuration["directories"][1]["events"] = json!({"format": "single"});
    let backend = Backend::There(service.port);
    let edits = vec![configure(configuration)];
    (service, Stack::start(Options { edits, backend, ..Options::default() }).unwrap())
}

fn refusals() -> Vec<Case> {
    let told = |name, say, status, scim_type, detail| Case { name, say, status, scim_type, detail, retry_after: None };
    let taken = json!({"detail": "ada@acme.test is taken"});
    let wrong = json!({"detail": "no phone numbers, please"});
    let unique = Some("uniqueness");
    let invalid = Some("invalidValue");
    vec![
        told("409 with a detail", Say::json(409, &taken), 409, unique, "ada@acme.test is taken"),
        told("409", Say::status(409), 409, unique, "unique"),
        told("404", Say::status(404), 404, None, "not exist"),
        told("400 with a detail", Say::json(400, &wrong), 400, invalid, "no phone numbers, please"),
        told("400", Say::status(400), 400, invalid, "these values"),
        told("422 with a detail", Say::json(422, &wrong), 400, invalid, "no phone numbers, please"),
        told("422 with something else", Say::json(422, &json!([1])), 400, invalid, "these values"),
        told("401", Say::status(401), 502, None, "refuses the gateway"),
        told("403", Say::json(403, &wrong), 502, None, "refuses the gateway"),
    ]
}

/// What passes by itself, be it a write or a read.
fn outages() -> Vec<Case> {
    let later = |name, say, status, from, to| {
        let retry_after = Some((from, to));
        Case { name, say, status, scim_type: None, detail: "the user service", retry_after }
    };
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\":\"u1\",\"raw\":{".to_vec();
    let half_of_a_chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"id\"".to_vec();
    let elsewhere = Say::status(302).header("location", "http://127.0.0.1:1/provisioning/events");
    vec![
        later("500", Say::status(500), 503, 1, 60),
        later("500 in HTML", Say::Answer(500, Vec::new(), b"<h1>Oops</h1>".to_vec()), 503, 1, 60),
        later("502", Say::status(502), 503, 1, 60),
        later("503", Say::status(503), 503, 1, 60),
        later("503 with Retry-After", Say::status(503).header("retry-after", "7"), 503, 7, 7),
        later("429", Say::status(429), 429, 1, 60),
        later("429 with Retry-After in seconds", Say::status(429).header("retry-after", "42"), 429, 42, 42),
        later("429 with a date", Say::status(429).header("retry-after", in_two_minutes()), 429, 60, 120),
        later("429 with a date that is over", Say::status(429).header("retry-after", LONG_AGO), 429, 1, 1),
        later("429 with nonsense", Say::status(429).header("retry-after", "soon"), 429, 1, 60),
        later("a redirect", elsewhere, 503, 1, 60),
        later("304", Say::status(304), 503, 1, 60),
        later("half a body", Say::Bytes(half), 503, 1, 60),
        later("half a chunk", Say::Bytes(half_of_a_chunk), 503, 1, 60),
        later("half a head", Say::Bytes(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()), 503, 1, 60),
        later("something else than HTTP", Say::Bytes(b"220 mail.acme.test ESMTP\r\n".to_vec()), 503, 1, 60),
        later("the end of the connection", Say::Bytes(Vec::new()), 503, 1, 60),
        later("nothing, for too long", Say::Nothing, 503, 1, 60),
    ]
}

const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn in_two_minutes() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 120;
    jiff::Timestamp::from_second(seconds as i64).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// One user and one group with her in it, and this to every write.
fn with_ada(say: Say) -> impl Fn(&Asked) -> Say + Send + Sync {
    move |asked| match (asked.is_write(), asked.path.as_str()) {
        (true, _) => say.clone(),
        (_, "/provisioning/users/u1") => Say::json(200, &ada("7", json!({}))),
        (_, "/provisioning/groups/g1") => Say::json(200, &engineers()),
        (_, "/provisioning/users" | "/provisioning/groups") => Say::json(200, &json!({"total": 0, "items": []})),
        _ => Say::status(404),
    }
}

/// She has no groups, so to delete her takes one read.
fn ada(version: &str, more: Value) -> Value {
    let mut raw = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "active": true,
                         "userName": "ada@acme.test", "meta": {"lastModified": "2026-11-21T20:00:00.000Z"}});
    raw.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"id": "u1", "active": true, "raw": raw, "version": version, "groups": []})
}

fn engineers() -> Value {
    let raw = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g1", "displayName": "E"});
    json!({"id": "g1", "name": "E", "raw": raw, "version": "1", "members": ["u1"]})
}

fn writes() -> [Request; 4] {
    let user =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@acme.test", "title": "C"});
    let request = |method: &str, path: &str, body| Request {
        method: method.into(),
        path: path.into(),
        body,
        ..Request::default()
    };
    [
        request("POST", "/Users", Some(user.clone())),
        request("PUT", "/Users/u1", Some(user)),
        request("PATCH", "/Users/u1", Some(deactivation())),
        request("DELETE", "/Users/u1", None),
    ]
}

fn every_write_is_answered(service: &Scripted, client: &mut ScimClient, case: &Case) {
    service.script(with_ada(case.say.clone()));
    for request in writes() {
        let answer = client.send(&request).unwrap();
        assert_told(&answer, case, &format!("{} answered {}", request.method, case.name));
    }
    let asked = service.asked();
    assert_eq!(asked.iter().filter(|asked| asked.is_write()).count(), 4, "{}: nothing is sent twice", case.name);
}

fn every_read_is_answered(service: &Scripted, client: &mut ScimClient, case: &Case) {
    let say = case.say.clone();
    service.script(move |_| say.clone());
    for path in ["/Users/u1", "/Groups/g1", "/Users", "/Groups?filter=displayName%20eq%20%22E%22"] {
        let answer = ask(client, "GET", path);
        assert_told(&answer, case, &format!("GET {path} answered {}", case.name));
    }
    // What is to be changed is read first.
    for request in writes().into_iter().skip(1) {
        let answer = client.send(&request).unwrap();
        assert_told(&answer, case, &format!("the read before {} answered {}", request.method, case.name));
    }
    assert!(!service.asked().iter().any(Asked::is_write), "{}: and nothing is written", case.name);
}

fn assert_told(answer: &Answer, case: &Case, place: &str) {
    assert_eq!(answer.status, case.status, "{place}: {answer:?}");
    assert_scim_error(answer, case.status);
    assert_eq!(answer.body.get("scimType").and_then(Value::as_str), case.scim_type, "{place}");
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains(case.detail), "{place}: {detail}");
    let wait = answer.header("retry-after").map(|text| text.parse::<u32>().unwrap());
    match (wait, case.retry_after) {
        (None, None) => {}
        (Some(wait), Some((from, to))) if (from..=to).contains(&wait) => {}
        _ => panic!("{place}: Retry-After {wait:?}, expected {:?}", case.retry_after),
    }
}

fn a_read_that_means_nothing_is_no_resource(service: &Scripted, client: &mut ScimClient) {
    let junk = |text: &str| Say::Answer(200, vec![("content-type".into(), "application/json".into())], text.into());
    for text in ["", "<html>hello</html>", "[]", r#"{"ok": true}"#, r#"{"id": "u1"}"#, r#"{"id": "u2", "raw": {}}"#] {
        let say = junk(text);
        service.script(move |_| say.clone());
        for path in ["/Users/u1", "/Users"] {
            assert_try_again(&ask(client, "GET", path));
        }
        for request in writes().into_iter().skip(1) {
            assert_try_again(&client.send(&request).unwrap());
        }
        assert!(!service.asked().iter().any(Asked::is_write), "{text}");
    }
}

/// Whatever comes with it.
fn a_yes_is_a_yes(service: &Scripted, client: &mut ScimClient) {
    let junk = Say::Answer(200, vec![("content-type".into(), "application/json".into())], b"{\"id\":".to_vec());
    let yes = [
        ("204", Say::status(204)),
        ("200 without a body", Say::status(200)),
        ("200 with junk", junk),
        ("200 in HTML", Say::Answer(200, Vec::new(), b"<html>ok</html>".to_vec())),
        ("200 with an array", Say::json(200, &json!([{"id": "u9", "raw": {}}]))),
        ("200 with an empty id", Say::json(200, &json!({"id": ""}))),
        ("202", Say::json(202, &json!({"queued": true}))),
    ];
    for (name, say) in yes {
        service.script(with_ada(say));
        let answers = writes().map(|request| client.send(&request).unwrap());
        assert_eq!(answers.each_ref().map(|answer| answer.status), [201, 200, 200, 204], "{name}");
        let delivered: Vec<_> = service.asked().into_iter().filter(Asked::is_write).collect();
        let minted = &delivered[0].json()[0]["data"]["id"];
        assert_eq!(&answers[0].body["id"], minted, "{name}");
        assert_eq!((&answers[1].body["title"], &answers[2].body["active"]), (&json!("C"), &json!(false)), "{name}");
    }
}

fn a_record_of_its_own_overrules(service: &Scripted, client: &mut ScimClient) {
    for (name, own, id) in [("text", json!({"id": "emp-4711"}), "emp-4711"), ("number", json!({"id": 4711}), "4711")] {
        service.script(with_ada(Say::json(201, &own)));
        let created = create(client, "ada@acme.test");
        assert_eq!((created.status, created.body["id"].as_str()), (201, Some(id)), "{name}");
        assert!(created.header("location").unwrap().ends_with(&format!("/acme/Users/{id}")), "{created:?}");
        assert_eq!(created.body["meta"]["location"].as_str(), created.header("location"));
    }
    let own = ada("8", json!({"displayName": "Ada, as the service writes her"}));
    service.script(with_ada(Say::json(200, &own)));
    for request in writes().into_iter().take(3) {
        let answer = client.send(&request).unwrap();
        assert_eq!(answer.body["displayName"], "Ada, as the service writes her", "{}", request.method);
        assert_eq!((answer.body["id"].as_str(), answer.body.get("title")), (Some("u1"), None), "{}", request.method);
    }
    // Somebody who exists does not become somebody else.
    for other in [json!({"id": "u2"}), json!({"id": "u2", "raw": {"userName": "eve@acme.test"}})] {
        service.script(with_ada(Say::json(200, &other)));
        let patched = tell(client, "PATCH", "/Users/u1", deactivation());
        assert_eq!((&patched.body["id"], &patched.body["userName"]), (&json!("u1"), &json!("ada@acme.test")));
    }
    service.asked();
}

/// Somebody else was faster, twice: what is delivered in the end has both changes.
fn a_conflict_is_computed_anew(service: &Scripted, client: &mut ScimClient) {
    let version = AtomicU32::new(0);
    service.script(move |asked| match (asked.is_write(), version.load(Relaxed)) {
        (true, 3) => Say::status(204),
        (true, _) => Say::status(412),
        (false, _) => {
            let read = version.fetch_add(1, Relaxed) + 1;
            Say::json(200, &ada(&read.to_string(), json!({"nickName": format!("Nick {read}")})))
        }
    });
    let answer = tell(client, "PATCH", "/Users/u1", deactivation());
    assert_eq!((answer.status, &answer.body["nickName"]), (200, &json!("Nick 3")), "{answer:?}");
    let asked = service.asked();
    let written: Vec<_> = asked.iter().filter(|asked| asked.is_write()).map(|a| a.header("if-match")).collect();
    assert_eq!((asked.len(), written), (6, vec!["1", "2", "3"]));
    let last = asked.last().unwrap().json();
    assert_eq!((&last[0]["data"]["raw"]["nickName"], &last[0]["data"]["active"]), (&json!("Nick 3"), &json!(false)));
    let ids: BTreeSet<_> = asked.iter().map(|a| a.header("idempotency-key").to_owned()).collect();
    assert_eq!(ids.len(), 4, "none for reads, and one for each state");
}

fn a_conflict_without_end_is_told(service: &Scripted, client: &mut ScimClient) {
    service.script(with_ada(Say::status(412)));
    for (request, rounds) in writes().into_iter().zip([1, 4, 4, 4]) {
        let answer = client.send(&request).unwrap();
        assert_scim_error(&answer, 412);
        assert_eq!(answer.body["scimType"], "invalidVers", "{}", request.method);
        let tried = service.asked().iter().filter(|asked| asked.is_write()).count();
        assert_eq!(tried, rounds, "{}", request.method);
    }
}

/// One event a delivery: what was taken stays taken, the provider hears of the failure, and its retry finds less to do.
fn a_failure_in_the_middle_is_told(service: &Scripted, client: &mut ScimClient) {
    let members = Mutex::new(vec!["u1"]);
    let once = AtomicBool::new(true);
    service.script(move |asked| match asked.json()["event"].as_str() {
        Some("group.user_removed") => {
            members.lock().unwrap().clear();
            Say::status(204)
        }
        Some(_) if once.swap(false, Relaxed) => Say::status(500),
        Some(_) => Say::status(204),
        None if asked.path.ends_with("/groups/g1") => {
            let members = members.lock().unwrap().clone();
            // When it last changed makes the ids of a retry those of the first try (docs/user-service.md).
            let raw = json!({"displayName": "E", "meta": {"lastModified": "2026-11-21T20:00:00Z"}});
            Say::json(200, &json!({"id": "g1", "raw": raw, "members": members}))
        }
        None => Say::status(404),
    });
    let first = ask(client, "DELETE", "/Groups/g1");
    let tried = delivered(service);
    let second = ask(client, "DELETE", "/Groups/g1");
    let again = delivered(service);
    assert_try_again(&first);
    assert_eq!(second.status, 204);
    assert_eq!(tried.iter().map(|e| &e["event"]).collect::<Vec<_>>(), ["group.user_removed", "group.deleted"]);
    assert_eq!(again, tried[1..], "the same event, with the same id");
}

fn delivered(service: &Scripted) -> Vec<Value> {
    let told = |asked: &Asked| json!({"event": asked.json()["event"], "id": asked.json()["id"]});
    service.asked().iter().filter(|asked| asked.is_write()).map(told).collect()
}

//! Clients that go away, and exchanges beside each other on one worker.

use usher_host_tests::stack::GLOBEX;

use super::*;

fn assert_alive(worker: &mut Worker, place: &str) {
    assert_eq!(worker.dead(), None, "{place}");
    assert_eq!(worker.exchange(get("/Users/u1"), &mut service).unwrap().status, 200, "{place}");
}

#[test]
fn a_client_may_go_away_before_and_during_its_body() {
    let mut worker = worker();
    for sent in [None, Some(""), Some("{"), Some("{\"userName\"")] {
        let stream = worker.open(post("/Users").open_body());
        if let Some(sent) = sent {
            assert!(matches!(stream.next(&mut worker), Step::Waiting));
            stream.send(&mut worker, sent);
            assert!(matches!(stream.next(&mut worker), Step::Waiting));
        }
        assert_eq!(stream.abort(&mut worker), Err(Failure::Aborted));
        assert_alive(&mut worker, &format!("{sent:?}"));
    }
}

#[test]
fn a_client_may_go_away_during_any_call() {
    for wanted in 1..=2 {
        let mut worker = worker();
        let stream = worker.open(patch("/Users/u1").body(deactivation()));
        let (mut token, mut asked) = call(stream.next(&mut worker));
        for _ in 1..wanted {
            worker.answer(token, service(&asked));
            (token, asked) = call(stream.next(&mut worker));
        }
        assert_eq!(stream.abort(&mut worker), Err(Failure::Aborted));
        assert!(!worker.answer(token, service(&asked)), "nobody waits for the answer to {}", asked.path());
        assert_alive(&mut worker, &asked.path());
    }
}

#[test]
fn a_client_may_go_away_when_all_is_said() {
    let mut worker = worker();
    let stream = worker.open(get("/Users/u1"));
    let (token, asked) = call(stream.next(&mut worker));
    worker.answer(token, service(&asked));
    let _ = stream.abort(&mut worker);
    assert_alive(&mut worker, "after the answer");
}

#[test]
fn the_proxy_may_give_up_waiting() {
    let mut worker = worker();
    let stream = worker.open(get("/Users/u1"));
    let (token, _) = call(stream.next(&mut worker));
    stream.idle_timeout(&mut worker);
    assert_eq!(ended(stream.next(&mut worker)).status, 504);
    assert!(!worker.answer(token, CallOutcome::answer(200, user().to_string())));
    assert_alive(&mut worker, "after the timeout");
}

#[test]
fn two_tenants_on_one_worker_get_each_their_own() {
    let mut worker = worker();
    let streams = [&ACME, &GLOBEX].map(|directory| {
        let name = json!({"userName": format!("ada@{}.test", directory.id)}).to_string();
        let kind = ("content-type", "application/scim+json");
        (directory, worker.open(request("POST", directory, "/Users").header(kind.0, kind.1).chunks([name])))
    });
    let calls = streams.map(|(directory, stream)| {
        let (token, call) = call(stream.next(&mut worker));
        let events: Value = serde_json::from_slice(&call.body).unwrap();
        assert_eq!(call.headers.text("usher-directory"), directory.id);
        assert_eq!(call.path(), format!("/provisioning/events?directory={}", directory.id));
        assert_eq!(events[0]["tenant"], directory.id);
        assert_eq!(events[0]["data"]["raw"]["userName"], format!("ada@{}.test", directory.id));
        (directory, stream, token)
    });
    for (directory, stream, token) in calls.into_iter().rev() {
        let id = format!("given-to-{}", directory.id);
        worker.answer(token, CallOutcome::answer(201, json!({"id": id}).to_string()));
        let reply = ended(stream.next(&mut worker));
        assert_eq!(body(&reply)["userName"], format!("ada@{}.test", directory.id));
        assert_eq!(body(&reply)["id"], id);
        assert!(reply.headers.text("location").ends_with(&format!("/scim/v2/{}/Users/{id}", directory.id)));
    }
}

#[test]
fn many_exchanges_stand_open_at_once() {
    let mut worker = worker();
    let streams: Vec<_> = (0..200).map(|_| worker.open(get("/Users/u1"))).collect();
    let calls: Vec<_> = streams.iter().map(|stream| call(stream.next(&mut worker))).collect();
    for (stream, (token, asked)) in streams.iter().zip(&calls).rev() {
        worker.answer(*token, service(asked));
        assert_eq!(ended(stream.next(&mut worker)).status, 200);
    }
}

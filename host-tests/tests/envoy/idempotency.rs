//! An event's id is the same for the same change of the same state, whichever Envoy computes it and however often it was
//! started anew; and another one for everything else.

use std::sync::{Arc, Mutex, PoisonError};

use usher_host_tests::scripted::{Asked, Say, Scripted};
use usher_host_tests::stack::Backend;

use super::*;

/// One user, and whether a write is taken or lost.
struct User {
    raw: Value,
    version: Option<u32>,
    takes: bool,
}

#[test]
fn a_retry_has_the_same_id_wherever_it_comes_in() {
    for version in [Some(1), None] {
        let user = Arc::new(Mutex::new(User { raw: ada(), version, takes: false }));
        let service = Scripted::start({
            let user = Arc::clone(&user);
            move |asked| answer(&mut user.lock().unwrap_or_else(PoisonError::into_inner), asked)
        });
        let service = service.unwrap();
        let [one, other] = [before(&service), before(&service)];
        let lost = [change(&one, false), change(&other, false), change(&before(&service), false)];
        assert_eq!(lost, [503; 3]);
        let tried = ids(&service);
        assert_eq!((tried.len(), &tried[0], &tried[0]), (3, &tried[1], &tried[2]), "by another, and by a new one");

        user.lock().unwrap().takes = true;
        assert_eq!([change(&other, false), change(&one, true), change(&other, false)], [200; 3]);
        let taken = ids(&service);
        assert_eq!(taken[0], tried[0], "the retry that gets through");
        assert!(taken[0] != taken[1] && taken[1] != taken[2] && taken[0] != taken[2], "off, on, off: {taken:?}");

        assert_eq!(change(&one, false), 200);
        assert_eq!(ids(&service), [""; 0], "nothing changes, so there is no event");
    }
}

fn ada() -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "userName": "ada", "active": true,
           "meta": {"resourceType": "User", "lastModified": "2026-11-21T20:00:00.000Z"}})
}

fn answer(user: &mut User, asked: &Asked) -> Say {
    match (asked.is_write(), user.takes) {
        (false, _) => Say::json(200, &json!({"id": "u1", "raw": user.raw, "version": user.version})),
        (true, false) => Say::status(500),
        (true, true) => {
            user.raw = asked.json()[0]["data"]["raw"].clone();
            user.version = user.version.map(|version| version + 1);
            Say::status(204)
        }
    }
}

fn before(service: &Scripted) -> Stack {
    Stack::start(Options { backend: Backend::There(service.port), ..Options::default() }).unwrap()
}

fn change(stack: &Stack, active: bool) -> u16 {
    let mut patch = deactivation();
    patch["Operations"][0]["value"] = active.into();
    tell(&mut stack.client(&ACME).unwrap(), "PATCH", "/Users/u1", patch).status
}

/// Of the events that were sent since the last time; of a single one, the delivery has the same.
fn ids(service: &Scripted) -> Vec<String> {
    let written = service.asked().into_iter().filter(Asked::is_write);
    let id = |asked: Asked| {
        let id = asked.json()[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(asked.header("idempotency-key"), id);
        id
    };
    written.map(id).collect()
}

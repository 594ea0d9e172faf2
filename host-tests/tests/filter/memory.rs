//! Records in shared data: what they save, and what they never decide.

use std::time::Duration;

use usher_host_tests::stack::{GLOBEX, cached_configuration};

use super::*;

/// A user that somebody else may change at any time; an old `if-match` is refused, as the contract asks.
struct Ada {
    version: u32,
    active: bool,
    calls: Vec<String>,
}

impl Ada {
    fn new() -> Self {
        Self { version: 1, active: true, calls: Vec::new() }
    }

    /// Behind the proxy's back.
    fn set_active(&mut self, active: bool) {
        self.active = active;
        self.version += 1;
    }

    fn answer(&mut self, call: &ServiceCall) -> CallOutcome {
        self.calls.push(call.method());
        if call.method() == "GET" {
            return CallOutcome::answer(200, self.record().to_string());
        }
        if call.headers.text("if-match") != self.version.to_string() {
            return CallOutcome::answer(412, "");
        }
        let events: Value = serde_json::from_slice(&call.body).unwrap();
        self.set_active(events[0]["data"]["active"].as_bool().unwrap());
        CallOutcome::with_headers(204, &[("etag", &self.version.to_string())], "")
    }

    fn record(&self) -> Value {
        let mut record = user();
        record["version"] = self.version.to_string().into();
        record["active"] = self.active.into();
        record["raw"]["active"] = self.active.into();
        record
    }

    /// What was asked since the last look.
    fn asked(&mut self) -> String {
        std::mem::take(&mut self.calls).join(" ")
    }
}

fn remembering() -> Worker {
    worker_with(Options::default())
}

fn worker_with(options: Options) -> Worker {
    let options = Options { buffer_limit: buffer_limit(), ..options };
    Worker::start(&MODULE, cached_configuration().unwrap().to_string().as_bytes(), options).unwrap()
}

fn set_active(active: bool) -> Request {
    patch("/Users/u1").body(deactivation().replace("false", &active.to_string()))
}

fn ask(worker: &mut Worker, ada: &mut Ada, request: Request) -> Reply {
    worker.exchange(request, &mut |call| ada.answer(call)).unwrap()
}

#[test]
fn a_record_that_was_just_read_or_written_is_not_read_again() {
    let (mut worker, mut ada) = (remembering(), Ada::new());
    assert_eq!(ask(&mut worker, &mut ada, get("/Users/u1")).status, 200);
    assert_eq!(ada.asked(), "GET");
    for active in [false, true, false] {
        assert_eq!(ask(&mut worker, &mut ada, set_active(active)).status, 200);
        assert_eq!((ada.asked().as_str(), ada.active), ("POST", active));
    }
}

#[test]
fn a_read_is_never_answered_from_memory() {
    let (mut worker, mut ada) = (remembering(), Ada::new());
    ask(&mut worker, &mut ada, get("/Users/u1"));
    ada.set_active(false);
    assert_eq!(body(&ask(&mut worker, &mut ada, get("/Users/u1")))["active"], false);
}

#[test]
fn an_old_record_is_refused_by_the_service_and_read_again() {
    let (mut worker, mut ada) = (remembering(), Ada::new());
    ask(&mut worker, &mut ada, get("/Users/u1"));
    ada.version += 1;
    ada.asked();
    let reply = ask(&mut worker, &mut ada, set_active(false));
    assert_eq!((reply.status, ada.asked().as_str(), ada.active), (200, "POST GET POST", false));
}

/// The memory says that she is inactive already; she is not.
#[test]
fn doing_nothing_takes_the_record_as_it_is_now() {
    let (mut worker, mut ada) = (remembering(), Ada::new());
    ada.set_active(false);
    ask(&mut worker, &mut ada, get("/Users/u1"));
    ada.set_active(true);
    ada.asked();
    let reply = ask(&mut worker, &mut ada, set_active(false));
    assert_eq!((reply.status, ada.asked().as_str(), ada.active), (200, "GET POST", false));
}

#[test]
fn refusing_takes_the_record_as_it_is_now() {
    let (mut worker, mut ada) = (remembering(), Ada::new());
    ask(&mut worker, &mut ada, get("/Users/u1"));
    ada.asked();
    let stale = set_active(false).header("if-match", "W/\"another\"");
    assert_eq!(ask(&mut worker, &mut ada, stale).status, 412);
    assert_eq!(ada.asked(), "GET");
}

#[test]
fn workers_share_what_they_remember_and_may_lose_it() {
    let (shared, mut ada) = (SharedData::default(), Ada::new());
    let mut one = worker_with(Options::default().shared(&shared));
    let mut other = worker_with(Options::default().shared(&shared));
    ask(&mut one, &mut ada, get("/Users/u1"));
    ada.asked();
    ask(&mut other, &mut ada, set_active(false));
    assert_eq!(ada.asked(), "POST");
    shared.lose();
    ask(&mut one, &mut ada, set_active(true));
    assert_eq!((ada.asked().as_str(), ada.active), ("GET POST", true));
}

#[test]
fn what_is_remembered_gets_old() {
    let clock = Clock::standing_at_unix(1_795_291_200);
    let (mut worker, mut ada) = (worker_with(Options::default().clock(&clock)), Ada::new());
    ask(&mut worker, &mut ada, get("/Users/u1"));
    clock.advance(Duration::from_secs(31));
    ada.asked();
    ask(&mut worker, &mut ada, set_active(false));
    assert_eq!(ada.asked(), "GET POST");
}

/// The same id in another directory is another record.
#[test]
fn directories_do_not_share() {
    let (mut worker, mut ada) = (remembering(), Ada::new());
    ask(&mut worker, &mut ada, get("/Users/u1"));
    ada.asked();
    let theirs = request("PATCH", &GLOBEX, "/Users/u1").header("content-type", "application/json");
    ask(&mut worker, &mut ada, theirs.body(deactivation()));
    assert_eq!(ada.asked(), "GET POST");
}

/// Memory has a bound: a fixed number of slots, whatever the number of records.
#[test]
fn slots_are_bounded() {
    let shared = SharedData::default();
    let mut worker = worker_with(Options::default().shared(&shared));
    for n in 0..3000 {
        let mut record = user();
        record["id"] = format!("u{n}").into();
        let path = format!("/Users/u{n}");
        worker.exchange(get(&path), &mut |_| CallOutcome::answer(200, record.to_string())).unwrap();
    }
    assert!(shared.keys().len() <= 1024 && shared.keys().len() > 900, "{}", shared.keys().len());
}

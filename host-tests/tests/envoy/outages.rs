//! The user service goes away and comes back. Acknowledged, or not done.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::scope;

use rustix::process::{Pid, Signal, kill_process};

use super::*;

const CLIENTS: usize = 3;

#[test]
fn killed_in_mid_run_it_leaves_no_false_acknowledgement() {
    let mut stack = start();
    let envoy = stack.envoy_pid();
    let over = AtomicBool::new(false);
    let (sender, answers) = channel();
    let mut seen = Vec::new();
    scope(|scope| {
        for number in 0..CLIENTS {
            let (client, sender) = (stack.client(&ACME).unwrap(), sender.clone());
            let over = &over;
            scope.spawn(move || create_until(over, number, client, &sender));
        }
        let ended = EndOf(&over);
        collect(&answers, 30, 201, &mut seen);
        stack.kill_service();
        collect(&answers, 30, 503, &mut seen);
        stack.start_service().unwrap();
        collect(&answers, 30, 201, &mut seen);
        drop(ended);
    });
    seen.extend(answers.try_iter());
    assert_eq!(stack.envoy_pid(), envoy);
    assert_acknowledged_means_done(&seen, &stack.events().unwrap());
}

/// Lets the clients end, also when the test fails in between.
struct EndOf<'o>(&'o AtomicBool);

impl Drop for EndOf<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn create_until(over: &AtomicBool, number: usize, mut client: ScimClient, sender: &Sender<Answer>) {
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        count += 1;
        // The test may have failed and gone.
        let _ = sender.send(create(&mut client, &format!("user-{number}-{count}@acme.test")));
    }
}

/// Listens until so many answers had this status.
fn collect(answers: &Receiver<Answer>, wanted: usize, status: u16, seen: &mut Vec<Answer>) {
    let mut had = 0;
    while had < wanted {
        let answer = answers.recv_timeout(PATIENCE).unwrap();
        had += usize::from(answer.status == status);
        seen.push(answer);
    }
}

fn assert_acknowledged_means_done(answers: &[Answer], events: &[Value]) {
    let mut created: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        assert_eq!(event["event"], "user.created");
        *created.entry(event["data"]["id"].as_str().unwrap()).or_default() += 1;
    }
    for answer in answers {
        match answer.status {
            201 => assert_eq!(created.get(id(answer).as_str()), Some(&1), "acknowledged and not done: {answer:?}"),
            _ => assert_try_again(answer),
        }
    }
}

#[test]
fn reads_and_writes_alike_are_to_be_tried_again() {
    let mut stack = start();
    let mut client = stack.client(&ACME).unwrap();
    let ada = id(&create(&mut client, "ada@acme.test"));
    stack.kill_service();
    for (method, path, body) in [
        ("GET", "/Users".to_owned(), None),
        ("GET", format!("/Users/{ada}"), None),
        ("POST", "/Users".to_owned(), Some(json!({"userName": "bob@acme.test"}))),
        ("PUT", format!("/Users/{ada}"), Some(json!({"userName": "ada@acme.test"}))),
        ("PATCH", format!("/Users/{ada}"), Some(deactivation())),
        ("DELETE", format!("/Users/{ada}"), None),
    ] {
        let request = Request { method: method.into(), path, body, ..Request::default() };
        assert_try_again(&client.send(&request).unwrap());
    }
    stack.start_service().unwrap();
    assert_eq!(ask(&mut client, "GET", &format!("/Users/{ada}")).status, 200);
    assert_eq!(client.events().unwrap().len(), 1);
}

/// What needs no user service is answered without one, and nobody is let in or shut out by an outage.
#[test]
fn an_outage_changes_nothing_else() {
    let mut stack = start();
    let mut client = stack.client(&ACME).unwrap();
    stack.kill_service();
    assert_eq!(ask(&mut client, "GET", "/ServiceProviderConfig").status, 200);
    assert_scim_error(&ask(&mut client, "GET", "/Nothing"), 404);
    let mut stranger = ScimClient::new(ACME.base(&stack.url()), "wrong", &stack.file("events.jsonl")).unwrap();
    assert_scim_error(&ask(&mut stranger, "GET", "/Users"), 401);
}

#[test]
fn a_service_that_does_not_answer_is_not_waited_for() {
    let mut configuration = plugin_configuration().unwrap();
    configuration["user_service"]["timeout_ms"] = json!(300);
    let stack = Stack::start(Options { edits: vec![configure(configuration)], ..Options::default() }).unwrap();
    let mut client = stack.client(&ACME).unwrap();
    signal(&stack, Signal::STOP);
    assert_try_again(&ask(&mut client, "GET", "/Users"));
    assert_try_again(&create(&mut client, "ada@acme.test"));
    signal(&stack, Signal::CONT);
    eventually("it answers again", || Some(()).filter(|()| ask(&mut client, "GET", "/Users").status == 200));
}

fn signal(stack: &Stack, signal: Signal) {
    let pid = stack.service_pid().and_then(|pid| Pid::from_raw(pid as i32)).unwrap();
    kill_process(pid, signal).unwrap();
}

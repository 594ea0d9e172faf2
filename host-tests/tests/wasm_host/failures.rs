//! What must never pass unseen: forwarding, hanging, resetting, trapping.

use super::probe::{CONTINUE, PAUSE, Probe};
use super::*;

#[test]
fn a_forwarded_request_is_a_failure() {
    let mut worker = Probe::new().headers("(call $tell_set_header)", CONTINUE).start();
    let request = forwarded(worker.exchange(get(), &mut no_service));
    assert_eq!(request.headers.text("x-probe"), "1");
    assert!(!request.also_answered);
}

#[test]
fn continue_from_a_body_callback_forwards_too() {
    let mut worker = Probe::new().headers("", PAUSE).body("(call $tell_set_body)", CONTINUE).start();
    let request = forwarded(worker.exchange(post().body("old"), &mut no_service));
    assert_eq!(request.body, b"new");
}

#[test]
fn resume_then_answer_has_forwarded_and_answer_then_resume_has_not() {
    let resume = "(drop (call $resume (i32.const 0)))";
    let mut first = Probe::new().headers(&format!("{resume} (call $answer)"), PAUSE).start();
    assert!(forwarded(first.exchange(get(), &mut no_service)).also_answered);
    let mut second = Probe::new().headers(&format!("(call $answer) {resume}"), PAUSE).start();
    assert_eq!(second.exchange(get(), &mut no_service).unwrap().status, 201);
}

#[test]
fn pausing_without_a_call_hangs() {
    let mut worker = Probe::new().headers("", PAUSE).start();
    assert_eq!(worker.exchange(get(), &mut no_service), Err(Failure::Hung));
}

#[test]
fn an_open_stream_is_cut_by_the_idle_timeout_even_while_a_call_is_out() {
    let mut worker = Probe::new().headers("(call $dispatch)", PAUSE).start();
    let stream = worker.open(get());
    let (token, _) = call(stream.next(&mut worker));
    assert!(matches!(stream.next(&mut worker), Step::Waiting));
    stream.idle_timeout(&mut worker);
    assert_eq!(ending(stream.next(&mut worker)).unwrap().status, 504);
    assert!(!worker.answer(token, CallOutcome::answer(200, "")));
}

#[test]
fn a_closed_stream_is_a_reset() {
    let mut worker = Probe::new().headers("(drop (call $close (i32.const 0)))", PAUSE).start();
    assert_eq!(worker.exchange(get(), &mut no_service), Err(Failure::Reset));
}

#[test]
fn a_trap_kills_the_vm_and_says_why() {
    let panic = "(drop (call $log (i32.const 5) 'panicked at filter.rs:7')) unreachable";
    let mut worker = Probe::new().headers("(call $dispatch)", PAUSE).call_response(panic).start();
    let bystander = worker.open(get());
    let (token, _) = call(bystander.next(&mut worker));
    let ending_of_the_guilty = worker.exchange(get(), &mut |_| CallOutcome::answer(200, ""));
    let why = "panicked at filter.rs:7".to_string();
    assert_eq!(ending_of_the_guilty, Err(Failure::Trapped(why.clone())));
    assert_eq!(worker.dead(), Some(why.as_str()));
    assert_eq!(ending(bystander.next(&mut worker)), Err(Failure::Dead(why.clone())));
    assert!(!worker.answer(token, CallOutcome::answer(200, "")));
    assert_eq!(worker.exchange(get(), &mut no_service), Err(Failure::Dead(why)));
}

#[test]
fn an_unknown_import_traps_by_name_when_called() {
    let mut worker = Probe::new().headers("(drop (call $unknown (i32.const 0)))", PAUSE).start();
    let Err(Failure::Trapped(why)) = worker.exchange(get(), &mut no_service) else {
        panic!("it should trap");
    };
    assert!(why.contains("env.proxy_grpc_call"), "{why}");
}

#[test]
fn a_trap_after_the_answer_is_reported_all_the_same() {
    let mut worker = Probe::new().headers("(call $answer)", PAUSE).quiet("proxy_on_log", "unreachable").start();
    assert!(matches!(worker.exchange(get(), &mut no_service), Err(Failure::Trapped(_))));
}

//! Dispatched calls: refused, answered, lost, cancelled, several at once.

use std::time::Duration;

use super::probe::{PAUSE, Probe};
use super::*;

/// Dispatches, tells how it came out, answers. After a refusal it answers at once.
pub(crate) fn caller() -> Probe {
    let tell = "(call $tell 'headers' (local.get 2)) (call $tell 'body' (local.get 3))
        (call $tell 'status' (call $get_header (i32.const 6) ':status' (i32.const 0) (i32.const 4))) (call $say)
        (call $tell 'get' (call $get_buffer (i32.const 4) (i32.const 0) (i32.const 9) (i32.const 0) (i32.const 4)))
        (call $tell 'real'
            (call $get_header (i32.const 6) 'x-envoy-upstream-service-time' (i32.const 0) (i32.const 4)))
        (call $answer)";
    Probe::new().headers("(call $dispatch)", PAUSE).call_response(tell)
}

#[test]
fn a_call_is_shown_as_the_service_would_get_it() {
    let mut worker = caller().start();
    let mut seen = None;
    let reply = worker.exchange(get(), &mut |call| {
        seen = Some(call.clone());
        CallOutcome::answer(200, "[]")
    });
    let call = seen.unwrap();
    assert_eq!((call.cluster.as_str(), call.body.as_slice()), ("users", b"payload".as_slice()));
    assert_eq!((call.method(), call.path()), ("POST".into(), "/events".into()));
    assert_eq!(call.headers.text("content-length"), "7");
    assert_eq!(call.timeout, Duration::from_secs(1));
    assert_eq!(reply.unwrap().calls, 1);
    assert_eq!(said(&worker), ["dispatch=00", "headers=03", "body=02", "status=00", "200", "get=00", "real=00"]);
}

#[test]
fn refusals_come_at_once_and_leave_nothing_behind() {
    for (outcome, status) in [(CallOutcome::UnknownCluster, "02"), (CallOutcome::NoHealthyHost, "10")] {
        let mut worker = caller().start();
        let ending = worker.exchange(get(), &mut |_| outcome.clone());
        assert_eq!(ending, Err(Failure::Hung), "no callback ever comes");
        assert_eq!(said(&worker), [format!("dispatch={status}")]);
    }
}

#[test]
fn failed_calls_come_back_as_answers_of_the_proxy() {
    for (outcome, status) in [(CallOutcome::ConnectionRefused, "503"), (CallOutcome::TimedOut, "504")] {
        let mut worker = caller().start();
        worker.exchange(get(), &mut |_| outcome.clone()).unwrap();
        assert!(said(&worker).contains(&status));
        assert!(said(&worker).contains(&"real=01"), "no upstream, no upstream time");
    }
}

#[test]
fn a_reset_in_mid_body_comes_back_as_nothing() {
    let mut worker = caller().start();
    worker.exchange(get(), &mut |_| CallOutcome::ResetMidBody).unwrap();
    let lines = said(&worker);
    assert_eq!(lines[..4], ["dispatch=00", "headers=00", "body=00", "status=02"]);
    assert!(lines.contains(&"get=01"));
}

#[test]
fn a_call_without_a_path_is_refused_and_one_with_a_line_break_is_answered() {
    let dispatch = |headers: &str| {
        format!("(call $tell 'dispatch' (call $http_call 'users' '{headers}' '' '' (i32.const 0) (i32.const 12)))")
    };
    let mut worker = Probe::new().headers(&dispatch("=:method=GET;:authority=users"), PAUSE).start();
    assert_eq!(worker.exchange(get(), &mut no_service), Err(Failure::Hung));
    assert_eq!(said(&worker), ["dispatch=02"]);
    let broken = dispatch("=:method=GET;:path=/a\nb;:authority=users");
    let mut worker = Probe::new().headers(&broken, PAUSE).call_response("(call $answer)").start();
    assert_eq!(worker.exchange(get(), &mut no_service).unwrap().status, 201);
}

#[test]
fn several_calls_are_answered_in_the_order_the_test_likes() {
    let count = "(global $left (mut i32) (i32.const 2))";
    let finish = "(call $say_token (local.get 1)) (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (if (i32.eqz (global.get $left)) (then (call $answer)))";
    let mut probe = Probe::new();
    probe.0 += count;
    probe.0 += "(func $say_token (param i32) (call $tell 'token' (local.get 0)))";
    let mut worker = probe.headers("(call $dispatch) (call $dispatch)", PAUSE).call_response(finish).start();
    let stream = worker.open(get());
    let (first, _) = call(stream.next(&mut worker));
    let (second, _) = call(stream.next(&mut worker));
    worker.answer(second, CallOutcome::answer(200, ""));
    worker.answer(first, CallOutcome::answer(200, ""));
    assert_eq!(ending(stream.next(&mut worker)).unwrap().calls, 2);
    assert_eq!(said(&worker), ["dispatch=00", "dispatch=00", "token=02", "token=01"]);
}

#[test]
fn an_aborted_stream_hears_of_its_end_and_never_of_its_call() {
    let mut worker = caller()
        .quiet("proxy_on_log", "(call $tell 'log' (i32.const 0))")
        .on("proxy_on_done", "", "(i32.const 1)")
        .quiet("proxy_on_delete", "(call $tell 'delete' (i32.const 0))");
    worker.0 =
        worker.0.replace("(export \"proxy_on_done\") (param i32 i32 i32)", "(export \"proxy_on_done\") (param i32)");
    let mut worker = worker.start();
    let stream = worker.open(get());
    let (token, _) = call(stream.next(&mut worker));
    assert_eq!(stream.abort(&mut worker), Err(Failure::Aborted));
    assert!(!worker.answer(token, CallOutcome::answer(200, "")));
    assert_eq!(said(&worker), ["dispatch=00", "log=00", "delete=00"]);
}

#[test]
fn two_streams_take_turns_on_one_worker() {
    let mut worker = caller().start();
    let (left, right) = (worker.open(get()), worker.open(get()));
    let (left_token, _) = call(left.next(&mut worker));
    let (right_token, _) = call(right.next(&mut worker));
    worker.answer(right_token, CallOutcome::answer(200, ""));
    let right = ending(right.next(&mut worker)).unwrap();
    worker.answer(left_token, CallOutcome::answer(404, ""));
    let left = ending(left.next(&mut worker)).unwrap();
    let lines = |reply: &Reply| reply.logs.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
    assert!(lines(&right).contains(&"200".into()) && !lines(&right).contains(&"404".into()));
    assert!(lines(&left).contains(&"404".into()) && !lines(&left).contains(&"200".into()));
}

#[test]
fn root_contexts_make_calls_that_the_test_answers_by_token() {
    let mut worker = Probe::new()
        .quiet("proxy_on_tick", "(call $dispatch)")
        .call_response("(call $tell 'body' (local.get 3))")
        .start();
    worker.tick().unwrap();
    let calls = worker.take_root_calls();
    assert!(worker.answer(calls[0].0, CallOutcome::answer(200, "abc")));
    assert_eq!(said(&worker), ["dispatch=00", "body=03"]);
}

//! What the client gets, and what the filter sees of its own answer.

use super::probe::{CONTINUE, PAUSE, Probe};
use super::*;

#[test]
fn a_reply_is_what_the_client_gets() {
    let mut worker = Probe::new().headers("(call $answer)", CONTINUE).start();
    let reply = worker.exchange(get(), &mut no_service).unwrap();
    assert_eq!((reply.status, reply.text().as_str()), (201, "hello"));
    assert_eq!(reply.headers.text("location"), "/Users/1");
    assert_eq!(reply.headers.text("content-length"), "5");
    assert_eq!(reply.headers.text("content-type"), "text/plain");
    assert_eq!(reply.details, "scim_created");
    assert_eq!(reply.calls, 0);
}

#[test]
fn head_is_answered_without_a_body() {
    let mut worker = Probe::new().headers("(call $answer)", PAUSE).start();
    let reply = worker.exchange(Request::new("HEAD", "/"), &mut no_service).unwrap();
    assert_eq!((reply.status, reply.text().as_str()), (201, ""));
    assert_eq!(reply.headers.text("content-length"), "5");
}

#[test]
fn of_two_answers_the_first_wins() {
    let second = "(call $answer) (drop (call $send (i32.const 500) '' '' '' (i32.const -1)))";
    let mut worker = Probe::new().headers(second, PAUSE).start();
    assert_eq!(worker.exchange(get(), &mut no_service).unwrap().status, 201);
}

#[test]
fn own_answers_pass_the_response_headers_callback() {
    let edit = "(call $tell 'end' (local.get 2))
        (drop (call $set_header (i32.const 2) 'x-seen' 'yes'))";
    let mut worker = Probe::new().headers("(call $answer)", PAUSE).response_headers(edit, CONTINUE).start();
    let reply = worker.exchange(get(), &mut no_service).unwrap();
    assert_eq!(reply.headers.text("x-seen"), "yes");
    assert_eq!(said(&worker), ["end=00"]);
}

#[test]
fn an_answer_from_the_response_callback_replaces_everything() {
    let replace = "(drop (call $send (i32.const 502) 'other' '' '' (i32.const -1)))";
    let mut worker = Probe::new().headers("(call $answer)", PAUSE).response_headers(replace, CONTINUE).start();
    let reply = worker.exchange(get(), &mut no_service).unwrap();
    assert_eq!((reply.status, reply.text().as_str(), reply.details.as_str()), (502, "", "other"));
}

#[test]
fn the_request_is_gone_after_an_answer_but_not_for_the_log() {
    let mut worker = Probe::new()
        .headers("(call $answer) (call $tell_set_header)", PAUSE)
        .response_headers("(call $tell_set_header)", CONTINUE)
        .quiet(
            "proxy_on_log",
            "(call $tell 'log' (call $get_header (i32.const 0) ':path' (i32.const 0) (i32.const 4)))",
        )
        .quiet(
            "proxy_on_delete",
            "(call $tell 'delete' (call $get_header (i32.const 0) ':path' (i32.const 0) (i32.const 4)))",
        )
        .start();
    let reply = worker.exchange(get(), &mut no_service).unwrap();
    let lines: Vec<_> = reply.logs.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["set_header=00", "set_header=02", "log=00", "delete=02"]);
}

#[test]
fn a_paused_request_over_the_limit_is_answered_by_the_proxy() {
    let mut worker = Probe::new().headers("", PAUSE).body("", PAUSE).start();
    let request = post().chunks([vec![b'x'; 1024 * 1024], vec![b'x'; 1]]);
    let reply = worker.exchange(request, &mut no_service).unwrap();
    assert_eq!((reply.status, reply.details.as_str()), (413, "request_payload_too_large"));
}

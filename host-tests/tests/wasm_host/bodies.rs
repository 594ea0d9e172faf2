//! How a body arrives, and when it can be read and written.

use super::probe::{CONTINUE, PAUSE, Probe};
use super::*;

const READ_BODY: &str = "(call $tell 'size' (local.get 1)) (call $tell 'end' (local.get 2))
    (drop (call $get_buffer (i32.const 0) (i32.const 0) (i32.const 99) (i32.const 0) (i32.const 4))) (call $say)";

#[test]
fn a_chunked_body_accumulates_and_ends_with_an_empty_callback() {
    let mut worker = Probe::new().headers("(call $tell 'end' (local.get 2))", PAUSE).body(READ_BODY, PAUSE).start();
    let request = post().chunks(["ab", "c"]);
    assert_eq!(worker.exchange(request, &mut no_service), Err(Failure::Hung));
    let expected = ["end=00", "size=02", "end=00", "ab", "size=03", "end=00", "abc", "size=03", "end=01", "abc"];
    assert_eq!(said(&worker), expected);
}

#[test]
fn a_body_that_goes_on_is_not_kept() {
    let mut worker = Probe::new().headers("", CONTINUE).body(READ_BODY, CONTINUE).start();
    let request = forwarded(worker.exchange(post().chunks(["ab", "c"]), &mut no_service));
    assert_eq!(request.body, b"abc");
    assert!(said(&worker).starts_with(&["size=02", "end=00", "ab", "size=01"]));
}

#[test]
fn with_trailers_no_body_callback_ends_the_stream() {
    let read = "(call $tell 'trailers' (local.get 1)) (call $tell_set_body)
        (call $tell 'get' (call $get_header (i32.const 1) 'x-t' (i32.const 0) (i32.const 4))) (call $answer)";
    let tell_end = "(call $tell 'end' (local.get 2))";
    let mut worker = Probe::new().headers(tell_end, PAUSE).body(tell_end, PAUSE).trailers(read, PAUSE).start();
    let reply = worker.exchange(post().body("x").trailer("x-t", "1"), &mut no_service).unwrap();
    assert_eq!(reply.status, 201);
    assert_eq!(said(&worker), ["end=00", "end=00", "trailers=01", "set_body=00", "get=00"]);
}

#[test]
fn a_bodiless_request_can_not_be_given_a_body() {
    let get_body = "(call $tell 'get_body'
        (call $get_buffer (i32.const 0) (i32.const 0) (i32.const 9) (i32.const 0) (i32.const 4)))";
    let probe = format!("(call $tell 'end' (local.get 2)) {get_body} (call $tell_set_body)");
    let mut worker = Probe::new()
        .headers(&format!("{probe} (call $dispatch)"), PAUSE)
        .call_response("(call $tell_set_body) (call $answer)")
        .start();
    worker.exchange(get(), &mut |_| CallOutcome::answer(200, "")).unwrap();
    assert_eq!(said(&worker), ["end=01", "get_body=01", "set_body=02", "dispatch=00", "set_body=02"]);
}

#[test]
fn an_empty_body_that_ends_separately_is_a_body() {
    let mut worker = Probe::new().headers("", PAUSE).body("(call $tell_set_body) (call $answer)", PAUSE).start();
    worker.exchange(post().chunks([""; 0]), &mut no_service).unwrap();
    assert_eq!(said(&worker), ["set_body=00"]);
}

#[test]
fn body_arrives_while_a_call_is_pending() {
    let mut worker =
        Probe::new().headers("(call $dispatch)", PAUSE).body(READ_BODY, PAUSE).call_response("(call $answer)").start();
    let stream = worker.open(post().open_body());
    let (token, _) = call(stream.next(&mut worker));
    stream.send(&mut worker, "ab");
    assert!(matches!(stream.next(&mut worker), Step::Waiting));
    stream.finish(&mut worker);
    assert!(matches!(stream.next(&mut worker), Step::Waiting));
    worker.answer(token, CallOutcome::answer(200, ""));
    assert_eq!(ending(stream.next(&mut worker)).unwrap().status, 201);
    assert_eq!(said(&worker), ["dispatch=00", "size=02", "end=00", "ab", "size=02", "end=01", "ab"]);
}

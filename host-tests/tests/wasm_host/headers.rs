//! When a header map can be read and written.

use super::probe::{CONTINUE, PAUSE, Probe};
use super::*;

#[test]
fn continue_takes_the_header_map_away() {
    let pairs = "(call $tell 'pairs' (call $get_pairs (i32.const 0) (i32.const 0) (i32.const 4)))
        (call $tell 'size' (i32.load (i32.const 4)))";
    let body = format!("(call $tell_set_header) {pairs}");
    let mut worker = Probe::new().headers("(call $tell_set_header)", CONTINUE).body(&body, CONTINUE).start();
    forwarded(worker.exchange(post().body("x"), &mut no_service));
    assert_eq!(said(&worker), ["set_header=00", "set_header=02", "pairs=00", "size=00"]);
}

#[test]
fn pause_keeps_the_header_map_through_body_and_calls() {
    let mut worker = Probe::new()
        .headers("(call $tell_set_header)", PAUSE)
        .body("(call $tell_set_header) (call $dispatch)", PAUSE)
        .call_response("(call $tell_set_header) (drop (call $resume (i32.const 0))) (call $tell_set_header)")
        .start();
    forwarded(worker.exchange(post().body("x"), &mut |_| CallOutcome::answer(200, "")));
    let ok = "set_header=00";
    assert_eq!(said(&worker), [ok, ok, "dispatch=00", ok, "set_header=02"]);
}

#[test]
fn headers_are_bytes_and_the_first_of_a_name() {
    let read = "(call $tell 'get' (call $get_header (i32.const 0) 'X-D' (i32.const 0) (i32.const 4))) (call $say)
        (call $tell 'none' (call $get_header (i32.const 0) 'x-none' (i32.const 0) (i32.const 4))) (call $answer)";
    let mut worker = Probe::new().headers(read, PAUSE).start();
    let request = get().header("x-d", b"\xff").header("x-d", "2");
    worker.exchange(request, &mut no_service).unwrap();
    assert_eq!(said(&worker), ["get=00", "\u{fffd}", "none=01"]);
}

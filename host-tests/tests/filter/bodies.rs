//! A body is a body, however it comes.

use super::*;

fn user_name(call: &ServiceCall) -> String {
    let events: Value = serde_json::from_slice(&call.body).unwrap();
    events[0]["data"]["raw"]["userName"].as_str().unwrap().to_owned()
}

fn creates(request: Request) -> Reply {
    let mut delivered = Vec::new();
    let reply = worker().exchange(request, &mut |call| {
        delivered.push(user_name(call));
        service(call)
    });
    assert_eq!(delivered, ["ada@acme.test"]);
    reply.unwrap()
}

#[test]
fn in_one_piece_byte_by_byte_or_ended_by_trailers() {
    let bytes = || ada().into_bytes().into_iter().map(|byte| [byte]);
    for (how, request) in [
        ("one piece", post("/Users").body(ada())),
        ("byte by byte", post("/Users").chunks(bytes())),
        ("with trailers", post("/Users").body(ada()).trailer("x-t", "1")),
        ("byte by byte with trailers", post("/Users").chunks(bytes()).trailer("x-t", "1")),
        ("with an empty piece", post("/Users").chunks([ada(), String::new()])),
    ] {
        assert_eq!(creates(request).status, 201, "{how}");
    }
}

#[test]
fn it_may_come_while_the_stream_is_paused() {
    let mut worker = worker();
    let stream = worker.open(post("/Users").open_body());
    assert!(matches!(stream.next(&mut worker), Step::Waiting));
    for byte in ada().into_bytes() {
        stream.send(&mut worker, [byte]);
        assert!(matches!(stream.next(&mut worker), Step::Waiting));
    }
    stream.finish(&mut worker);
    let (token, delivery) = call(stream.next(&mut worker));
    assert_eq!(user_name(&delivery), "ada@acme.test");
    worker.answer(token, CallOutcome::answer(204, ""));
    assert_eq!(ended(stream.next(&mut worker)).status, 201);
}

#[test]
fn a_body_that_nobody_asked_for_disturbs_no_call() {
    for method in ["GET", "DELETE"] {
        let mut worker = worker();
        let stream = worker.open(request(method, &ACME, "/Users/u1").open_body());
        let (token, read) = call(stream.next(&mut worker));
        stream.send(&mut worker, "{\"");
        assert!(matches!(stream.next(&mut worker), Step::Waiting));
        stream.finish(&mut worker);
        assert!(matches!(stream.next(&mut worker), Step::Waiting));
        worker.answer(token, service(&read));
        let mut step = stream.next(&mut worker);
        while let Step::Call(token, call) = step {
            worker.answer(token, service(&call));
            step = stream.next(&mut worker);
        }
        assert!(matches!(ended(step).status, 200 | 204), "{method}");
    }
}

#[test]
fn no_body_is_an_error_where_one_is_needed() {
    for (how, request) in [
        ("none", post("/Users")),
        ("empty", post("/Users").body("")),
        ("empty in no piece", post("/Users").chunks([""; 0])),
        ("only trailers", post("/Users").trailer("x-t", "1")),
    ] {
        assert_scim_error(&worker().exchange(request, &mut nobody).unwrap(), 400, how);
    }
}

#[test]
fn what_is_not_json_is_an_error() {
    let deep = "[".repeat(100_000);
    for bytes in [&b"\xff\xfe"[..], b"{\"userName\": \"\xe9\"}", b"\0", b"{", b"[]", b"null", deep.as_bytes()] {
        let reply = worker().exchange(post("/Users").body(bytes), &mut nobody).unwrap();
        assert_scim_error(&reply, 400, &format!("{:?}", &bytes[..bytes.len().min(20)]));
    }
}

/// As long as is wanted, and JSON all the same.
fn padded(length: usize) -> Vec<u8> {
    let mut body = ada().into_bytes();
    body.resize(length, b' ');
    body
}

#[test]
fn up_to_the_limit_it_is_taken() {
    let body = padded(1 << 20);
    assert_eq!(creates(post("/Users").chunks(body.chunks(64 << 10))).status, 201);
}

#[test]
fn over_the_limit_it_is_refused_by_usher_itself() {
    let body = padded((1 << 20) + 1);
    let announced = post("/Users").header("content-length", body.len().to_string());
    for (how, request) in [
        ("in pieces, with no length", post("/Users").chunks(body.chunks(16 << 10))),
        ("in one piece", post("/Users").body(body.clone())),
        ("with trailers", post("/Users").chunks(body.chunks(16 << 10)).trailer("x-t", "1")),
        ("announced", announced.open_body()),
    ] {
        let reply = worker().exchange(request, &mut nobody).unwrap();
        assert_scim_error(&reply, 413, how);
        assert_eq!(reply.details, "scim_refused", "{how}");
    }
}

#[test]
fn a_wrong_token_is_refused_before_the_body() {
    let mut stranger = post("/Users").open_body();
    stranger.head.replace("authorization", "Bearer wrong");
    assert_scim_error(&worker().exchange(stranger, &mut nobody).unwrap(), 401, "wrong token");
}

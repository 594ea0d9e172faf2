//! Heads that no well-meaning client sends. Whatever comes: an answer, no call that is not called for, and never a
//! request passed on (an exchange that passes one on has no reply to unwrap).

use usher_host_tests::stack::GLOBEX;

use super::*;

const NOT_UTF8: &[u8] = b"a\xff\xfe\xe9";

#[test]
fn a_header_need_not_be_text() {
    for (name, status) in [
        ("user-agent", 200),
        ("cookie", 200),
        ("x-request-id", 200),
        ("traceparent", 200),
        ("authorization", 401),
        ("if-none-match", 400),
        (":authority", 400),
        (":path", 400),
    ] {
        let mut odd = get("/Users/u1");
        odd.head.replace(name, NOT_UTF8);
        let mut worker = worker();
        let reply = worker.exchange(odd, &mut service).unwrap();
        assert_eq!(reply.status, status, "{name}");
        assert_eq!(worker.dead(), None, "{name}");
    }
}

#[test]
fn what_is_not_text_is_not_passed_on() {
    for name in ["x-request-id", "traceparent", "b3"] {
        let mut odd = get("/Users/u1");
        odd.head.replace(name, NOT_UTF8);
        let mut check = |call: &ServiceCall| {
            assert_eq!(call.headers.get(name), None);
            service(call)
        };
        assert_eq!(worker().exchange(odd, &mut check).unwrap().status, 200);
    }
}

#[test]
fn a_header_name_need_not_be_text() {
    let mut odd = get("/Users/u1");
    odd.head.add(NOT_UTF8, "1");
    assert_eq!(worker().exchange(odd, &mut service).unwrap().status, 200);
}

#[test]
fn an_answer_of_the_service_need_not_be_text() {
    let CallOutcome::Answer { mut headers, body } = CallOutcome::answer(200, user().to_string()) else { panic!() };
    headers.add("x-odd", NOT_UTF8);
    let answer = CallOutcome::Answer { headers, body };
    assert_eq!(worker().exchange(get("/Users/u1"), &mut |_| answer.clone()).unwrap().status, 200);
}

#[test]
fn two_authorizations_are_none() {
    let good = || format!("Bearer {}", ACME.token);
    let mut joined = get("/Users");
    joined.head.replace("authorization", format!("{},{}", good(), good()));
    for (how, request) in [
        ("twice the same", get("/Users").header("authorization", good())),
        ("good and bad", get("/Users").header("authorization", "Bearer wrong")),
        ("good and empty", get("/Users").header("authorization", "")),
        ("joined", joined),
    ] {
        assert_scim_error(&worker().exchange(request, &mut nobody).unwrap(), 401, how);
    }
}

#[test]
fn whoever_has_no_good_token_gets_the_same_answer() {
    let unknown = Request::new("GET", "/scim/v2/initech/Users").header("authorization", "Bearer x");
    let mut other = get("/Users");
    other.head.replace("authorization", format!("Bearer {}", GLOBEX.token));
    let mut none = get("/Users");
    none.head.remove("authorization");
    let replies = [unknown, other, none].map(|request| {
        let reply = worker().exchange(request, &mut nobody).unwrap();
        assert_scim_error(&reply, 401, "no good token");
        (reply.headers, reply.body, reply.details, reply.properties)
    });
    assert_eq!(replies[0], replies[1]);
    assert_eq!(replies[0], replies[2]);
}

#[test]
fn everything_is_answered_and_nothing_is_passed_on() {
    let paths = [
        "/",
        "",
        "*",
        "/scim/v2",
        "/scim/v2/",
        "/scim/v2/acme",
        "//scim/v2/acme/Users",
        "/scim/v2/acme/../x",
        "/scim/v2/acme/Users/%2e%2e",
        "/scim/v2/acme/Nothing",
        "/provisioning/events",
        "http://other/scim/v2/acme/Users",
    ];
    for method in
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", ""]
    {
        for path in paths {
            let request = Request::new(method, path).header("authorization", format!("Bearer {}", ACME.token));
            let reply = worker().exchange(request, &mut nobody).unwrap();
            assert!((400..502).contains(&reply.status), "{method} {path}: {}", reply.status);
        }
    }
}

#[test]
fn a_head_may_lack_everything() {
    for name in [":authority", ":path", ":method", ":scheme", "x-request-id"] {
        let mut bare = get("/Users/u1");
        bare.head.remove(name);
        let reply = worker().exchange(bare, &mut service).unwrap();
        assert!(reply.status < 502, "without {name}: {}", reply.status);
    }
    let nothing = Request::default();
    assert_scim_error(&worker().exchange(nothing, &mut nobody).unwrap(), 400, "nothing at all");
}

#[test]
fn there_are_no_tunnels_and_no_echoes_even_where_the_proxy_would_have_them() {
    let with = |name: &str, value: &str| get("/Users").header(name, value);
    let mut protocol = get("/Users");
    protocol.head.replace(":method", "CONNECT");
    protocol.head.add(":protocol", "websocket");
    for (how, request) in [
        ("upgrade", with("upgrade", "websocket")),
        ("h2c", with("upgrade", "h2c")),
        ("extended CONNECT", protocol),
        ("CONNECT", request("CONNECT", &ACME, "/Users")),
        ("TRACE", request("TRACE", &ACME, "/Users")),
        ("trace", request("trace", &ACME, "/Users")),
    ] {
        assert_scim_error(&worker().exchange(request, &mut nobody).unwrap(), 400, how);
    }
}

/// Every header that Usher gives a call, and some that others have trusted, chosen by a client.
#[test]
fn no_header_of_a_call_is_a_clients() {
    const CANARY: &str = "chosen-by-the-client";
    let mut odd = post("/Users");
    for name in [
        "usher-directory",
        "usher-tenant",
        "usher-resource",
        "idempotency-key",
        "if-match",
        "accept",
        "etag",
        "content-digest",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "boxyhq-signature",
        "ce-id",
        "ce-type",
        "ce-source",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-user",
        "x-envoy-original-path",
        "x-original-url",
        "x-rewrite-url",
        "x-http-method-override",
        "x-jwt-payload",
        "x-remote-user",
        "cookie",
        "via",
        "user-agent",
    ] {
        odd = odd.header(name, if name == "accept" { "application/json" } else { CANARY });
    }
    let mut heard = Vec::new();
    let reply = worker().exchange(odd.body(ada()), &mut |call: &ServiceCall| {
        heard.push(format!("{call:?}"));
        service(call)
    });
    assert!(heard.len() == 1 && !heard[0].contains(CANARY), "{heard:?}");
    assert_eq!(reply.unwrap().status, 201);
}

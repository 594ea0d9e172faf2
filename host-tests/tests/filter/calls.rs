//! How calls to the user service fail: in Envoy there are five ways, and the provider must be told to try again in all.

use super::*;

fn failures() -> [CallOutcome; 5] {
    use CallOutcome::*;
    [UnknownCluster, NoHealthyHost, ConnectionRefused, TimedOut, ResetMidBody]
}

fn requests() -> Vec<(&'static str, Request)> {
    vec![
        ("create", post("/Users").body(ada())),
        ("read", get("/Users/u1")),
        ("list", get("/Users")),
        ("change", patch("/Users/u1").body(deactivation())),
        ("delete", request("DELETE", &ACME, "/Users/u1")),
    ]
}

fn assert_try_again(reply: &Reply, place: &str) {
    assert_scim_error(reply, 503, place);
    assert!(reply.headers.text("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{place}");
    assert_eq!(reply.details, "scim_unavailable", "{place}");
}

#[test]
fn the_first_call_may_fail_in_each_way() {
    for failure in failures() {
        for (what, request) in requests() {
            let reply = worker().exchange(request, &mut |_| failure.clone()).unwrap();
            assert_try_again(&reply, &format!("{what}: {failure:?}"));
            assert_eq!(reply.calls, 1, "{what}: {failure:?}");
        }
    }
}

#[test]
fn the_write_may_fail_in_each_way() {
    for failure in failures() {
        for (what, request) in requests().into_iter().filter(|(what, _)| !["read", "list"].contains(what)) {
            let mut answer = |call: &ServiceCall| match call.method().as_str() {
                "POST" => failure.clone(),
                _ => service(call),
            };
            assert_try_again(&worker().exchange(request, &mut answer).unwrap(), &format!("{what}: {failure:?}"));
        }
    }
}

#[test]
fn one_failure_is_not_remembered() {
    let mut worker = worker();
    for failure in failures() {
        let reply = worker.exchange(post("/Users").body(ada()), &mut |_| failure.clone()).unwrap();
        assert_try_again(&reply, "the first");
        assert_eq!(worker.exchange(post("/Users").body(ada()), &mut service).unwrap().status, 201);
    }
}

#[test]
fn a_call_has_the_form_that_the_sample_says() {
    let mut seen = Vec::new();
    let mut note = |call: &ServiceCall| {
        seen.push(call.clone());
        service(call)
    };
    worker().exchange(post("/Users").body(ada()).header("traceparent", "00-1-2-01"), &mut note).unwrap();
    let [call] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((call.cluster.as_str(), call.timeout.as_millis()), ("user-service", 5000));
    assert_eq!(call.path(), "/provisioning/events?directory=acme");
    for (name, value) in [
        ("usher-directory", "acme"),
        ("usher-tenant", "acme"),
        ("content-type", "application/json"),
        ("traceparent", "00-1-2-01"),
        ("x-request-id", "8f6f2f4e-0000-4000-8000-000000000001"),
        ("authorization", ""),
    ] {
        assert_eq!(call.headers.text(name), value, "{name}");
    }
    assert!(!call.headers.text("idempotency-key").is_empty());
}

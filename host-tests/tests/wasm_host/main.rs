//! Proves that the host keeps Envoy's rules, with modules a few lines long.

mod answers;
mod bodies;
mod calls;
mod failures;
mod headers;
mod probe;
mod surroundings;

use usher_host_tests::wasm_host::*;

fn get() -> Request {
    Request::new("GET", "/scim/v2/acme/Users/1")
}

fn post() -> Request {
    Request::new("POST", "/scim/v2/acme/Users")
}

fn no_service(call: &ServiceCall) -> CallOutcome {
    panic!("nobody expected {} {}", call.method(), call.path())
}

fn said(worker: &Worker) -> Vec<&str> {
    worker.logs().iter().map(|line| line.text.as_str()).collect()
}

fn call(step: Step) -> (Token, ServiceCall) {
    match step {
        Step::Call(token, call) => (token, call),
        other => panic!("expected a call, got {other:?}"),
    }
}

fn ending(step: Step) -> Ending {
    match step {
        Step::Ended(ending) => ending,
        other => panic!("expected the end, got {other:?}"),
    }
}

fn forwarded(ending: Ending) -> Forwarded {
    match ending {
        Err(Failure::Forwarded(request)) => request,
        other => panic!("expected a forwarded request, got {other:?}"),
    }
}

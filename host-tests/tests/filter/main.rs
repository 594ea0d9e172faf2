//! The built module under Envoy's rules: how bodies come, how calls fail, who may interrupt whom.

mod accounts;
mod bodies;
mod calls;
mod configurations;
mod formats;
mod heads;
mod limits;
mod memory;
mod streams;

use std::sync::LazyLock;

use serde_json::{Value, json};
use usher_host_tests::stack::{ACME, Directory, plugin_configuration, repository};
use usher_host_tests::targets::module;
use usher_host_tests::wasm_host::*;

static MODULE: LazyLock<Module> = LazyLock::new(|| module().unwrap());

/// A worker as the sample configures it.
fn worker() -> Worker {
    let options = Options { buffer_limit: buffer_limit(), ..Options::default() };
    Worker::start(&MODULE, plugin_configuration().unwrap().to_string().as_bytes(), options).unwrap()
}

fn sample() -> String {
    std::fs::read_to_string(repository().join("envoy.yaml")).unwrap()
}

fn buffer_limit() -> usize {
    let text = sample();
    let (_, rest) = text.split_once("per_connection_buffer_limit_bytes: ").unwrap();
    rest.lines().next().unwrap().trim().parse().unwrap()
}

fn request(method: &str, directory: &Directory, path: &str) -> Request {
    let request = Request::new(method, &format!("{}{path}", directory.base("")));
    request.header("authorization", format!("Bearer {}", directory.token))
}

fn get(path: &str) -> Request {
    request("GET", &ACME, path)
}

fn post(path: &str) -> Request {
    request("POST", &ACME, path).header("content-type", "application/scim+json")
}

fn patch(path: &str) -> Request {
    request("PATCH", &ACME, path).header("content-type", "application/scim+json")
}

fn ada() -> String {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@acme.test"}).to_string()
}

/// Takes every delivery, and has one user.
fn service(call: &ServiceCall) -> CallOutcome {
    match (call.method().as_str(), call.path().split_once('?').map_or("", |(path, _)| path)) {
        ("POST", "/provisioning/events") => CallOutcome::answer(204, ""),
        ("GET", "/provisioning/users/u1") => CallOutcome::answer(200, user().to_string()),
        ("GET", "/provisioning/users" | "/provisioning/groups") => {
            CallOutcome::answer(200, json!({"total": 0, "items": []}).to_string())
        }
        _ => CallOutcome::answer(404, ""),
    }
}

fn user() -> Value {
    let raw = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "userName": "ada@acme.test",
        "active": true, "meta": {"resourceType": "User", "created": "2026-11-21T20:00:00.000Z",
                                 "lastModified": "2026-11-21T20:00:00.000Z"}
    });
    json!({"id": "u1", "first_name": null, "last_name": null, "email": null, "active": true, "roles": [],
           "raw": raw, "version": "1"})
}

fn deactivation() -> String {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
           "Operations": [{"op": "replace", "path": "active", "value": false}]})
    .to_string()
}

fn nobody(call: &ServiceCall) -> CallOutcome {
    panic!("nobody expected {} {}", call.method(), call.path())
}

fn call(step: Step) -> (Token, ServiceCall) {
    match step {
        Step::Call(token, call) => (token, call),
        other => panic!("expected a call, got {other:?}"),
    }
}

fn ended(step: Step) -> Reply {
    match step {
        Step::Ended(ending) => ending.unwrap(),
        other => panic!("expected the end, got {other:?}"),
    }
}

fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

/// Usher's own answer, as a SCIM error.
fn assert_scim_error(reply: &Reply, status: u32, place: &str) {
    let body = body(reply);
    assert_eq!(reply.status, status, "{place}: {}", reply.text());
    assert_eq!(reply.headers.text("content-type"), "application/scim+json", "{place}");
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{place}");
    assert_eq!(body["status"], status.to_string(), "{place}");
    assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{place}");
    assert!(reply.details.starts_with("scim_"), "{place}: {}", reply.details);
}

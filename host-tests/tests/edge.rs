//! What the sample configuration promises without Usher: no filter, no access, and Envoy's own answers are SCIM errors.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use usher_host_tests::conversation::{Answer, Request, Target};
use usher_host_tests::stack::{ACME, Options, ScimClient, Stack, without_filter};

#[test]
fn without_the_filter_nothing_gets_through() {
    let stack = bare();
    let mut client = stack.client(&ACME).unwrap();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for path in ["/Users", "/Users/1", "/../../../provisioning/events", "/"] {
            let answer = ask(&mut client, method, path, &[]);
            assert_eq!(answer.status, 503, "{method} {path}");
            assert_scim_error(&answer);
            assert!(answer.header("retry-after").is_some_and(|value| value.parse::<u32>().is_ok()));
        }
    }
    assert!(client.events().unwrap().is_empty());
}

#[test]
fn what_envoy_refuses_is_a_scim_error() {
    let stack = bare();
    let mut client = stack.client(&ACME).unwrap();
    let long = "a".repeat(40_000);
    for (method, path, header, status) in [
        ("GET", "/Users%2F1", ("accept", "*/*"), 400),
        ("GET", "/Users", ("x_y", "1"), 400),
        ("GET", "/Users", ("x-long", long.as_str()), 431),
        ("GET", "/Users", ("upgrade", "websocket"), 403),
        ("TRACE", "/Users", ("accept", "*/*"), 403),
    ] {
        let answer = ask(&mut client, method, path, &[header]);
        assert_eq!(answer.status, status, "{method} {path}");
        assert_scim_error(&answer);
    }
}

fn bare() -> Stack {
    Stack::start(Options { edits: vec![without_filter()], ..Options::default() }).unwrap()
}

fn ask(client: &mut ScimClient, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    if headers.contains_key("upgrade") {
        headers.insert("connection".into(), "upgrade".into());
    }
    client.send(&Request { method: method.into(), path: path.into(), headers, ..Request::default() }).unwrap()
}

fn assert_scim_error(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(answer.body["status"], Value::from(answer.status.to_string()));
    assert!(answer.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

//! What is secret is nowhere to be seen: not in a log at any level of the filter's, not in statistics, not in Envoy's
//! configuration, not in answers, not in events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::customers::{Customer, customers, request, stack_with, user};
use super::*;

#[test]
fn no_secret_is_seen_anywhere() {
    let levels = ["--component-log-level", "wasm:trace,jwt:info"].map(str::to_owned).to_vec();
    let mut stack =
        stack_with(json!({"console": {"sha256": super::customers::hash("console-token-nobody-guesses")}}), levels);
    let mut client = stack.client(&ACME).unwrap();
    let all = customers();
    let mut seen = Vec::new();
    for customer in &all {
        for (method, path, body) in [
            ("POST", "/Users", Some(with_password(customer))),
            ("POST", "/Users", Some(json!({"password": 5, "nickName": PASSWORD}))),
            ("GET", "/Users", None),
            ("GET", "/ServiceProviderConfig", None),
        ] {
            seen.push(client.send(&request(customer, customer.id, method, path, body)).unwrap());
        }
        for other in &all {
            seen.push(client.send(&request(customer, other.id, "GET", "/Users", None)).unwrap());
        }
    }
    let mut places: Vec<(String, String)> =
        seen.iter().map(|answer| ("answer".to_owned(), format!("{answer:?}"))).collect();
    places.push(("events".into(), Value::from(stack.events().unwrap()).to_string()));
    for path in ["/stats", "/config_dump", "/stats/prometheus", "/clusters", "/server_info"] {
        places.push((path.into(), stack.admin(path).unwrap()));
    }
    stack.stop();
    for file in ["envoy.log", "access.log", "user-service.log", "users.db", "users.db-wal"] {
        let bytes = std::fs::read(stack.file(file)).unwrap_or_default();
        places.push((file.into(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    assert!(places.iter().any(|(_, text)| text.contains("ada-of-anvil@example.test")), "something is looked at");
    for (place, text) in &places {
        for secret in all.iter().flat_map(secrets).chain([PASSWORD.to_owned()]) {
            // A value that is refused may be in the answer to whoever sent it, and nowhere else.
            let own = place == "answer" && secret == PASSWORD;
            assert!(own || !text.contains(&secret), "{place} shows {secret}");
        }
    }
}

const PASSWORD: &str = "pa55word-of-somebody";

fn with_password(customer: &Customer) -> Value {
    let mut body = user(&format!("ada-of-{}@example.test", customer.id));
    body["password"] = PASSWORD.into();
    body
}

/// As it is sent, without its word, and what is inside of it.
fn secrets(customer: &Customer) -> Vec<String> {
    let bare = customer.header.1.rsplit(' ').next().unwrap().to_owned();
    let inside = STANDARD.decode(&bare).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let password = inside.and_then(|pair| pair.split_once(':').map(|(_, password)| password.to_owned()));
    [bare].into_iter().chain(password).collect()
}

//! Secrets go in by every door, and everything that comes out is searched for them: as they are, URL-encoded and in
//! base64. The same search finds each of them when a build that is wrong on purpose tells what it hears.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use usher_gateway::request::encode;
use usher_host_tests::faults::sabotage;
use usher_host_tests::stack::{jwt, lay_over, replace};

use super::customers::{Customer, customers, directories, hash, request, user};
use super::*;

const CONSOLE: &str = "canary/console+0123456789abcdef";
const SIGNING: &str = "whsec_Y2FuYXJ5LXNpZ25pbmctMDEyMzQ1Njc4OWFiY2RlZg==";
/// In a filter: a name that belongs into no log.
const ASKED_FOR: &str = "canary/asked+for@example.test";

/// A password by every way in which one can come: method, path, body.
const PASSWORDS: [(&str, &str, &str, &str); 11] = [
    ("canary/post+1", "POST", "/Users", r#"{"userName": "a@canary.test", "password": "{}"}"#),
    ("canary/put+2", "PUT", "/Users/${id}", r#"{"userName": "canary@example.test", "password": "{}"}"#),
    (
        "canary/path+3",
        "PATCH",
        "/Users/${id}",
        r#"{"Operations": [{"op": "replace", "path": "password", "value": "{}"}]}"#,
    ),
    ("canary/value+4", "PATCH", "/Users/${id}", r#"{"Operations": [{"op": "replace", "value": {"password": "{}"}}]}"#),
    (
        "canary/urn+5",
        "PATCH",
        "/Users/${id}",
        r#"{"Operations": [{"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": "{}"}]}"#,
    ),
    ("canary/upper+6", "POST", "/Users", r#"{"userName": "b@canary.test", "PASSWORD": "{}"}"#),
    ("canary/broken+7", "POST", "/Users", r#"{"userName": "c@canary.test", "password": "{}""#),
    ("canary/wrong+8", "POST", "/Users", r#"{"userName": 5, "password": "{}"}"#),
    ("canary/taken+9", "POST", "/Users", r#"{"userName": "canary@example.test", "password": "{}"}"#),
    (
        "canary/bulk+10",
        "POST",
        "/Bulk",
        r#"{"Operations": [{"method": "POST", "path": "/Users", "bulkId": "1", "data": {"userName": "d@canary.test", "password": "{}"}}]}"#,
    ),
    ("canary/typed+11", "POST", "/Users", r#"{"userName": "e@canary.test", "password": ["{}"]}"#),
];

#[test]
fn no_secret_is_seen_anywhere() {
    let sinks = play(None);
    for (sink, text) in &sinks {
        for secret in secrets() {
            let found: Vec<_> = disguises(&secret).into_iter().filter(|(_, needle)| text.contains(needle)).collect();
            assert!(found.is_empty(), "{sink} shows {secret}: {found:?}");
        }
    }
    for (sink, known) in [
        ("access.log", "/scim/v2/anvil/Users"),
        ("envoy.log", "usher"),
        ("events", "a@canary.test"),
        ("users.db", "canary@example.test"),
        ("/config_dump", "anvil"),
        ("/stats", "usher_exchanges"),
        ("console", "anvil"),
        ("answers", "canary@example.test"),
    ] {
        assert!(
            sinks.iter().any(|(name, text)| name.starts_with(sink) && text.contains(known)),
            "{sink} is not looked at"
        );
    }
}

#[test]
fn the_search_finds_each_and_in_each_disguise() {
    let log = play(Some("leaky")).into_iter().find(|(sink, _)| sink == "envoy.log").unwrap().1;
    let found = |secret: &String| -> BTreeSet<&'static str> {
        disguises(secret).into_iter().filter(|(_, needle)| log.contains(needle)).map(|(how, _)| how).collect()
    };
    let all: Vec<_> = secrets().iter().map(found).collect();
    assert!(all.iter().all(|ways| !ways.is_empty()), "{all:?}");
    for way in ["plain", "url", "base64"] {
        let count = all.iter().filter(|ways| ways.contains(way)).count();
        assert!(count >= 12, "{way} shows {count}");
    }
}

/// What every sink holds afterwards.
fn play(wrong: Option<&str>) -> Vec<(String, String)> {
    let mut stack = stack(wrong);
    let mut client = stack.client(&ACME).unwrap();
    let all = customers();
    let mut answers = every_credential(&mut client, &all);
    answers.extend(every_password(&mut client, &all[0]));
    let mut watcher = ScimClient::new(format!("{}/usher", stack.url()), CONSOLE, &stack.file("events.jsonl")).unwrap();
    let seen = ["", "/exchanges", "/directories"].map(|path| ask(&mut watcher, "GET", path));
    assert!(seen.iter().all(|answer| answer.status == 200), "{seen:?}");
    let mut sinks = vec![
        ("answers".to_owned(), format!("{answers:?}")),
        ("console".into(), format!("{seen:?}")),
        ("events".into(), Value::from(stack.events().unwrap()).to_string()),
    ];
    for path in ["/stats", "/stats/prometheus", "/config_dump", "/clusters", "/server_info", "/listeners", "/certs"] {
        sinks.push((path.into(), stack.admin(path).unwrap()));
    }
    stack.stop();
    for file in ["envoy.log", "access.log", "user-service.log", "events.jsonl", "users.db", "users.db-wal"] {
        let bytes = std::fs::read(stack.file(file)).unwrap_or_default();
        sinks.push((file.into(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    sinks
}

/// The filter tells all that it can. Envoy itself shows every header when it is told to trace HTTP or JWTs.
fn stack(wrong: Option<&str>) -> Stack {
    let mut configuration = plugin_configuration().unwrap();
    let more = json!({"directories": directories(&customers()), "lockout": {"failures": 0},
                      "console": {"sha256": hash(CONSOLE), "personal_data": true}});
    lay_over(configuration.as_object_mut().unwrap(), more.as_object().unwrap());
    configuration["directories"][0]["events"] =
        json!({"signatures": [{"standard_webhooks": {"secret_env": ["USHER_SIGNING_SECRET"]}}]});
    let (hint, keys) =
        ("# environment_variables: { host_env_keys: [USHER_SIGNING_SECRET] }", "host_env_keys: [USHER_SIGNING_SECRET]");
    let variables = format!(
        "environment_variables: {{ {keys}, key_values: {{ USHER_SABOTAGE: \"{}\" }} }}",
        wrong.unwrap_or_default()
    );
    let mut options = Options {
        edits: vec![jwt::verified().unwrap(), configure(configuration), replace(hint, variables)],
        env: vec![("USHER_SIGNING_SECRET".into(), SIGNING.into())],
        arguments: ["--component-log-level", "wasm:trace,config:debug,admin:debug"].map(str::to_owned).into(),
        ..Options::default()
    };
    options.wasm = wrong.map(|_| sabotage::wrong_build().unwrap());
    Stack::start(options).unwrap()
}

/// Each at its own door and at every other.
fn every_credential(client: &mut ScimClient, all: &[Customer]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for customer in all {
        let named = user(&format!("ada-of-{}@example.test", customer.id));
        answers.push(client.send(&request(customer, customer.id, "POST", "/Users", Some(named))).unwrap());
        for other in all {
            answers.push(client.send(&request(customer, other.id, "GET", "/Users", None)).unwrap());
        }
    }
    answers
}

fn every_password(client: &mut ScimClient, customer: &Customer) -> Vec<Answer> {
    let mut send = |method: &str, path: &str, text: Option<String>| {
        client.send(&Request { text, ..request(customer, customer.id, method, path, None) }).unwrap()
    };
    let made = send("POST", "/Users", Some(user("canary@example.test").to_string()));
    let id = id(&made);
    let mut answers = vec![made];
    for (secret, method, path, body) in PASSWORDS {
        answers.push(send(method, &path.replace("${id}", &id), Some(body.replace("{}", secret))));
    }
    answers.push(send("GET", &format!("/Users?filter=password%20eq%20%22{}%22", encode(PASSWORDS[0].0)), None));
    answers.push(send("GET", &format!("/Users?filter=userName%20eq%20%22{}%22", encode(ASKED_FOR)), None));
    answers.push(send("GET", &format!("/Users?filter=userName%20eqq%20%22{}%22", encode(ASKED_FOR)), None));
    answers
}

fn secrets() -> Vec<String> {
    let fixed = PASSWORDS.iter().map(|(secret, ..)| *secret).chain([CONSOLE, SIGNING, ASKED_FOR]).map(str::to_owned);
    customers().iter().map(inside).chain(fixed).collect()
}

/// What a credential is without what stands around it.
fn inside(customer: &Customer) -> String {
    let bare = customer.header.1.rsplit(' ').next().unwrap().to_owned();
    let pair = STANDARD.decode(&bare).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let password = pair.and_then(|pair| pair.split_once(':').map(|(_, password)| password.to_owned()));
    // Of a JWT the signature is the secret.
    password.unwrap_or_else(|| bare.rsplit('.').next().unwrap().to_owned())
}

/// How it could look: inside of something that was encoded, too, wherever in it.
fn disguises(secret: &str) -> Vec<(&'static str, String)> {
    let url = encode(secret);
    let mut all = vec![("plain", secret.to_owned()), ("url", url.to_lowercase()), ("url", url)];
    for before in 0..3 {
        let bytes = [&vec![0; before], secret.as_bytes()].concat();
        let whole = before * 8_usize..bytes.len() * 8;
        for encoded in [STANDARD.encode(&bytes), URL_SAFE.encode(&bytes)] {
            all.push(("base64", encoded[whole.start.div_ceil(6)..whole.end / 6].to_owned()));
        }
    }
    all
}

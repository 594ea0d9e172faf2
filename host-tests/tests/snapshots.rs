//! What the user service gets, byte for byte, in every format: kept in `host-tests/snapshots` and compared with what
//! the bare gateway and the built module send.
//!
//! `USHER_SNAPSHOTS=write cargo test --test snapshots` writes them anew; the difference is then read by a person.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use usher_host_tests::conversation::{Conversation, Target, load_all, play};
use usher_host_tests::stack::{lay_over, repository};
use usher_host_tests::targets::{Beside, InWasm, Native, Noted, Notes, Service, Setup, module};

const FOLDER: &str = "host-tests/snapshots";

/// By name, and what they take.
fn formats() -> Vec<(&'static str, Value)> {
    let signatures = json!([
        {"standard_webhooks": {"secret_env": ["WEBHOOK_SECRET", "OLD_WEBHOOK_SECRET"]}},
        {"boxyhq": {"secret_env": ["JACKSON_SECRET"]}},
    ]);
    let claims = json!({"issuer": "https://scim.example.com", "audience": ["https://users.example.com"]});
    let signed = json!({"secret_env": "TOKEN_SECRET"});
    let tokens = |key: &Value| json!({"format": "security_events", "security_events": merged(&claims, key)});
    vec![
        ("array", json!({})),
        ("array-signed", json!({"signatures": signatures})),
        ("single", json!({"format": "single"})),
        ("cloudevents", json!({"format": "cloudevents"})),
        ("cloudevents-batch", json!({"format": "cloudevents_batch"})),
        ("cloudevents-binary", json!({"format": "cloudevents_binary"})),
        ("security-events", tokens(&signed)),
        ("security-events-unsigned", tokens(&json!({"unsigned": true}))),
    ]
}

fn merged(one: &Value, other: &Value) -> Value {
    let mut all = one.as_object().unwrap().clone();
    lay_over(&mut all, other.as_object().unwrap());
    all.into()
}

fn conversations() -> impl Iterator<Item = (String, Conversation)> {
    load_all().unwrap().into_iter().filter(|(name, _)| name.starts_with("events/"))
}

#[test]
fn the_gateway_sends_these_bytes() {
    for_each(|_, usual, setup| {
        let service = Service::new().unwrap();
        let (noting, notes) = service.noting().unwrap();
        let believed = Native::with(usual, service).unwrap();
        (Box::new(Beside { believed, watched: Native::with(setup, noting).unwrap() }), notes)
    });
}

#[test]
fn the_module_sends_these_bytes() {
    let module = module().unwrap();
    for_each(|_, usual, setup| {
        let service = Service::new().unwrap();
        let (noting, notes) = service.noting().unwrap();
        let believed = InWasm::with(&module, usual, service).unwrap();
        (Box::new(Beside { believed, watched: InWasm::with(&module, setup, noting).unwrap() }), notes)
    });
}

#[test]
fn all_events_are_in_them() {
    let folder = repository().join(FOLDER);
    let all = fs::read_dir(folder).unwrap().flatten();
    let texts = all.filter(|file| file.file_name().to_string_lossy().ends_with(".array.http"));
    let text: String = texts.map(|file| fs::read_to_string(file.path()).unwrap()).collect();
    for name in [
        "user.created",
        "user.updated",
        "user.deleted",
        "user.deactivated",
        "user.reactivated",
        "group.created",
        "group.updated",
        "group.deleted",
        "group.user_added",
        "group.user_removed",
        "role.created",
        "role.updated",
        "role.deleted",
    ] {
        assert!(text.contains(&format!(r#""event":"{name}""#)), "{name}");
    }
}

fn for_each(target: impl Fn(&str, &Setup, &Setup) -> (Box<dyn Target>, Notes)) {
    for (name, conversation) in conversations() {
        for (format, events) in formats() {
            let usual = with_events(&conversation, &json!({}));
            let watched = with_events(&conversation, &events);
            let (mut target, notes) = target(&name, &usual, &watched);
            play(&conversation, target.as_mut(), &mut |_| ()).unwrap();
            compare(&format!("{}.{format}.http", name.trim_start_matches("events/")), &shown(&notes.borrow()));
        }
    }
}

/// The conversation's own settings of events, and those of a format. What is remembered would differ: only one of the
/// two hears of new versions.
fn with_events(conversation: &Conversation, events: &Value) -> Setup {
    let mut conversation = conversation.clone();
    let layer = Map::from_iter([("events".to_owned(), events.clone())]);
    lay_over(&mut conversation.config, &layer);
    conversation.gateway_config.insert("record_cache".into(), Value::Null);
    Setup::of(&conversation).unwrap()
}

/// As on the wire, but for the ends of lines, and an empty line between two.
fn shown(deliveries: &[Noted]) -> String {
    let one = |noted: &Noted| {
        // That of the proxy; the gateway knows no such thing.
        let headers = noted.headers.iter().filter(|(name, _)| name != "content-length");
        let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
        let body = String::from_utf8(noted.body.clone()).unwrap();
        format!("{} {}\n{headers}\n{body}\n", noted.method, noted.path)
    };
    deliveries.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn compare(name: &str, text: &str) {
    let file: PathBuf = repository().join(FOLDER).join(name);
    if std::env::var("USHER_SNAPSHOTS").is_ok_and(|wish| wish == "write") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let differs = kept.lines().zip(text.lines()).position(|(kept, now)| kept != now);
    let line = differs.unwrap_or_else(|| kept.lines().count().min(text.lines().count()));
    let [kept_line, now] = [&kept, text].map(|text| text.lines().nth(line).unwrap_or("the end"));
    assert!(kept == text, "{name}, line {}\nkept: {kept_line}\nsent: {now}", line + 1);
}

//! The samples in examples/consumers: conversations, repetitions, and what is not signed.

use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use usher_host_tests::conversation::{Conversation, load_all, play};
use usher_host_tests::languages::{installed, place, run};
use usher_host_tests::stack::{Backend, Options, Program, Stack, lay_over, repository};
use usher_host_tests::targets::{Envoys, Setup};

#[test]
fn each_is_a_user_service() {
    let mut envoys = Envoys::default();
    for program in [node(), python(), go()].into_iter().flatten() {
        conversations_pass(&mut envoys, &program);
        only_what_is_signed_is_taken_and_only_once(program);
    }
}

fn node() -> Option<Program> {
    Some(program(installed("node", "nodejs")?, &["examples/consumers/node/server.mjs"]))
}

fn python() -> Option<Program> {
    Some(program(installed("python3", "python3")?, &["examples/consumers/python/server.py"]))
}

fn go() -> Option<Program> {
    let go = installed("go", "golang-go")?;
    let place = place("go").unwrap();
    let mut build = Command::new(go);
    build.args(["build", "-o"]).arg(place.join("consumer")).arg(".").env("GOCACHE", place.join("cache"));
    run(build.current_dir(repository().join("examples/consumers/go"))).unwrap();
    Some(program(place.join("consumer"), &[]))
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn program(path: PathBuf, arguments: &[&str]) -> Program {
    let arguments = arguments.iter().map(|file| repository().join(file).display().to_string()).collect();
    let env = vec![("USHER_SIGNING_SECRET".to_owned(), SECRET.to_owned())];
    Program { path: Some(path), arguments, env }
}

/// All of Okta's, and those about members and names.
fn conversations_pass(envoys: &mut Envoys, program: &Program) {
    envoys.put_before(program.clone());
    let wanted = |name: &str| {
        name.starts_with("okta/") || ["rfc/memberships", "rfc/delete-cascades", "rfc/uniqueness"].contains(&name)
    };
    let all: Vec<_> = load_all().unwrap().into_iter().filter(|(name, _)| wanted(name)).collect();
    assert!(all.len() > 8, "{}", all.len());
    for (name, conversation) in all {
        let mut client = envoys.client(&signed(conversation.clone()), None).unwrap();
        play(&conversation, &mut client, &mut |_| ())
            .unwrap_or_else(|error| panic!("{:?}: {name}: {error:#}", program.path));
    }
}

fn signed(mut conversation: Conversation) -> Setup {
    let signatures = json!({"events": {"signatures": [{"standard_webhooks": {"secret_env": ["WEBHOOK_SECRET"]}}]}});
    let layer: Map<String, Value> = serde_json::from_value(signatures).unwrap();
    lay_over(&mut conversation.config, &layer);
    Setup::of(&conversation).unwrap()
}

/// Asked without Envoy, as a stranger would.
fn only_what_is_signed_is_taken_and_only_once(program: Program) {
    let stack = Stack::start(Options { backend: Backend::Program(program), ..Options::default() }).unwrap();
    let text = std::fs::read_to_string(repository().join("host-tests/snapshots/a-working-life.array.http")).unwrap();
    let body = text.lines().find(|line| line.starts_with('[')).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let deliver = |time: i64, signature: &str, body: &str| {
        let url = format!("{}/provisioning/events?directory=acme", stack.service_url());
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build();
        let request = ureq::Agent::new_with_config(config).post(url).header("webhook-id", "evt_1");
        let request = request.header("webhook-timestamp", time.to_string()).header("webhook-signature", signature);
        request.header("content-type", "application/json").send(body).unwrap().status().as_u16()
    };
    let events = || std::fs::read_to_string(stack.file("events.jsonl")).unwrap_or_default().lines().count();
    let tampered = body.replace("Ada", "Eve");
    let other = format!("v1,{}", "A".repeat(43) + "=");
    for (why, status) in [
        ("nothing signed", deliver(now, "", body)),
        ("another secret", deliver(now, &other, body)),
        ("another body", deliver(now, &signature(now, body), &tampered)),
        ("another time", deliver(now + 1, &signature(now, body), body)),
        ("long ago", deliver(now - 3600, &signature(now - 3600, body), body)),
    ] {
        assert_eq!((status, events()), (401, 0), "{why}");
    }
    let good = signature(now, body);
    assert_eq!((deliver(now, &good, body), events()), (204, 1));
    assert_eq!((deliver(now, &good, body), events()), (204, 1), "the second time nothing happens");
    // While a secret is changed there are two signatures.
    assert_eq!((deliver(now, &format!("{other} {good}"), body), events()), (204, 1));
}

fn signature(time: i64, body: &str) -> String {
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("evt_1.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

//! What deploy/ has: followed as its pages say, as far as that goes without a cluster.

mod envoy;
mod kubernetes;
mod manifests;
mod mesh;
mod tools;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_host_tests::conversation::{Answer, Request, Target};
use usher_host_tests::stack::{ScimClient, Stack, repository};

/// A customer who comes while everything runs.
const INITECH: &str = "initech-demo-token-please-change";
const INITECH_HASH: &str = "9ef5c19980d99b3dfa47883e4f2e5e3b81d208cd8bc7cef34bc83dc5959c9a6a";

/// Nothing here takes long; what takes this long has gone wrong.
const PATIENCE: Duration = Duration::from_secs(20);

fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn ask(client: &mut ScimClient, path: &str) -> Answer {
    client.send(&Request { method: "GET".into(), path: path.into(), ..Request::default() }).unwrap()
}

fn create(client: &mut ScimClient, name: &str) -> Answer {
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
    client
        .send(&Request { method: "POST".into(), path: "/Users".into(), body: Some(body), ..Request::default() })
        .unwrap()
}

/// What a directory that is not in the sample answers to its own token.
fn status_of(stack: &Stack, directory: &str, token: &str) -> u16 {
    let base = format!("{}/scim/v2/{directory}", stack.url());
    let mut client = ScimClient::new(base, token, &stack.file("events.jsonl")).unwrap();
    ask(&mut client, "/Users").status
}

/// # Panics
/// When it fails, with what it said.
fn run(command: &mut Command) -> String {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{command:?}:\n{said}\n{}", String::from_utf8_lossy(&done.stderr));
    said
}

fn in_deploy(path: &str) -> std::path::PathBuf {
    repository().join("deploy").join(path)
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The sample's configuration, with one directory more.
fn with_initech() -> Value {
    let mut configuration = usher_host_tests::stack::plugin_configuration().unwrap();
    let directories = configuration["directories"].as_array_mut().unwrap();
    directories.push(json!({"id": "initech", "credentials": [{"bearer": {"sha256": INITECH_HASH}}]}));
    configuration
}

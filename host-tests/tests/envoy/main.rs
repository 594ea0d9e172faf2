//! What only the real proxy can show: outages, configurations at the start and in flight, bytes on the wire, the access
//! log and the statistics.

mod accounts;
mod administrators;
mod answers;
mod configurations;
mod console;
mod customers;
mod idempotency;
mod interleaved;
mod isolation;
mod jwt;
mod life_cycle;
mod lookups;
mod matrix;
mod monitoring;
mod outages;
mod runbook;
mod secrets;
mod wire;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_host_tests::conversation::{Answer, Request, Target};
use usher_host_tests::stack::{ACME, GLOBEX, Options, ScimClient, Stack, configure, plugin_configuration};

/// Nothing here takes long; what takes this long has gone wrong.
const PATIENCE: Duration = Duration::from_secs(20);

fn start() -> Stack {
    Stack::start(Options::default()).unwrap()
}

/// Looks again and again until there is something to see.
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        match look() {
            Some(seen) => return seen,
            None if start.elapsed() > PATIENCE => panic!("in vain: {what}"),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn ask(client: &mut ScimClient, method: &str, path: &str) -> Answer {
    client.send(&Request { method: method.into(), path: path.into(), ..Request::default() }).unwrap()
}

fn tell(client: &mut ScimClient, method: &str, path: &str, body: Value) -> Answer {
    let request = Request { method: method.into(), path: path.into(), body: Some(body), ..Request::default() };
    client.send(&request).unwrap()
}

fn create(client: &mut ScimClient, name: &str) -> Answer {
    let schemas = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
    tell(client, "POST", "/Users", json!({"schemas": schemas, "userName": name}))
}

fn deactivation() -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
           "Operations": [{"op": "replace", "path": "active", "value": false}]})
}

fn id(answer: &Answer) -> String {
    answer.body["id"].as_str().unwrap_or_else(|| panic!("no id in {answer:?}")).to_owned()
}

fn assert_scim_error(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(answer.body["status"], status.to_string());
}

fn assert_try_again(answer: &Answer) {
    assert_scim_error(answer, 503);
    assert!(answer.header("retry-after").is_some_and(|text| text.parse::<u32>().is_ok()), "{answer:?}");
}

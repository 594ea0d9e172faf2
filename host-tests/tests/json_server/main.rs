//! A REST service that nobody here wrote, and not a line of code for it: json-server from npm behind Usher and a real
//! Envoy, with the mapping of examples/mapping/json-server.json.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use usher_host_tests::conversation::{load, play};
use usher_host_tests::stack::{ACME, Backend, GLOBEX, Options, Stack, extend, repository};

/// Ended when it goes out of scope.
struct JsonServer {
    child: Child,
    port: u16,
}

impl JsonServer {
    fn start(npm: &Path) -> JsonServer {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let store = npm.join(format!("db-{}.json", std::process::id()));
        std::fs::write(&store, json!({"users": [], "groups": []}).to_string()).unwrap();
        let mut command = Command::new("node");
        command.arg(npm.join("node_modules/json-server/lib/cli/bin.js")).arg(&store);
        command.args(["--host", "127.0.0.1", "--quiet", "--port", &port.to_string()]).current_dir(npm);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let server = JsonServer { child, port };
        let start = Instant::now();
        while server.get("/users").is_none() {
            assert!(start.elapsed() < Duration::from_secs(20), "json-server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn get(&self, path: &str) -> Option<Value> {
        let mut answer = ureq::get(format!("http://127.0.0.1:{}{path}", self.port)).call().ok()?;
        serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()
    }
}

impl Drop for JsonServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// json-server in the version that the sample names, installed once and into the project only.
fn npm() -> Option<PathBuf> {
    if !["node", "npm"].iter().all(|name| Command::new(name).arg("--version").output().is_ok()) {
        eprintln!("NOT tested with json-server: node and npm are not installed (Debian's packages: nodejs, npm)");
        return None;
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("json-server");
    std::fs::create_dir_all(&place).unwrap();
    if !place.join("node_modules/json-server").is_dir() {
        std::fs::copy(repository().join("examples/mapping/package.json"), place.join("package.json")).unwrap();
        let mut command = Command::new("npm");
        command.args(["install", "--loglevel=error", "--no-audit", "--no-fund"]).current_dir(&place);
        assert!(command.status().unwrap().success(), "npm cannot install json-server");
    }
    Some(place)
}

/// The sample, with something else in its text.
fn sample(change: impl Fn(String) -> String) -> Map<String, Value> {
    let text = std::fs::read_to_string(repository().join("examples/mapping/json-server.json")).unwrap();
    serde_json::from_str(&change(text)).unwrap()
}

#[test]
fn a_rest_service_that_was_not_written_for_usher_needs_no_new_code() {
    let Some(npm) = npm() else { return };
    let server = JsonServer::start(&npm);
    let edits = vec![extend(&[sample(|text| text)]).unwrap()];
    let options = Options { edits, backend: Backend::There(server.port), ..Options::default() };
    let stack = Stack::start(options).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/json_server");
    for (file, directory) in [("acme.json", ACME), ("globex.json", GLOBEX)] {
        play(&load(&here.join(file)).unwrap(), &mut stack.client(&directory).unwrap(), &mut |_| ()).unwrap();
    }
    // What became of it in the service's own words: the mapped fields in its shape, and what is its own untouched.
    let users = server.get("/users").unwrap();
    let grace = json!({
        "id": 2, "login": "grace@acme.test", "status": "active", "org": "acme",
        "profile": {"firstName": "Grace", "lastName": "Hopper", "email": "grace@acme.test"}
    });
    assert_eq!(users[0], grace);
    assert_eq!(users.as_array().unwrap().len(), 1, "{users}");
    assert_eq!(
        server.get("/groups").unwrap(),
        json!([{"id": 1, "name": "Engineers", "org": "acme", "memberIds": [2]}])
    );
}

/// Two customers on one service: without their tenants in the paths the configuration is refused.
#[test]
fn directories_that_would_see_each_others_people_are_refused() {
    let mut shared = sample(|text| text.replace("&org={tenant}", ""));
    let mut whole = usher_host_tests::stack::plugin_configuration().unwrap();
    usher_host_tests::stack::lay_over(whole.as_object_mut().unwrap(), &shared);
    let error = usher_gateway::Gateway::new(whole.to_string().as_bytes()).unwrap_err().to_string();
    assert!(error.contains("and would see its records"), "{error}");
    shared["mapping"]["shared"] = true.into();
    usher_host_tests::stack::lay_over(whole.as_object_mut().unwrap(), &shared);
    assert!(usher_gateway::Gateway::new(whole.to_string().as_bytes()).is_ok());
}

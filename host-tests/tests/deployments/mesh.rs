//! Istio and Envoy Gateway: a real Envoy takes from a control plane, over ADS, what theirs would make of the manifests.

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use usher_host_tests::conversation::{Request, Target, load_all, play};
use usher_host_tests::stack::{ACME, Edit, Options, Stack, repository, wasm};

use super::{ask, create, status_of, tools};

/// Okta's conversations that need no setting of their own.
fn conversations() -> Vec<(String, usher_host_tests::conversation::Conversation)> {
    let plain = load_all().unwrap().into_iter().filter(|(name, told)| {
        name.starts_with("okta") && told.config.is_empty() && told.gateway_config.is_empty() && told.directory == "acme"
    });
    plain.collect()
}

#[test]
fn istio_as_an_ingress_gateway() {
    let mut mesh = Mesh::start("istio-gateway");
    mesh.plays_okta();
    mesh.leads_nowhere_else();
    // Istio's own limit would be 32 KiB.
    mesh.takes_a_large_request();
    mesh.shows_statistics();
}

#[test]
fn istio_in_the_sidecar_of_the_service() {
    let mut mesh = Mesh::start("istio-sidecar");
    mesh.plays_okta();
    mesh.takes_a_large_request();
    assert_eq!(mesh.get("/healthz").0, 200, "what is not SCIM goes to the service");
    assert_eq!(mesh.get("/provisioning/users?directory=acme").0, 404, "and what is Usher's does not");
    assert_eq!(status_of(&mesh.stack, "acme", "wrong"), 401);
}

#[test]
fn envoy_gateway() {
    let mut mesh = Mesh::start("envoy-gateway");
    mesh.plays_okta();
    mesh.leads_nowhere_else();
    mesh.takes_a_large_request();
}

struct Mesh {
    stack: Stack,
    /// Ends with its standard input.
    _plane: Child,
}

impl Mesh {
    fn start(kind: &'static str) -> Mesh {
        let plane = Rc::new(RefCell::new(None));
        let held = Rc::clone(&plane);
        let edit: Edit = Box::new(move |text| {
            let (bootstrap, child) = serve(kind, &text)?;
            held.replace(Some(child));
            Ok(bootstrap)
        });
        let stack = Stack::start(Options { edits: vec![edit], ..Options::default() }).unwrap();
        let plane = plane.take().unwrap();
        Mesh { stack, _plane: plane }
    }

    fn plays_okta(&mut self) {
        let conversations = conversations();
        assert!(conversations.len() > 3);
        for (name, conversation) in conversations {
            self.stack.forget(None).unwrap();
            let played = play(&conversation, &mut self.stack.client(&ACME).unwrap(), &mut |_| ());
            assert!(played.is_ok(), "{name}: {:#}", played.unwrap_err());
        }
    }

    fn get(&self, path: &str) -> (u16, String) {
        let client =
            usher_host_tests::stack::ScimClient::new(self.stack.url(), ACME.token, &self.stack.file("events.jsonl"));
        let answer = ask(&mut client.unwrap(), path);
        (answer.status, answer.body.to_string())
    }

    /// The service would say 200 to this.
    fn leads_nowhere_else(&self) {
        let (status, body) = self.get("/healthz");
        assert!(status == 404 && body.contains("urn:ietf:params:scim:api:messages:2.0:Error"), "{status} {body}");
    }

    fn takes_a_large_request(&mut self) {
        let mut client = self.stack.client(&ACME).unwrap();
        let id = create(&mut client, "large@acme.test").body["id"].as_str().unwrap().to_owned();
        let addresses: Vec<_> =
            (0..2000).map(|n| json!({"value": format!("large-{n:05}@acme.test"), "type": "other"})).collect();
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                          "Operations": [{"op": "add", "path": "emails", "value": addresses}]});
        let request =
            Request { method: "PATCH".into(), path: format!("/Users/{id}"), body: Some(body), ..Request::default() };
        assert_eq!(client.send(&request).unwrap().status, 200);
    }

    fn shows_statistics(&self) {
        let text = self.stack.admin("/stats/prometheus").unwrap();
        assert!(text.contains("usher_exchanges{operation=\"create_user\",outcome=\"accepted\"}"), "{text}");
    }
}

/// The control plane, and the bootstrap for its Envoy.
fn serve(kind: &str, sample: &str) -> Result<(String, Child)> {
    let sample: Value = serde_saphyr::from_str(sample)?;
    let port =
        |pointer: &str| sample.pointer(pointer).map(|address| address["socket_address"]["port_value"].to_string());
    let listener = port("/static_resources/listeners/0/address").context("no listener")?;
    let service = port("/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address");
    let mut plane = Command::new(tools::python());
    plane.arg(repository().join("host-tests/deployments/serve.py"));
    plane.args([kind, &listener, &service.context("no service")?, &port("/admin/address").context("no admin")?]);
    let mut plane = plane.arg(wasm()?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut bootstrap = String::new();
    BufReader::new(plane.stdout.take().context("no output")?).read_line(&mut bootstrap)?;
    anyhow::ensure!(!bootstrap.is_empty(), "the control plane ended: see above");
    Ok((bootstrap, plane))
}

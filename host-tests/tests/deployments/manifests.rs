//! Manifests against the schemas of their kinds, and against each other.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use usher_gateway::Gateway;
use usher_host_tests::stack::repository;

use super::{in_deploy, read, tools};

/// Settings of the sample's connection manager that are meant for a listener of its own.
const ITS_OWN: [&str; 5] = ["@type", "stat_prefix", "server_name", "http_filters", "route_config"];

fn files() -> Vec<PathBuf> {
    let folders = ["envoy-gateway", "istio", "kubernetes"].map(in_deploy);
    let entries = folders.iter().flat_map(|folder| folder.read_dir().unwrap());
    let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).collect()
}

fn documents(file: &std::path::Path) -> Vec<Value> {
    serde_saphyr::from_multiple(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn all() -> Vec<Value> {
    files().iter().flat_map(|file| documents(file)).collect()
}

#[test]
fn each_is_what_its_schema_wants() {
    let Some(packages) = tools::node_modules() else {
        return eprintln!("NOT checked against their schemas: the manifests, for there is no Node here");
    };
    let script = repository().join("host-tests/deployments/manifests.mjs");
    let mut check = Command::new("node");
    let check = check.arg(script).arg(packages).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut check = check.spawn().unwrap();
    check.stdin.take().unwrap().write_all(Value::from(all()).to_string().as_bytes()).unwrap();
    let said = check.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

#[test]
fn each_configuration_of_usher_is_one() {
    let mut found = 0;
    for configuration in all().iter().flat_map(configurations) {
        let gateway = Gateway::with_environment(configuration.to_string().as_bytes(), &|_| None);
        assert!(gateway.is_ok(), "{:?}: {configuration}", gateway.err());
        found += 1;
    }
    assert_eq!(found, 3);
}

/// Wherever it stands, as an object or as text.
fn configurations(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) if members.contains_key("user_service") => vec![value.clone()],
        Value::Object(members) => members.values().flat_map(configurations).collect(),
        Value::Array(elements) => elements.iter().flat_map(configurations).collect(),
        Value::String(text) if text.contains("user_service") => vec![serde_json::from_str(text).unwrap()],
        _ => Vec::new(),
    }
}

/// Copies of the sample's settings, which must not be left behind when it changes.
#[test]
fn the_edge_is_that_of_the_sample() {
    let sample = documents(&repository().join("envoy.yaml"));
    let chain = &sample[0]["static_resources"]["listeners"][0]["filter_chains"][0];
    let mut manager = chain["filters"][0]["typed_config"].as_object().unwrap().clone();
    manager.retain(|key, _| !ITS_OWN.contains(&key.as_str()));

    let istio = documents(&in_deploy("istio/gateway.yaml"));
    let patches =
        istio.iter().find(|document| document["kind"] == "EnvoyFilter").unwrap()["spec"]["configPatches"].clone();
    let patch = patches.as_array().unwrap().iter().find(|patch| patch["applyTo"] == "NETWORK_FILTER").unwrap();
    let mut ours = patch["patch"]["value"]["typed_config"].as_object().unwrap().clone();
    ours.retain(|key, _| !ITS_OWN.contains(&key.as_str()));
    assert_eq!(ours, manager, "deploy/istio/gateway.yaml, patch 4, is no longer what envoy.yaml says");

    let gateway = &documents(&in_deploy("envoy-gateway/patch.yaml"))[0]["spec"]["jsonPatches"];
    let replies = gateway.as_array().unwrap().iter().find(|p| p["operation"]["path"] == "local_reply_config").unwrap();
    assert_eq!(replies["operation"]["value"], manager["local_reply_config"], "deploy/envoy-gateway/patch.yaml");
}

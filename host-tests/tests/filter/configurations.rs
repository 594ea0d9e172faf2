//! A configuration that is wrong never starts, and the log says which key it is.

use super::*;

fn refusal(configuration: &[u8]) -> String {
    let Err(error) = Worker::start(&MODULE, configuration, Options::default()) else {
        panic!("it starts with {}", String::from_utf8_lossy(configuration));
    };
    assert_eq!(error.reason, "proxy_on_configure returned false");
    let lines: Vec<_> = error.logs.iter().filter(|line| line.level >= Level::Error).collect();
    assert_eq!(lines.len(), 1, "{error}");
    lines[0].text.clone()
}

/// The sample, with one value set or one key taken away.
fn sample_with(pointer: &str, value: &Value) -> String {
    let mut configuration = plugin_configuration().unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = configuration.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => drop(parent.remove(key)),
        value => drop(parent.insert(key.into(), value.clone())),
    }
    configuration.to_string()
}

#[test]
fn the_sample_starts_in_silence() {
    assert!(worker().logs().is_empty());
}

#[test]
fn what_is_no_json_object_is_refused() {
    for text in ["", "  ", "{", "[]", "null", "5", "{} {}", "\u{feff}{}"] {
        let told = refusal(text.as_bytes());
        assert!(told.starts_with("configuration"), "{text:?}: {told}");
    }
    refusal(b"\xff\xfe");
    refusal(b"\x0a\x0d\x0a\x04base\x12\x05\x1a\x03/x");
}

#[test]
fn each_wrong_key_is_named() {
    let credential = "/directories/0/credentials/0/bearer";
    for (pointer, value, named) in [
        ("/bases", json!("/x"), "bases"),
        ("/base", json!("scim"), "base"),
        ("/base", json!("/scim/../v2"), "base"),
        ("/base", json!(5), "base"),
        ("/external_url", json!("ftp://x"), "external_url"),
        ("/user_service", Value::Null, "missing field `user_service`"),
        ("/user_service/cluster", Value::Null, "user_service: missing field `cluster`"),
        ("/user_service/cluster", json!(""), "user_service.cluster"),
        ("/user_service/timeout_ms", json!(0), "user_service.timeout_ms"),
        ("/user_service/timeout_ms", json!("5s"), "user_service.timeout_ms"),
        ("/user_service/path", json!("provisioning?x"), "user_service.path"),
        ("/user_service/url", json!("http://x"), "user_service.url"),
        ("/directories", json!({}), "directories"),
        ("/directories/0/id", json!(""), "directories[0].id"),
        ("/directories/0/id", json!("globex"), "directories[1].id"),
        ("/directories/1/id", json!("a/b"), "directories[1].id"),
        ("/directories/1/tenant", json!("a b"), "directories[1].tenant"),
        ("/directories/1/strict", json!("yes"), "directories[1].strict"),
        ("/directories/1/stric", json!(true), "directories[1].stric"),
        ("/directories/0/credentials", json!([]), "directories[0].credentials"),
        ("/directories/0/credentials", Value::Null, "directories[0]: missing field `credentials`"),
        (&format!("{credential}/sha256"), json!("acme-demo-token"), "directories[0].credentials[0].bearer.sha256"),
        (&format!("{credential}/token"), json!("secret"), "directories[0].credentials[0].bearer"),
        ("/limits", json!({"body_bites": 5}), "limits.body_bites"),
        ("/limits", json!({"body_bytes": -1}), "limits.body_bytes"),
    ] {
        let told = refusal(sample_with(pointer, &value).as_bytes());
        assert!(told.starts_with(&format!("configuration: {named}")), "{pointer} = {value}: {told}");
    }
}

/// Envoy's log and `/config_dump` are read by many.
#[test]
fn a_message_never_repeats_a_token() {
    let told = refusal(sample_with("/directories/0/credentials/0/bearer/sha256", &json!("my-secret-token")).as_bytes());
    assert!(!told.contains("my-secret-token"), "{told}");
}

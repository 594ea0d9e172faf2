//! Blocks of code by their language.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;
use usher_gateway::Gateway;

use super::pages::{Block, all};

/// What every environment variable holds here: good for all that needs a secret.
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[test]
fn every_block_is_what_it_says() {
    let blocks: Vec<_> = all().iter().flat_map(|page| page.blocks()).collect();
    let wrong: Vec<_> =
        blocks.iter().filter_map(|block| Some(format!("{}: {}", block.place(), check(block).err()?))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(blocks.iter().filter(|block| !block.language().is_empty()).count() > 20);
}

#[test]
fn a_wrong_block_would_be_seen() {
    let wrong = [
        ("json", "{"),
        ("yaml", "a: [b"),
        ("sh", "if true"),
        ("klingon", ""),
        ("json", r#"{"user_service": {"cluster": "u"}, "directories": [], "stric": true}"#),
        ("yaml", r#"value: '{"user_service": {"cluster": "u"}, "directories": [], "stric": true}'"#),
    ];
    for (info, code) in wrong {
        let block = Block { page: String::new(), line: 1, info: info.into(), code: code.into() };
        assert!(check(&block).is_err(), "{info}: {code}");
    }
}

fn check(block: &Block) -> Result<(), String> {
    let code = block.code.as_str();
    match block.language() {
        // A drawing, a log line, what a program prints.
        "" | "text" => Ok(()),
        "json" => json(code),
        "yaml" => serde_saphyr::from_multiple::<Value>(code).map_err(to_text)?.iter().try_for_each(configuration),
        "sh" => shell(code),
        "http" => http(code),
        "js" | "rust" | "promql" | "toml" | "diff" | "mermaid" => Ok(()),
        other => Err(format!("`{other}`: nobody here can check this language; teach host-tests/tests/docs/blocks.rs")),
    }
}

/// What a reader puts in where a page says `<the hash>`.
const HASH: &str = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";

fn json(code: &str) -> Result<(), String> {
    let code = code.replace("<the hash>", HASH);
    configuration(&serde_json::from_str(&code).map_err(to_text)?)
}

/// A configuration of Usher, wherever it stands in a value, also as text.
fn configuration(value: &Value) -> Result<(), String> {
    match value {
        Value::Object(members) if members.contains_key("user_service") && members.contains_key("directories") => {
            let gateway = Gateway::with_environment(value.to_string().as_bytes(), &|_| Some(SECRET.to_owned()));
            gateway.map(drop).map_err(to_text)
        }
        Value::Object(members) => members.values().try_for_each(configuration),
        Value::Array(elements) => elements.iter().try_for_each(configuration),
        Value::String(text) if text.trim_start().starts_with('{') => match serde_json::from_str::<Value>(text) {
            Ok(inner) => configuration(&inner),
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// What a shell would say of it before it runs it.
fn shell(code: &str) -> Result<(), String> {
    let mut bash = Command::new("bash");
    let mut bash = bash.arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(to_text)?;
    if let Some(mut input) = bash.stdin.take() {
        input.write_all(code.as_bytes()).map_err(to_text)?;
    }
    let said = bash.wait_with_output().map_err(to_text)?;
    if said.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said.stderr).into_owned()) }
}

/// Head, empty line, and a body that is JSON where there is one.
fn http(code: &str) -> Result<(), String> {
    let (head, body) = code.split_once("\n\n").unwrap_or((code, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let knows = first.starts_with("HTTP/1.1 ")
        || ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|m| first.starts_with(m));
    if !knows || lines.any(|line| !line.contains(": ")) {
        return Err(format!("not the head of a request or an answer:\n{head}"));
    }
    if body.trim().is_empty() { Ok(()) } else { json(body) }
}

fn to_text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

//! Blocks that are run: what a reader would paste, against a stack as `make up` makes it.

use std::process::Command;

use serde_json::Value;
use usher_host_tests::stack::{Options, Stack, repository};

use super::pages::{Block, Page, all};

/// Stands between the outputs of two blocks.
const SEPARATOR: &str = "\u{1e}";

#[test]
fn what_can_be_pasted_works_and_prints_what_is_shown() {
    let pages: Vec<_> = all().into_iter().filter(|page| page.blocks().iter().any(is_run)).collect();
    assert!(pages.iter().any(|page| page.name == "README.md"));
    let mut stack = Stack::start(Options::default()).unwrap();
    let environment = stack.write_env().unwrap();
    for page in pages {
        // Nobody reads two pages on one day.
        stack.forget(None).unwrap();
        follow(&page, &environment.display().to_string());
    }
}

fn is_run(block: &Block) -> bool {
    block.info == "sh run"
}

/// All blocks of a page in one shell, so that a variable lives from one to the next.
fn follow(page: &Page, environment: &str) {
    let blocks = page.blocks();
    let pasted: Vec<_> = blocks.iter().filter(|block| is_run(block)).map(|block| block.code.as_str()).collect();
    let script = format!("set -euo pipefail\n. '{environment}'\n{}", pasted.join("\nprintf '\\x1e'\n"));
    let done = Command::new("bash").args(["-c", &script]).current_dir(repository()).output().unwrap();
    let (said, complaint) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{}:\n{said}\n{complaint}", page.name);
    let outputs: Vec<_> = said.split(SEPARATOR).collect();
    assert_eq!(outputs.len(), pasted.len(), "{}: {said}", page.name);
    let mut outputs = outputs.into_iter();
    let mut last = "";
    for block in blocks {
        match block.info.as_str() {
            "sh run" => last = outputs.next().unwrap_or_default(),
            "json shows" => assert_same_shape(&block, last),
            _ => {}
        }
    }
}

fn assert_same_shape(block: &Block, printed: &str) {
    let last = printed.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    let printed: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("{}: printed {last}", block.place()));
    let shown = serde_json::from_str(&block.code).unwrap();
    assert_eq!(shape(&shown), shape(&printed), "{} shows {shown}, it printed {printed}", block.place());
}

/// The names, and the kinds of what they name.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(elements) => elements.iter().map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        other => other.clone(),
    }
}

#[test]
fn another_shape_would_be_seen() {
    use serde_json::json;
    assert_eq!(shape(&json!({"a": ["x"], "b": 1})), shape(&json!({"b": 2, "a": ["y"]})));
    assert_ne!(shape(&json!({"a": ["x"]})), shape(&json!({"a": []})));
    assert_ne!(shape(&json!({"a": true})), shape(&json!({"a": false})));
}

//! Holds docs/conformance.md to its word: every item is there, and what it names is there too.

use std::path::{Path, PathBuf};

use usher_host_tests::stack::repository;

/// The items of the checklist that the page answers.
const ITEMS: usize = 79;
const STATES: [&str; 3] = ["done", "different", "not done"];

/// One line of a table.
struct Row {
    item: usize,
    state: String,
    shown_by: Vec<String>,
    remark: String,
}

#[test]
fn every_item_is_there_once() {
    let items: Vec<_> = rows().iter().map(|row| row.item).collect();
    assert_eq!(items, (1..=ITEMS).collect::<Vec<_>>());
}

#[test]
fn what_is_done_is_shown_and_what_is_not_has_a_reason() {
    for Row { item, state, shown_by, remark } in rows() {
        assert!(STATES.contains(&state.as_str()), "item {item} is `{state}`");
        assert!(state == "not done" || !shown_by.is_empty(), "item {item} is shown by nothing");
        assert!(state == "done" || remark.len() > 20, "item {item} has no reason");
    }
}

#[test]
fn what_it_names_is_there() {
    let tests = sources();
    let conversations = repository().join("host-tests/conversations");
    let is_there = |name: &str| match Path::new(name).extension() {
        Some(_) => conversations.join(name).is_file(),
        None => tests.contains(&format!("fn {name}(")),
    };
    let named = rows().into_iter().flat_map(|row| row.shown_by.into_iter().map(move |name| (row.item, name)));
    let missing: Vec<_> = named.filter(|(_, name)| !is_there(name)).collect();
    assert!(missing.is_empty(), "these items name what is not there: {missing:?}");
}

/// # Panics
/// When a line of a table has not its five columns.
fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(repository().join("docs/conformance.md")).unwrap();
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| item"));
    lines.map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [item, _, state, shown_by, remark] = cells[..] else { panic!("not five columns: {line}") };
    let shown_by = shown_by.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Row { item: item.parse().unwrap(), state: state.to_owned(), shown_by, remark: remark.to_owned() }
}

/// All Rust of the workspace, in which a test has its name.
fn sources() -> String {
    let mut files = Vec::new();
    for part in ["gateway", "filter", "host-tests", "examples"] {
        collect(&repository().join(part), &mut files);
    }
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

//! The catalogue: groups of cases in host-tests/bad-inputs, each a request with holes and the values for them.
//!
//! `${name}` is filled as it is, `%{name}` percent-encoded; `"a b"` in `with` names two holes that are filled together. Every
//! combination is a case.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use usher_host_tests::stack::repository;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    id: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    path: String,
    /// The whole of it, byte for byte: what is no request of HTTP/1.1.
    raw: Option<String>,
    /// In place of the path: not below acme's directory.
    absolute: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    /// The body so many times.
    #[serde(default = "once")]
    repeat: usize,
    /// Whether a good one comes with it.
    #[serde(default = "yes")]
    credential: bool,
    with: BTreeMap<String, Vec<Value>>,
    status: Vec<u16>,
    #[serde(default, rename = "scimType")]
    scim_type: Vec<String>,
    /// How many events it may make: none, unless it may be a success.
    events: Option<usize>,
}

fn once() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// One request, with holes for what is known only when it is sent: the user, the group, the token.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub raw: Option<String>,
    pub credential: bool,
    pub status: Vec<u16>,
    pub scim_type: Vec<String>,
    pub may_write: bool,
}

pub fn cases() -> Vec<Case> {
    let dir = std::fs::read_dir(repository().join("host-tests/bad-inputs")).unwrap();
    let mut files: Vec<_> = dir.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| groups(&std::fs::read(file).unwrap())).flat_map(|group| expand(&group)).collect()
}

fn groups(text: &[u8]) -> Vec<Group> {
    serde_json::from_slice(text).unwrap()
}

fn expand(group: &Group) -> Vec<Case> {
    let mut fillings: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for (names, values) in &group.with {
        let each = |so_far: Vec<(String, String)>| {
            values.iter().map(move |value| so_far.iter().cloned().chain(fill(names, value)).collect())
        };
        fillings = fillings.into_iter().flat_map(each).collect();
    }
    fillings.iter().enumerate().map(|(number, filling)| case(group, number, filling)).collect()
}

/// One value for one name, or a list of them for several.
fn fill(names: &str, value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let values: Vec<String> = value.as_array().map_or_else(|| vec![text(value)], |all| all.iter().map(text).collect());
    let names: Vec<&str> = names.split(' ').collect();
    assert_eq!(names.len(), values.len(), "{names:?}");
    names.into_iter().map(str::to_owned).zip(values).collect()
}

fn case(group: &Group, number: usize, filling: &[(String, String)]) -> Case {
    let filled = |text: &str| filled(text, filling);
    let path = group.absolute.as_ref().map_or_else(|| format!("/scim/v2/acme{}", group.path), String::clone);
    Case {
        id: format!("{}-{number}", group.id),
        method: filled(&group.method),
        target: filled(&path),
        headers: group.headers.iter().map(|(name, value)| (filled(name), filled(value))).collect(),
        body: group.body.as_ref().map(|body| filled(&body.repeat(group.repeat))),
        raw: group.raw.as_ref().map(|raw| filled(raw)),
        credential: group.credential,
        status: group.status.clone(),
        scim_type: group.scim_type.clone(),
        may_write: group.events != Some(0) && group.status.iter().any(|status| *status < 300),
    }
}

/// What is not known stays as it is.
pub fn filled(text: &str, filling: &[(String, String)]) -> String {
    filling.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{{name}}}"), value)
            .replace(&format!("%{{{name}}}"), &usher_gateway::request::encode(value))
    })
}

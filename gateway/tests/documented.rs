//! What docs/ says is what the code does.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use usher_gateway::Gateway;
use usher_gateway::leniency::ALL;
use usher_gateway::limits::Limits;

const PAGE: &str = include_str!("../../docs/configuration.md");
const LENIENCIES: &str = include_str!("../../docs/leniencies.md");
const WIRE: &str = concat!(include_str!("../src/config/wire.rs"), include_str!("../src/config/wire_directory.rs"));
const MAPPING: &str = include_str!("../src/config/mapping.rs");
const DECLARATIONS: &str = include_str!("../src/schema/build.rs");
/// What every environment variable holds: good for all that needs a secret.
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every ```json block of a page.
fn examples(page: &str) -> Vec<&str> {
    page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// A configuration that an example, which is part of one, is laid over.
fn completed(example: Map<String, Value>) -> Map<String, Value> {
    let hash = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";
    let mut whole = Map::new();
    whole.insert("user_service".into(), json!({"cluster": "user-service"}));
    whole.insert("directories".into(), json!([{"id": "acme", "credentials": [{"bearer": {"sha256": hash}}]}]));
    whole.extend(example);
    whole
}

/// The names of the public fields in a source file.
fn fields(source: &str) -> Vec<&str> {
    let declared = source.lines().filter_map(|line| line.strip_prefix("    pub ")?.split_once(": "));
    declared.map(|(name, _)| name).filter(|name| !name.contains('(')).collect()
}

/// The words for a setting in a source file: the variants of its enums.
fn words(source: &str) -> Vec<String> {
    let declared = source.lines().filter_map(|line| line.strip_prefix("    ")?.split(['(', ',']).next());
    let fit = |name: &&str| name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
    declared.filter(fit).map(snake).collect()
}

/// `CloudeventsBatch` is written `cloudevents_batch`.
fn snake(name: &str) -> String {
    let lower = |(i, letter): (usize, char)| match letter {
        letter if i > 0 && letter.is_uppercase() => format!("_{}", letter.to_lowercase()),
        letter => letter.to_lowercase().to_string(),
    };
    name.chars().enumerate().map(lower).collect()
}

/// `schema_extensions` is written `schemaExtensions` in SCIM's own documents.
fn camel(name: &str) -> String {
    let (mut camel, mut upper) = (String::new(), false);
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            letter if upper => (camel, upper) = (camel + &letter.to_uppercase().to_string(), false),
            letter => camel.push(letter),
        }
    }
    camel
}

/// Each limit with its default.
fn limits() -> Vec<(String, String)> {
    let shown = format!("{:?}", Limits::default());
    let inside = shown.trim_start_matches("Limits { ").trim_end_matches(" }").to_owned();
    inside.split(", ").filter_map(|pair| pair.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

#[test]
fn every_example_is_a_configuration() {
    let examples = examples(PAGE);
    assert!(examples.len() > 5);
    for example in examples {
        let whole = Value::from(completed(serde_json::from_str(example).unwrap())).to_string();
        let gateway = Gateway::with_environment(whole.as_bytes(), &|_| Some(SECRET.to_owned()));
        assert!(gateway.is_ok(), "{:?}:\n{example}", gateway.err());
    }
}

#[test]
fn every_key_and_every_word_is_on_the_page() {
    let keys = [fields(WIRE), fields(MAPPING)].concat();
    assert!(keys.len() > 15 && keys.contains(&"atomic_bulk"), "{keys:?}");
    let words = [words(WIRE), words(MAPPING)].concat();
    assert!(words.contains(&"cloudevents_batch".to_owned()) && words.contains(&"deactivated".to_owned()), "{words:?}");
    let declared = fields(DECLARATIONS).into_iter().map(camel);
    for key in keys.into_iter().map(str::to_owned).chain(words).chain(declared) {
        assert!(PAGE.contains(&format!("`{key}`")), "docs/configuration.md does not say what `{key}` is");
    }
}

#[test]
fn every_limit_is_on_the_page_with_its_default() {
    let limits = limits();
    assert!(limits.len() > 10);
    for (name, default) in limits {
        let row = format!("| `{name}` | {default} |");
        assert!(PAGE.contains(&row), "docs/configuration.md has no row that begins with: {row}");
    }
}

#[test]
fn every_leniency_has_its_row() {
    let rows: Vec<&str> = LENIENCIES.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), ALL.len());
    for (row, entry) in rows.into_iter().zip(ALL) {
        assert!(row.starts_with(&format!("| `{}` | {} | ", entry.name, entry.provider)), "{row}");
        assert!(row.contains(&format!("[`{0}`](../host-tests/conversations/{0})", entry.shown_in)), "{row}");
    }
}

#[test]
fn every_leniency_is_shown_and_refused_in_a_conversation() {
    for entry in ALL {
        let lenient = repository().join("host-tests/conversations").join(entry.shown_in);
        let strict = lenient.with_file_name(format!("{}-strict.json", entry.name));
        assert!(lenient.is_file(), "{} is not there", entry.shown_in);
        let conversation: Value = serde_json::from_slice(&std::fs::read(strict).unwrap()).unwrap();
        assert_eq!(conversation["config"]["strict"], true, "{}", entry.name);
    }
}

//! The plugin's own configuration inside the sample: read from it, so that no test can drift from it, and replaced in it.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::config::Edit;
use super::repository;

/// Where it begins: the one block scalar of the sample.
const START: &str = "value: |\n";

/// What the sample configures Usher with.
pub fn plugin_configuration() -> Result<Value> {
    let sample = repository().join("envoy.yaml");
    let text = std::fs::read_to_string(&sample).with_context(|| format!("cannot read {}", sample.display()))?;
    let (_, block, _) = split(&text)?;
    serde_json::from_str(block).context("the plugin configuration of the sample envoy.yaml is not JSON")
}

/// The sample with the record cache on: what goes well with it goes well without.
pub fn cached_configuration() -> Result<Value> {
    let mut configuration = plugin_configuration()?;
    configuration["record_cache"] = json!({"slots": 1024, "ttl_ms": 30_000});
    Ok(configuration)
}

/// Objects are merged; everything else takes the place of what was there, and null removes it.
pub fn lay_over(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(into)), Value::Object(from)) => lay_over(into, from),
            (_, Value::Null) => drop(into.remove(key)),
            _ => drop(into.insert(key.clone(), value.clone())),
        }
    }
}

/// Configures Usher as the sample does, with these laid over it.
pub fn extend(extras: &[Map<String, Value>]) -> Result<Edit> {
    let mut configuration = plugin_configuration()?;
    let into = configuration.as_object_mut().context("the plugin configuration is no object")?;
    extras.iter().for_each(|extra| lay_over(into, extra));
    Ok(configure(configuration))
}

/// What a file wants to be laid over the sample.
pub fn extra(file: &Path) -> Result<Map<String, Value>> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no object", file.display()))
}

/// Configures Usher with something else.
pub fn configure(configuration: Value) -> Edit {
    Box::new(move |text| {
        let (before, block, after) = split(&text)?;
        let indent = block.len() - block.trim_start().len();
        Ok(format!("{before}{:indent$}{configuration}\n{after}", ""))
    })
}

/// The text before, of and after the block: the lines that are indented as deep as its first.
fn split(text: &str) -> Result<(&str, &str, &str)> {
    let start = text.find(START).context("envoy.yaml has no `value: |`")? + START.len();
    let (before, rest) = text.split_at(start);
    let indent = rest.len() - rest.trim_start_matches(' ').len();
    let inside = |line: &&str| line.len() - line.trim_start_matches(' ').len() >= indent;
    let length = rest.split_inclusive('\n').take_while(inside).map(str::len).sum();
    let (block, after) = rest.split_at(length);
    Ok((before, block, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_configures_two_directories() {
        let configuration = plugin_configuration().unwrap();
        let ids: Vec<_> = configuration["directories"].as_array().unwrap().iter().map(|d| &d["id"]).collect();
        assert_eq!(ids, ["acme", "globex"]);
    }

    #[test]
    fn objects_are_merged_and_the_rest_is_replaced() {
        let mut into = json!({"a": {"b": 1, "c": [1, 2]}, "e": 5}).as_object().unwrap().clone();
        lay_over(&mut into, json!({"a": {"c": [3]}, "d": 4, "e": null}).as_object().unwrap());
        assert_eq!(Value::from(into), json!({"a": {"b": 1, "c": [3]}, "d": 4}));
    }

    #[test]
    fn what_stands_around_the_configuration_stays() {
        let text = "  - a: b\n    value: |\n      {\"x\":\n       1}\n  - c: d\n".to_owned();
        let edited = configure(json!({"y": 2}))(text).unwrap();
        assert_eq!(edited, "  - a: b\n    value: |\n      {\"y\":2}\n  - c: d\n");
    }
}

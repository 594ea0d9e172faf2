//! Where a configuration stands: in a file of its own, or inside the YAML of a proxy.

use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::paper;

/// One configuration of Usher.
pub(crate) struct Source {
    /// Of the file, as it was given.
    name: String,
    /// The JSON.
    pub(crate) text: String,
    /// Lines above it in its file and columns to its left; nothing when the file spells it in another way.
    shift: Option<(usize, usize)>,
}

/// Everything in a file, or in standard input when it is called `-`.
pub(crate) fn read(file: &Path) -> Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

impl Source {
    /// The configurations in a file: JSON, or YAML with them inside.
    pub(crate) fn all(file: &PathBuf) -> Result<Vec<Source>> {
        let text = read(file)?;
        let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
        if text.trim_start().starts_with('{') || text.trim().is_empty() {
            return Ok(vec![Source { name, text, shift: Some((0, 0)) }]);
        }
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(&text).with_context(|| format!("{name} is neither JSON nor YAML"))?;
        let mut found = Vec::new();
        documents.iter().for_each(|document| collect(document, &mut found));
        if found.is_empty() {
            bail!(
                "{name} holds no configuration of Usher: expected a `StringValue` (Envoy) or a `pluginConfig` (Istio)"
            );
        }
        Ok(found
            .into_iter()
            .map(|inside| Source { shift: shift(&text, &inside), name: name.clone(), text: inside })
            .collect())
    }

    /// The one configuration in a file.
    pub(crate) fn one(file: &PathBuf) -> Result<Source> {
        let mut all = Self::all(file)?;
        match all.pop() {
            Some(source) if all.is_empty() => Ok(source),
            _ => bail!("{} holds more than one configuration of Usher", file.display()),
        }
    }

    /// Shows a piece of it, with line and column in the file.
    pub(crate) fn mark(&self, range: &Range<usize>) {
        match self.shift {
            Some(shift) => paper::mark(&self.name, &self.text, range, shift),
            None => paper::mark("", &self.text, range, (0, 0)),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// A `StringValue`, or what Istio and Envoy Gateway make one of. Whether it is right is not asked here.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inside) in fields {
                match inside {
                    Value::String(text) if name == "value" && is_ours(text) => found.push(text.clone()),
                    Value::Object(plugin) if is_plugin(name) && plugin.contains_key("user_service") => {
                        found.push(serde_json::to_string_pretty(inside).unwrap_or_default());
                    }
                    _ => collect(inside, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn is_ours(text: &str) -> bool {
    text.trim_start().starts_with('{') && (text.contains("user_service") || text.contains("directories"))
}

fn is_plugin(name: &str) -> bool {
    matches!(name, "pluginConfig" | "config")
}

/// Where a block of YAML is in its file: its lines, each with the same blanks in front.
fn shift(file: &str, inside: &str) -> Option<(usize, usize)> {
    let wanted: Vec<&str> = inside.lines().collect();
    let first = wanted.first()?;
    let lines: Vec<&str> = file.lines().collect();
    lines.windows(wanted.len()).enumerate().find_map(|(number, window)| {
        let column = window.first()?.find(first.trim_end())?;
        let one_line = wanted.len() == 1;
        let same = window.iter().zip(&wanted).all(|(line, wanted)| line.get(column..).unwrap_or_default() == *wanted);
        (one_line || same).then_some((number, column))
    })
}

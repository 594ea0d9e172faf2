//! Wrong builds of the filter, and the count that must find each. A harness that cannot fail proves nothing.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Plan, run, side_by_side};
use crate::stack::{Edit, replace, repository};

/// What is wrong, and where it must show.
const WRONGS: [(&str, &[&str]); 10] = [
    ("early", &["lost"]),
    ("more", &["ghost"]),
    ("twice", &["dup"]),
    ("random-ids", &["id_split"]),
    ("one-id", &["id_merge"]),
    ("one-directory", &["cross"]),
    ("late", &["disorder"]),
    ("stranger", &["refused"]),
    ("silent", &["unfinished"]),
    ("trap", &["panics", "vm_reloads"]),
];

/// The same build, with nothing wrong in it.
const HARMLESS: &str = "nothing";

/// The fault under which they are tried: it makes everybody try again, with and without anything stored.
const UNDER: &str = "headers-then-reset";

/// What was wrong and did not show: nothing, if the harness is worth anything.
pub fn missed(plan: &Plan) -> Result<Vec<(&'static str, &'static str)>> {
    let names: Vec<&str> = WRONGS.iter().map(|(wrong, _)| *wrong).chain([HARMLESS]).collect();
    let found = side_by_side(plan.side_by_side, &names, |wrong| run(UNDER, &small(plan, wrong)), |_| {});
    let mut missed = Vec::new();
    for (wrong, counts) in found {
        let counts = counts.with_context(|| format!("with the wrong build `{wrong}`"))?;
        ensure!(wrong != HARMLESS || counts.is_clean(), "the wrong build is wrong by itself: {counts:?}");
        missed.extend(shown_by(wrong).iter().filter(|name| counts.wrong(name) == 0).map(|name| (wrong, *name)));
    }
    Ok(missed)
}

fn shown_by(wrong: &str) -> &'static [&'static str] {
    WRONGS.iter().find(|(known, _)| *known == wrong).map_or(&[], |(_, counts)| *counts)
}

fn small(plan: &Plan, wrong: &str) -> Plan {
    Plan {
        lasting: Duration::from_secs(3),
        per_second: 100,
        patience: Duration::from_secs(2),
        sabotage: Some(wrong.to_owned()),
        ..plan.clone()
    }
}

/// The module that does wrong when it is told to.
pub fn wrong_build() -> Result<PathBuf> {
    let wasm = repository().join("target/wasm32-wasip1/sabotage/usher_filter.wasm");
    ensure!(wasm.is_file(), "there is no {}; run `make sabotage`", wasm.display());
    Ok(wasm)
}

/// Tells it what, by a variable in its own environment.
pub fn edit(wrong: &str) -> Edit {
    let begin = "vm_config:\n";
    let variables = format!("environment_variables: {{ key_values: {{ USHER_SABOTAGE: \"{wrong}\" }} }}");
    replace(begin, format!("{begin}                  {variables}\n"))
}

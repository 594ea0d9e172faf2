//! Wrong builds of the filter, and the count that must find each. A harness that cannot fail proves nothing.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Plan, run, side_by_side};
use crate::stack::repository;

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
    let wasm = wrong_build();
    ensure!(wasm.is_file(), "there is no {}; run `make sabotage`", wasm.display());
    let names: Vec<&str> = WRONGS.iter().map(|(wrong, _)| *wrong).chain([HARMLESS]).collect();
    let found = side_by_side(plan.side_by_side, &names, |wrong| run(UNDER, &small(plan, wasm.clone(), wrong)), |_| {});
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

fn small(plan: &Plan, wasm: PathBuf, wrong: &str) -> Plan {
    Plan {
        lasting: Duration::from_secs(3),
        per_second: 100,
        patience: Duration::from_secs(2),
        sabotage: Some((wasm, wrong.to_owned())),
        ..plan.clone()
    }
}

fn wrong_build() -> PathBuf {
    repository().join("target/wasm32-wasip1/sabotage/usher_filter.wasm")
}

//! `usher check`: the filter's own validation, before there is a filter.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::println;
use anyhow::Result;
use clap::Args;
use usher_gateway::config::{Config, ConfigError};
use usher_gateway::place;

use crate::paper::{BAD, DIM, GOOD, HEADING};
use crate::source::Source;

#[derive(Args)]
pub(crate) struct Check {
    /// The configuration of Usher (JSON), or the YAML of a proxy that holds it; `-` is standard input
    file: PathBuf,
}

/// Stands in for a variable that is not set here: good for all that needs a secret.
const SOME_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

impl Check {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let mut good = true;
        for source in Source::all(&self.file)? {
            good &= check(&source);
        }
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn check(source: &Source) -> bool {
    let absent = RefCell::new(BTreeSet::new());
    let environment = |name: &str| {
        std::env::var(name).ok().or_else(|| {
            absent.borrow_mut().insert(name.to_owned());
            Some(SOME_SECRET.to_owned())
        })
    };
    match Config::parse(source.text.as_bytes(), &environment) {
        Ok(config) => praise(source, &config, &absent.borrow()),
        Err(error) => blame(source, &error),
    }
}

pub(crate) fn blame(source: &Source, error: &ConfigError) -> bool {
    let what = if error.key.is_empty() || error.key == "." { String::new() } else { format!("{}: ", error.key) };
    println!("{BAD}error:{BAD:#} {HEADING}{what}{}{HEADING:#}", error.reason);
    match place::find(&source.text, &error.key).or_else(|| place::fault(&source.text)) {
        Some(range) => source.mark(&range),
        None => println!("{DIM}-->{DIM:#} {}", source.name()),
    }
    false
}

fn praise(source: &Source, config: &Config, absent: &BTreeSet<String>) -> bool {
    println!("{GOOD}{} is fine.{GOOD:#}\n", source.name());
    let directories = config.directories.by_name();
    let wide = |text: &str, of: fn(&usher_gateway::config::Directory) -> usize| {
        directories.iter().map(|directory| of(directory)).chain([text.len()]).max().unwrap_or_default()
    };
    let (id, tenant) = (wide("directory", |d| d.id.to_string().len()), wide("tenant", |d| d.tenant.len()));
    let product = wide("product", |d| d.product.len());
    println!("  {DIM}{:id$}  {:tenant$}  {:product$}  credentials{DIM:#}", "directory", "tenant", "product");
    for directory in &directories {
        let number = directory.credentials.len();
        println!(
            "  {:id$}  {:tenant$}  {:product$}  {number}",
            directory.id.to_string(),
            directory.tenant,
            directory.product
        );
    }
    for name in absent {
        println!("\n{DIM}not checked:{DIM:#} the environment variable {name} is not set here");
    }
    true
}

//! Properties of the pure core: what must hold for every resource, request, path and filter.
//!
//! `USHER_CASES=100000 cargo test --release -p usher-gateway --test properties` looks further than the default.
#![cfg(test)]

mod change_roundtrip;
mod differential;
mod filter_semantics;
mod generate;
mod grammar_roundtrip;
mod hostile;
mod patch_model;
mod patch_twice;
mod regressions;

use proptest::test_runner::Config;

/// How many cases each property is tried on: `USHER_CASES`, or what a development build does in seconds.
fn cases() -> Config {
    let asked = std::env::var("USHER_CASES").ok().and_then(|n| n.parse().ok());
    Config {
        cases: asked.unwrap_or(1_000),
        max_global_rejects: u32::MAX,
        failure_persistence: None,
        ..Config::default()
    }
}

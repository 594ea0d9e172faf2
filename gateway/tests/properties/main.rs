//! Properties of the pure core: what must hold for every resource, request, path and filter.
//!
//! The cases are the same in every run, so that a failure says something about the change that is tested.
//! `USHER_SEED=2 USHER_CASES=100000 cargo test --release -p usher-gateway --test properties` looks elsewhere and further.
#![cfg(test)]

mod change_roundtrip;
mod differential;
mod filter_semantics;
mod generate;
mod grammar_roundtrip;
mod hostile;
mod mapping;
mod members;
mod patch_model;
mod patch_twice;
mod regressions;
mod shown;
mod told;

use proptest::test_runner::{Config, RngSeed};

/// How many cases each property is tried on: `USHER_CASES`, or what a development build does in seconds.
fn cases() -> Config {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u32>().ok());
    Config {
        cases: asked("USHER_CASES").unwrap_or(1_000),
        rng_seed: RngSeed::Fixed(asked("USHER_SEED").unwrap_or(1).into()),
        max_global_rejects: u32::MAX,
        failure_persistence: None,
        ..Config::default()
    }
}

//! Receivers that are not ours, or not in Rust, behind real Envoy: the samples in examples/consumers, and the libraries
//! and the code that others check signatures with.
//!
//! Each is run where its language is; where it is not, that is said and nothing is tested.

mod samples;
mod signatures;

use std::path::{Path, PathBuf};

/// Where the program is; says so if it is nowhere.
fn installed(program: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("NOT tested with {program}: it is not installed (Debian's package: {package})");
    }
    found
}

/// Installed once, into the project and nowhere else.
fn place(language: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumers").join(language);
    std::fs::create_dir_all(&place).unwrap();
    place
}

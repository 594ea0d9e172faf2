//! What the fuzzers have found worth keeping, and every crash they ever found, on any compiler; and the same with a few
//! bytes changed. `USHER_MUTATIONS=1000000` for a million of those.

use std::path::{Path, PathBuf};

use usher_host_tests::stack::repository;

#[path = "../../fuzz/src/lib.rs"]
mod entries;

use entries::{ENTRIES, Entry};

#[test]
fn the_corpus_and_every_crash_pass() {
    for (name, entry) in ENTRIES {
        let files: Vec<PathBuf> = ["corpus", "crashes"].iter().flat_map(|kind| files(kind, name)).collect();
        assert!(files.len() > 1, "there is no corpus for {name}");
        for file in files {
            println!("{}", file.display());
            entry(&std::fs::read(&file).unwrap());
        }
    }
}

#[test]
fn what_is_changed_at_random_passes_as_well() {
    let wanted = std::env::var("USHER_MUTATIONS").map_or(20_000, |number| number.parse().unwrap());
    let seeds: Vec<(Entry, Vec<u8>)> = ENTRIES
        .into_iter()
        .flat_map(|(name, entry)| {
            files("corpus", name).into_iter().map(move |file| (entry, std::fs::read(file).unwrap()))
        })
        .collect();
    let mut dice = fastrand::Rng::with_seed(4);
    for _ in 0..wanted {
        let (entry, seed) = &seeds[dice.usize(..seeds.len())];
        let other = &seeds[dice.usize(..seeds.len())].1;
        let mut bytes = seed.clone();
        (0..=dice.usize(..4)).for_each(|_| change(&mut bytes, other, &mut dice));
        // A panic says which: it is printed when the test fails.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let told = Told(&text);
        entry(&bytes);
        std::mem::forget(told);
    }
}

/// Says what it was when it is dropped, which only a panic does.
struct Told<'t>(&'t str);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        println!("{:?}", self.0);
    }
}

const WORDS: [&[u8]; 12] = [
    b"\xff",
    b"\0",
    b"{",
    b"[",
    b"\"",
    b"null",
    b"1e999",
    b"-1",
    b"\\u0000",
    b"\xf0\x9f\x98\x80",
    b"..",
    b"urn:ietf:params:scim:",
];

fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut fastrand::Rng) {
    let at = dice.usize(..=bytes.len());
    let end = dice.usize(at..=bytes.len());
    match dice.u8(..6) {
        0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.u8(..8)),
        1 => drop(bytes.drain(at..end)),
        2 => bytes.extend_from_within(at..end),
        3 => drop(bytes.splice(at..at, WORDS[dice.usize(..WORDS.len())].iter().copied())),
        4 => bytes.truncate(at),
        _ => {
            let from = dice.usize(..=other.len());
            let to = dice.usize(from..=other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
    }
}

/// In an order of their own; none where there is no such directory.
fn files(kind: &str, name: &str) -> Vec<PathBuf> {
    let dir = repository().join("fuzz").join(kind).join(name);
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| Path::is_file(path)).collect();
    files.sort();
    files
}

//! The same name or word in letters of another case.

use proptest::prelude::*;

/// Mostly as it is, sometimes with some letters in the other case.
pub(crate) fn spelled(word: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let flips = prop_oneof![2 => Just(0_u64), 1 => any::<u64>()];
    (word, flips).prop_map(|(word, flips)| flip(&word, flips))
}

/// The letters whose bit is set, in the other case.
fn flip(word: &str, flips: u64) -> String {
    let turned = |(i, c): (usize, char)| match flips.rotate_right(i as u32) & 1 {
        1 if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
        1 => c.to_ascii_lowercase(),
        _ => c,
    };
    word.chars().enumerate().map(turned).collect()
}

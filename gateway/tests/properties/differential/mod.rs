//! Our grammar against that of the `scim_v2` crate: what one takes and the other does not, or reads otherwise, is in a
//! table with its reason, or a fault.

mod differences;
mod iron;
mod meaning;

use std::str::FromStr;

use proptest::prelude::*;
use proptest::sample::Index;
use usher_gateway::filter::{Dialect, Filter};
use usher_gateway::limits::Limits;
use usher_gateway::path::PatchPath;

use self::differences::{DIFFERENCES, ironed};
use self::meaning::{same_filter, same_path};
use super::cases;
use super::generate::filter::{filter, long_name, patch_path};
use super::generate::rendering::hand;
use super::grammar_roundtrip::slip;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn filters_are_read_alike(filter in filter(&long_name()), mut hand in hand(), at: Index, slip in proptest::option::of(slip())) {
        let text = hand.filter(&filter);
        let text = slip.map_or(text.clone(), |slip| slip.applied(&text, at));
        assert_explained(judge_filter, &text);
    }

    #[test]
    fn paths_are_read_alike(path in patch_path(&long_name()), mut hand in hand(), at: Index, slip in proptest::option::of(slip())) {
        let text = hand.path(&path);
        let text = slip.map_or(text.clone(), |slip| slip.applied(&text, at));
        assert_explained(judge_path, &text);
    }
}

/// What the two made of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Alike,
    OnlyWe,
    OnlyThey,
    Otherwise,
}

impl Verdict {
    fn of(we: bool, they: bool) -> Self {
        match (we, they) {
            (true, false) => Self::OnlyWe,
            (false, true) => Self::OnlyThey,
            _ => Self::Alike,
        }
    }

    fn read_alike(alike: bool) -> Self {
        if alike { Self::Alike } else { Self::Otherwise }
    }
}

/// Where the two differ, they agree once every known difference is ironed out of the text.
fn assert_explained(judge: fn(&str) -> Verdict, text: &str) {
    let verdict = judge(text);
    if verdict != Verdict::Alike {
        let plain = ironed(text);
        assert_eq!(judge(&plain), Verdict::Alike, "{verdict:?} of {text:?} stays for {plain:?}");
    }
}

/// Each row of the table is true, and ironing it out helps where that is possible.
#[test]
fn the_table_of_differences_is_true() {
    for row in &DIFFERENCES {
        for text in row.filters {
            assert_eq!(judge_filter(text), row.verdict, "{}: {text}", row.reason);
        }
        for text in row.paths {
            assert_eq!(judge_path(text), row.verdict, "{}: {text}", row.reason);
        }
        let Some(iron) = row.iron else { continue };
        row.filters.iter().for_each(|text| assert_eq!(judge_filter(&iron(text)), Verdict::Alike, "{text}"));
        row.paths.iter().for_each(|text| assert_eq!(judge_path(&iron(text)), Verdict::Alike, "{text}"));
    }
}

fn judge_filter(text: &str) -> Verdict {
    let ours = Filter::parse(text, Dialect::Strict, &Limits::default());
    match (ours, scim_v2::filter::Filter::from_str(text)) {
        (Ok(ours), Ok(theirs)) => Verdict::read_alike(same_filter(&ours, &theirs.to_string())),
        (ours, theirs) => Verdict::of(ours.is_ok(), theirs.is_ok()),
    }
}

fn judge_path(text: &str) -> Verdict {
    let ours = PatchPath::parse(text, &Limits::default());
    match (ours, scim_v2::filter::PatchPath::from_str(text)) {
        (Ok(ours), Ok(theirs)) => Verdict::read_alike(same_path(&ours, &theirs.to_string())),
        (ours, theirs) => Verdict::of(ours.is_ok(), theirs.is_ok()),
    }
}

//! What is parsed prints to a text that parses to the same, however it was written.

use proptest::prelude::*;
use proptest::sample::Index;
use usher_gateway::error::ScimError;
use usher_gateway::filter::{Dialect, Filter};
use usher_gateway::limits::Limits;
use usher_gateway::path::PatchPath;

use super::cases;
use super::generate::filter::{any_name, filter, patch_path};
use super::generate::rendering::hand;

fn parse(text: &str) -> Result<Filter, ScimError> {
    Filter::parse(text, Dialect::Strict, &Limits::default())
}

fn parse_path(text: &str) -> Result<PatchPath, ScimError> {
    PatchPath::parse(text, &Limits::default())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_printed_filter_parses_to_itself(filter in filter(&any_name())) {
        prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter);
    }

    #[test]
    fn a_printed_path_parses_to_itself(path in patch_path(&any_name())) {
        prop_assert_eq!(parse_path(&path.to_string()).unwrap(), path);
    }

    #[test]
    fn spacing_letter_case_and_spare_parentheses_mean_nothing(filter in filter(&any_name()), path in patch_path(&any_name()), mut hand in hand()) {
        let text = hand.filter(&filter);
        prop_assert_eq!(parse(&text).unwrap(), filter, "{}", text);
        let text = hand.path(&path);
        prop_assert_eq!(parse_path(&text).unwrap(), path, "{}", text);
    }

    #[test]
    fn whatever_is_taken_prints_to_itself(filter in filter(&any_name()), mut hand in hand(), at: Index, slip in slip()) {
        let text = slip.applied(&hand.filter(&filter), at);
        for dialect in [Dialect::Strict, Dialect::BareWords] {
            match Filter::parse(&text, dialect, &Limits::default()) {
                Ok(taken) => prop_assert_eq!(parse(&taken.to_string()).unwrap(), taken),
                Err(error) => assert_column(&error, &text),
            }
        }
    }

    #[test]
    fn whatever_path_is_taken_prints_to_itself(path in patch_path(&any_name()), mut hand in hand(), at: Index, slip in slip()) {
        let text = slip.applied(&hand.path(&path), at);
        match parse_path(&text) {
            Ok(taken) => prop_assert_eq!(parse_path(&taken.to_string()).unwrap(), taken),
            Err(error) => assert_column(&error, &text),
        }
    }
}

/// A slip of the pen.
#[derive(Debug, Clone)]
pub(crate) enum Slip {
    Leave,
    Insert(&'static str),
    Truncate,
}

pub(crate) fn slip() -> impl Strategy<Value = Slip> {
    let inserted = ["(", ")", "[", "]", "\"", "\\", " ", ".", ":", "'", "é", "\u{0}", "\t", "5", "and", " or ", "not"];
    prop_oneof![
        Just(Slip::Leave),
        Just(Slip::Truncate),
        proptest::sample::select(inserted.to_vec()).prop_map(Slip::Insert)
    ]
}

impl Slip {
    /// One character left out, something put in, or the rest missing.
    pub(crate) fn applied(&self, text: &str, at: Index) -> String {
        let count = text.chars().count();
        let at = if count == 0 { 0 } else { at.index(count) };
        let (before, after) = (text.chars().take(at), text.chars().skip(at));
        match self {
            Self::Leave => before.chain(after.skip(1)).collect(),
            Self::Insert(what) => before.chain(what.chars()).chain(after).collect(),
            Self::Truncate => before.collect(),
        }
    }
}

/// The message names a column of the text, or the one behind it.
fn assert_column(error: &ScimError, text: &str) {
    let column = error.reason.strip_prefix("column ").and_then(|rest| rest.split_once(':'));
    let column: usize = column.unwrap_or_else(|| panic!("no column: {error}")).0.parse().unwrap();
    assert!((1..=text.chars().count() + 1).contains(&column), "{error}: {text}");
}

#[test]
fn a_filter_at_the_limit_of_depth_still_prints_to_itself() {
    let depth = Limits::default().filter_depth;
    let text = format!("{}a pr and b pr or c pr{}", "not (".repeat(depth), ")".repeat(depth));
    let filter = parse(&text).unwrap();
    assert_eq!(parse(&filter.to_string()).unwrap(), filter);
}

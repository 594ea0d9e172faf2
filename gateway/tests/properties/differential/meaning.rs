//! Whether two trees mean the same, one of them told by the text it prints.
//!
//! `scim_v2` keeps `a and (b and c)` as one list of three; so both are flattened before they are compared.

use usher_gateway::filter::{Dialect, Filter};
use usher_gateway::limits::Limits;
use usher_gateway::path::{PatchPath, Selection};

pub(super) fn same_filter(ours: &Filter, theirs: &str) -> bool {
    let theirs = Filter::parse(theirs, Dialect::Strict, &roomy());
    theirs.is_ok_and(|theirs| flat(&theirs) == flat(ours))
}

pub(super) fn same_path(ours: &PatchPath, theirs: &str) -> bool {
    let theirs = PatchPath::parse(theirs, &roomy());
    theirs.is_ok_and(|theirs| flat_path(&theirs) == flat_path(ours))
}

/// What they print may be longer and deeper than what they read.
fn roomy() -> Limits {
    Limits { filter_bytes: 1 << 20, filter_depth: 64, filter_terms: 10_000, ..Limits::default() }
}

fn flat_path(path: &PatchPath) -> PatchPath {
    let selection = path.selection.as_ref().map(|s| Selection { filter: flat(&s.filter), sub: s.sub.clone() });
    PatchPath { attr: path.attr.clone(), selection }
}

fn flat(filter: &Filter) -> Filter {
    match filter {
        Filter::And(terms) => Filter::And(terms.iter().map(flat).flat_map(and_terms).collect()),
        Filter::Or(terms) => Filter::Or(terms.iter().map(flat).flat_map(or_terms).collect()),
        Filter::Not(inner) => Filter::Not(Box::new(flat(inner))),
        Filter::Element(path, inner) => Filter::Element(path.clone(), Box::new(flat(inner))),
        test => test.clone(),
    }
}

fn and_terms(filter: Filter) -> Vec<Filter> {
    match filter {
        Filter::And(terms) => terms,
        other => vec![other],
    }
}

fn or_terms(filter: Filter) -> Vec<Filter> {
    match filter {
        Filter::Or(terms) => terms,
        other => vec![other],
    }
}

//! Filters and paths as grammar trees, without a thought of what they mean.

use proptest::prelude::*;
use proptest::sample::select;
use usher_gateway::filter::{Filter, Literal, Operator};
use usher_gateway::path::{AttrPath, PatchPath, Selection};

/// Any filter that stays within the limits, over attributes with these names.
pub(crate) fn filter(name: &Name) -> BoxedStrategy<Filter> {
    let element = (attr_path(name, false), in_brackets(name));
    let element = element.prop_map(|(path, inner)| Filter::Element(path, Box::new(inner)));
    joined(prop_oneof![4 => test(name), 1 => element].boxed())
}

/// Any filter that may stand between brackets.
fn in_brackets(name: &Name) -> BoxedStrategy<Filter> {
    joined(test(name))
}

/// Any path of a PATCH operation.
pub(crate) fn patch_path(name: &Name) -> BoxedStrategy<PatchPath> {
    let plain = attr_path(name, true).prop_map(|attr| PatchPath { attr, selection: None });
    let selecting = (attr_path(name, false), in_brackets(name), proptest::option::of(name.clone()));
    let selecting = selecting.prop_map(|(attr, filter, sub)| {
        let selection = Some(Selection { filter, sub });
        PatchPath { attr, selection }
    });
    prop_oneof![plain, selecting].boxed()
}

fn joined(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    let deeper = |inner: BoxedStrategy<Filter>| {
        let terms = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            terms().prop_map(Filter::And),
            terms().prop_map(Filter::Or),
            inner.clone().prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    };
    leaf.prop_recursive(4, 16, 3, deeper).boxed()
}

fn test(name: &Name) -> BoxedStrategy<Filter> {
    let operator = select(Operator::ALL.map(|(operator, _)| operator).to_vec());
    let compare =
        (attr_path(name, true), operator, literal()).prop_map(|(path, op, value)| Filter::Compare(path, op, value));
    prop_oneof![1 => attr_path(name, true).prop_map(Filter::Present), 3 => compare].boxed()
}

fn literal() -> impl Strategy<Value = Literal> {
    // Few enough digits for one more: beyond fifteen the JSON reader may be off by the last binary digit.
    let number = prop_oneof![
        any::<i32>().prop_map(serde_json::Number::from),
        any::<i32>().prop_filter_map("infinite", |cents| serde_json::Number::from_f64(f64::from(cents) / 100.0)),
    ];
    prop_oneof![
        3 => any::<String>().prop_map(Literal::Text),
        3 => super::value::texts().prop_map(Literal::Text),
        2 => number.prop_map(Literal::Number),
        1 => any::<bool>().prop_map(Literal::Bool),
        1 => Just(Literal::Null),
    ]
}

fn attr_path(name: &Name, with_sub: bool) -> impl Strategy<Value = AttrPath> + use<> {
    let urns = ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "URN:a", "urn:x-1:b.c_d:e%20f:2.0"];
    let urn = proptest::option::weighted(0.3, select(urns.map(str::to_owned).to_vec()));
    let sub = proptest::option::of(name.clone()).prop_map(move |sub| sub.filter(|_| with_sub));
    (urn, name.clone(), sub).prop_map(|(urn, name, sub)| AttrPath { urn, name, sub })
}

/// Where names come from.
pub(crate) type Name = BoxedStrategy<String>;

/// Names that look like words of the grammar are names all the same.
pub(crate) fn any_name() -> Name {
    let words = ["userName", "emails", "value", "$ref", "not", "and", "or", "pr", "eq", "true", "null", "x-y_1$"];
    prop_oneof![3 => select(words.map(str::to_owned).to_vec()), 1 => "[a-zA-Z][a-zA-Z0-9_-]{0,8}"].boxed()
}

/// Names that look like no word of the grammar, also with a letter missing.
pub(crate) fn long_name() -> Name {
    let words = ["userName", "emails", "value", "$ref", "x-y_1$"];
    prop_oneof![3 => select(words.map(str::to_owned).to_vec()), 1 => "[a-zA-Z][a-zA-Z0-9_-]{5,8}"].boxed()
}

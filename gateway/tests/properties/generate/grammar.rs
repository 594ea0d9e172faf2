//! Filters as text, over the sub-attributes of one attribute.

use proptest::prelude::*;
use proptest::strategy::Union;
use usher_gateway::schema::{Attribute, Kind};

use super::spelling::spelled;
use super::value::element;

/// What may stand in the brackets behind this attribute.
pub(crate) fn selection(attribute: &Attribute) -> BoxedStrategy<String> {
    let subs = match attribute.kind {
        Kind::Complex => attribute.sub_attributes.clone(),
        _ => vec![Attribute { name: "value".into(), multi_valued: false, ..attribute.clone() }],
    };
    let test = Union::new(subs.iter().map(equality)).boxed();
    let one = test.clone();
    let both = (test.clone(), test.clone()).prop_map(|(a, b)| format!("{a} and {b}"));
    let either = (test.clone(), test.clone()).prop_map(|(a, b)| format!("{a} or {b}"));
    let not = test.prop_map(|t| format!("not ({t})"));
    prop_oneof![6 => one, 2 => both, 1 => either, 1 => not].boxed()
}

fn equality(sub: &Attribute) -> BoxedStrategy<String> {
    (spelled(Just(sub.name.clone())), element(sub)).prop_map(|(name, value)| format!("{name} eq {value}")).boxed()
}

//! Filters that make sense for a resource type: operators and values that fit the attributes.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use serde_json::Value;
use usher_gateway::filter::{Filter, Literal, Operator};
use usher_gateway::path::AttrPath;
use usher_gateway::schema::{Attribute, Kind, ResourceType, Returned};

use super::types::{Named, attributes};
use super::value::{dates, element, texts};

/// A filter over resources of this type.
pub(crate) fn typed_filter(of: &ResourceType) -> BoxedStrategy<Filter> {
    let readable = attributes(of).into_iter().filter(|n| n.attribute.returned != Returned::Never);
    let known = readable.flat_map(tests_of);
    let unknown = test(AttrPath::of("favouriteColour"), &Attribute { name: "favouriteColour".into(), ..text() });
    let leaf = Union::new(known.chain([unknown]));
    leaf.prop_recursive(3, 8, 3, |inner| {
        let terms = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            terms().prop_map(Filter::And),
            terms().prop_map(Filter::Or),
            inner.clone().prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
    .boxed()
}

/// Everything that can be asked of one attribute: as a whole, of its parts, of one element.
fn tests_of(named: Named) -> Vec<BoxedStrategy<Filter>> {
    let Named { urn, attribute } = named;
    let path = |sub: Option<&Attribute>| AttrPath {
        urn: urn.clone(),
        name: attribute.name.clone(),
        sub: sub.map(|s| s.name.clone()),
    };
    let mut tests: Vec<_> = attribute.sub_attributes.iter().map(|sub| test(path(Some(sub)), sub)).collect();
    let value = if attribute.kind == Kind::Complex { attribute.sub("value") } else { Some(&attribute) };
    tests.push(Just(Filter::Present(path(None))).boxed());
    tests.extend(value.map(|value| test(path(None), value)));
    tests.push(element_of(path(None), &attribute));
    tests
}

fn element_of(path: AttrPath, attribute: &Attribute) -> BoxedStrategy<Filter> {
    let own = Attribute { name: "value".into(), ..attribute.clone() };
    let subs = if attribute.kind == Kind::Complex { attribute.sub_attributes.clone() } else { vec![own] };
    let inner = Union::new(subs.iter().map(|sub| test(AttrPath::of(&sub.name), sub))).boxed();
    let both = (inner.clone(), inner.clone()).prop_map(|(a, b)| Filter::And(vec![a, b]));
    let not = inner.clone().prop_map(|inner| Filter::Not(Box::new(inner)));
    prop_oneof![inner, both, not].prop_map(move |inner| Filter::Element(path.clone(), Box::new(inner))).boxed()
}

fn test(path: AttrPath, attribute: &Attribute) -> BoxedStrategy<Filter> {
    let compared = path.clone();
    let compare = (select(operators(attribute.kind)), literal(attribute));
    let compare = compare.prop_map(move |(op, literal)| Filter::Compare(compared.clone(), op, literal));
    let missing = Filter::Compare(path.clone(), Operator::Equal, Literal::Null);
    let there = Filter::Compare(path.clone(), Operator::NotEqual, Literal::Null);
    prop_oneof![6 => compare, 1 => Just(Filter::Present(path)), 1 => Just(missing), 1 => Just(there)].boxed()
}

fn operators(kind: Kind) -> Vec<Operator> {
    use Operator as O;
    let equality = vec![O::Equal, O::NotEqual];
    let order = vec![O::Greater, O::GreaterOrEqual, O::Less, O::LessOrEqual];
    let partial = vec![O::Contains, O::StartsWith, O::EndsWith];
    match kind {
        Kind::Boolean | Kind::Binary => equality,
        Kind::Integer | Kind::Decimal | Kind::DateTime => [equality, order].concat(),
        _ => [equality, order, partial].concat(),
    }
}

fn literal(attribute: &Attribute) -> BoxedStrategy<Literal> {
    match attribute.kind {
        Kind::DateTime => dates().prop_map(Literal::Text).boxed(),
        Kind::String | Kind::Reference => texts().prop_map(Literal::Text).boxed(),
        _ => element(attribute).prop_map(of_json).boxed(),
    }
}

fn of_json(value: Value) -> Literal {
    match value {
        Value::String(text) => Literal::Text(text),
        Value::Number(number) => Literal::Number(number),
        Value::Bool(flag) => Literal::Bool(flag),
        _ => Literal::Null,
    }
}

fn text() -> Attribute {
    usher_gateway::message::typed(&serde_json::json!({"name": "text"})).unwrap()
}

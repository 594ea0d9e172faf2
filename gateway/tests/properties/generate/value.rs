//! Values of an attribute, of its type and of any other.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use usher_gateway::schema::{Attribute, Kind};

/// A value of the whole attribute: a list, where it holds one.
pub(crate) fn whole(attribute: &Attribute) -> BoxedStrategy<Value> {
    if !attribute.multi_valued {
        return element(attribute);
    }
    proptest::collection::vec(element(attribute), 0..4).prop_map(one_primary).boxed()
}

/// One value of the attribute.
pub(crate) fn element(attribute: &Attribute) -> BoxedStrategy<Value> {
    match attribute.kind {
        Kind::Complex => parts(attribute).boxed(),
        kind => simple(kind),
    }
}

/// A value of no particular type.
pub(crate) fn any_value() -> BoxedStrategy<Value> {
    select(vec![
        Value::Null,
        json!(true),
        json!("True"),
        json!(""),
        json!("work"),
        json!("nul\u{0}"),
        json!(0),
        json!(-1.5),
        json!([]),
        json!([null]),
        json!(["work", 1]),
        json!([[{}]]),
        json!({}),
        json!({"value": null}),
        json!({"value": ""}),
        json!({"unheard": "of"}),
        json!([{"primary": true}, {"value": "a", "primary": true}]),
    ])
    .boxed()
}

fn parts(attribute: &Attribute) -> impl Strategy<Value = Value> + use<> {
    let part = |sub: &Attribute| {
        let name = sub.name.clone();
        proptest::option::weighted(0.6, whole(sub)).prop_map(move |v| v.map(|v| (name.clone(), v)))
    };
    let parts: Vec<_> = attribute.sub_attributes.iter().map(part).collect();
    parts.prop_map(|parts| Value::Object(parts.into_iter().flatten().collect::<Map<_, _>>()))
}

fn simple(kind: Kind) -> BoxedStrategy<Value> {
    let among = |values: Vec<Value>| select(values).boxed();
    match kind {
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Integer => among(vec![json!(0), json!(1), json!(-7), json!(u64::MAX)]),
        Kind::Decimal => among(vec![json!(0.1), json!(1), json!(-2.5e30)]),
        Kind::DateTime => dates().prop_map(Value::from).boxed(),
        Kind::Binary => among(vec![json!("AAAA"), json!("_-8="), json!("")]),
        _ => texts().prop_map(Value::from).boxed(),
    }
}

/// The same few instants, in different zones and with different fractions.
pub(crate) fn dates() -> impl Strategy<Value = String> {
    let dates = [
        "2026-11-21T20:00:00Z",
        "2026-11-21T21:00:00+01:00",
        "2026-11-21T20:00:00.000Z",
        "2026-11-21T20:00:00.0000001Z",
        "2015-10-10T14:38:21.8617979-07:00",
        "2015-10-10t21:38:21.8617979z",
    ];
    select(dates.map(str::to_owned).to_vec())
}

/// Texts that are alike: in another case, part of each other, in need of escapes.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    let texts =
        ["a", "A", "ab", "Ab c", "work", "home", "Work", "", "é", "É", "ΟΔΟΣ", "ΟΔΟΣΑ", "οδος", "\"\\\n", "😀 ] or )"];
    select(texts.map(str::to_owned).to_vec())
}

/// RFC 7643 section 2.4: one value at most is primary.
fn one_primary(mut items: Vec<Value>) -> Value {
    let mut seen = false;
    for item in items.iter_mut().filter(|i| i["primary"] == true) {
        if std::mem::replace(&mut seen, true) {
            item["primary"] = false.into();
        }
    }
    Value::Array(items)
}

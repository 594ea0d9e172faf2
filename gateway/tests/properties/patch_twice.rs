//! The same request again changes nothing: providers repeat what they got no answer to.
//!
//! RFC 7644 section 3.5.2 promises that for `add` and `replace` of one place. It does not hold, and need not, where a
//! filter looks at what the operation writes, where one operation undoes another, or where two values became one.

use proptest::prelude::*;
use serde_json::{Value, json};
use usher_gateway::change::patch;
use usher_gateway::leniency::{Leniencies, Leniency};

use super::cases;
use super::generate::grammar::selection;
use super::generate::leniency::{leniencies, rules};
use super::generate::operation::plain;
use super::generate::request::{body, parsed};
use super::generate::resource::resource;
use super::generate::types::{Of, types, writable};
use super::generate::value::whole;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn adding_or_replacing_twice_is_once((of, before, operations) in plain_operations(), leniencies in leniencies()) {
        let Ok(request) = parsed(&body(operations), leniencies) else { return Ok(()) };
        let Ok(once) = patch(&of, &before, request.clone(), &rules(leniencies)) else { return Ok(()) };
        let twice = patch(&of, &once, request, &rules(leniencies));
        prop_assert_eq!(twice.unwrap(), once);
    }

    #[test]
    fn a_part_of_selected_values_set_twice_is_set_once((of, before, operation) in selected_part()) {
        let leniencies = Leniencies::LENIENT.with(Leniency::ReplaceMakesValue);
        let Ok(request) = parsed(&body(vec![operation]), leniencies) else { return Ok(()) };
        let Ok(once) = patch(&of, &before, request.clone(), &rules(leniencies)) else { return Ok(()) };
        if values(&once) >= values(&before) {
            let twice = patch(&of, &once, request, &rules(leniencies));
            prop_assert_eq!(twice.unwrap(), once);
        }
    }
}

/// How many values the lists of a resource have, those of its extensions included.
fn values(resource: &serde_json::Map<String, Value>) -> usize {
    let within = |value: &Value| match value {
        Value::Array(items) => items.len(),
        Value::Object(parts) => values(parts),
        _ => 0,
    };
    resource.values().map(within).sum()
}

type Case<T> = (Of, serde_json::Map<String, Value>, T);

/// Attributes by name, or in an object without a path.
fn plain_operations() -> impl Strategy<Value = Case<Vec<Value>>> {
    let of_type = |of: Of| {
        let operations = proptest::collection::vec(plain(&of), 1..4);
        (Just(of.clone()), resource(&of), operations).boxed()
    };
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

/// `emails[type eq "work"].display`, where the filter does not ask for `display`.
fn selected_part() -> impl Strategy<Value = Case<Value>> {
    let of_type = |of: Of| {
        let lists = writable(&of).into_iter().filter(|n| n.attribute.is_complex_list());
        let parts = lists.flat_map(|named| {
            let others = |sub: &str| {
                let mut rest = named.attribute.clone();
                rest.sub_attributes.retain(|s| s.name != sub);
                rest
            };
            let prefix = named.urn.as_ref().map(|urn| format!("{urn}:")).unwrap_or_default() + &named.attribute.name;
            let part = |sub: &usher_gateway::schema::Attribute| {
                let (prefix, name) = (prefix.clone(), sub.name.clone());
                (proptest::sample::select(vec!["add", "replace"]), selection(&others(&sub.name)), whole(sub)).prop_map(move |(op, filter, value)| {
                    json!({"op": op, "path": format!("{prefix}[{filter}].{name}"), "value": value})
                })
            };
            named.attribute.sub_attributes.iter().map(part).collect::<Vec<_>>()
        });
        let operation = proptest::strategy::Union::new(parts);
        (Just(of.clone()), resource(&of), operation).boxed()
    };
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

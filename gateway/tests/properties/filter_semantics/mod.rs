//! What a filter selects, against a second reading of RFC 7644 section 3.4.2.2 that works on the tree as it was parsed.

mod evaluate;
mod instant;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use usher_gateway::filter::{Dialect, Filter, Predicate};
use usher_gateway::limits::Limits;

use self::evaluate::holds;
use super::cases;
use super::generate::resource::resource;
use super::generate::spelling::spelled;
use super::generate::typed_filter::typed_filter;
use super::generate::types::{Of, attributes, types};

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn two_readings_of_a_filter_agree((of, resource, filter) in asked()) {
        let predicate = Predicate::bind(&filter, &of).unwrap();
        prop_assert_eq!(predicate.matches(&resource), holds(&filter, &of, &resource), "{}", filter);
    }

    #[test]
    fn a_name_means_the_same_in_any_letter_case((of, resource, name, respelled) in named()) {
        let present = |name: &str| {
            let filter = Filter::parse(&format!("{name} pr"), Dialect::Strict, &Limits::default()).unwrap();
            Predicate::bind(&filter, &of).unwrap().matches(&resource)
        };
        prop_assert_eq!(present(&name), present(&respelled));
    }
}

type Resource = Map<String, Value>;

fn asked() -> impl Strategy<Value = (Of, Resource, Filter)> {
    let of_type = |of: Of| (Just(of.clone()), resource(&of), typed_filter(&of)).boxed();
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

/// The name of an attribute, twice.
fn named() -> impl Strategy<Value = (Of, Resource, String, String)> {
    let of_type = |of: Of| {
        let names = attributes(&of).into_iter().map(|named| {
            let urn = named.urn.unwrap_or_else(|| of.schema.id.clone());
            format!("{urn}:{}", named.attribute.name)
        });
        let name = select(names.collect::<Vec<_>>());
        let twice = name.prop_flat_map(|name| (Just(name.clone()), spelled(Just(name))));
        (Just(of.clone()), resource(&of), twice)
            .prop_map(|(of, resource, (name, other))| (of, resource, name, other))
            .boxed()
    };
    proptest::strategy::Union::new(types().into_iter().map(of_type))
}

//! Resources as they are stored.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use usher_gateway::leniency::Leniencies;
use usher_gateway::schema::{Coercion, normalize};

use super::types::{Named, Of, writable};
use super::value::whole;

const RULES: Coercion = Coercion { leniencies: Leniencies::LENIENT, string_bytes: 32 << 10, in_extension: false };

/// A resource in canonical form with an id and the rest of the bookkeeping.
pub(crate) fn resource(of: &Of) -> BoxedStrategy<Map<String, Value>> {
    let of = of.clone();
    body(&of)
        .prop_filter_map("a required attribute is empty", move |body| {
            let mut resource = normalize(&of, body, &RULES).ok()?;
            resource.insert("id".into(), "r1".into());
            resource.insert("meta".into(), json!({"resourceType": of.name}));
            resource.insert("schemas".into(), json!([of.schema.id]));
            Some(resource)
        })
        .boxed()
}

/// A resource as a client would write it.
pub(crate) fn body(of: &Of) -> BoxedStrategy<Map<String, Value>> {
    let values: Vec<_> = writable(of).iter().map(attribute).collect();
    values.prop_map(|values| values.into_iter().flatten().fold(Map::new(), put)).boxed()
}

type Placed = (Option<String>, String, Value);

fn attribute(named: &Named) -> impl Strategy<Value = Option<Placed>> + use<> {
    let Named { urn, attribute } = named.clone();
    let value = match attribute.required {
        true => whole(&attribute).prop_map(Some).boxed(),
        false => proptest::option::weighted(0.4, whole(&attribute)).boxed(),
    };
    value.prop_map(move |v| v.map(|v| (urn.clone(), attribute.name.clone(), v)))
}

fn put(mut object: Map<String, Value>, (urn, name, value): Placed) -> Map<String, Value> {
    match urn {
        Some(urn) => object.entry(urn).or_insert_with(|| json!({}))[name] = value,
        None => drop(object.insert(name, value)),
    }
    object
}

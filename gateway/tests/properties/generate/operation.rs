//! One operation of a PATCH: a path of some shape and a value for it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};
use usher_gateway::schema::{Attribute, ResourceType};

use super::grammar::selection;
use super::spelling::spelled;
use super::types::{Named, attributes, writable};
use super::value::{any_value, element, whole};

/// A path and a value of the type that stands there.
pub(crate) type Aimed = (String, Value);

/// Any operation, most of them valid.
pub(crate) fn operation(of: &ResourceType) -> BoxedStrategy<Value> {
    let value = prop_oneof![19 => Just(None), 1 => any_value().prop_map(Some)];
    let aimed = (word(), aimed(of), value);
    let aimed = aimed
        .prop_map(|(op, (path, value), other)| json!({"op": op, "path": path, "value": other.unwrap_or(value)}))
        .boxed();
    let removal = aimed.clone().prop_map(|mut operation| {
        operation["op"] = "remove".into();
        operation.as_object_mut().unwrap().remove("value");
        operation
    });
    prop_oneof![24 => aimed, 8 => removal, 12 => pathless(of), 3 => extension(of), 1 => broken()].boxed()
}

/// `add` or `replace` of whole attributes and parts of single ones, with a path or without.
pub(crate) fn plain(of: &ResourceType) -> BoxedStrategy<Value> {
    let places = writable(of).into_iter().flat_map(|named| {
        let prefix = named.urn.as_ref().map(|urn| format!("{urn}:")).unwrap_or_default() + &named.attribute.name;
        let subs = named.attribute.sub_attributes.iter().filter(|_| !named.attribute.multi_valued);
        let subs = subs.map(|sub| (Just(format!("{prefix}.{}", sub.name)), whole(sub)).boxed()).collect::<Vec<_>>();
        let value = whole(&named.attribute);
        subs.into_iter().chain([(Just(prefix), value).boxed()])
    });
    (proptest::sample::select(vec!["add", "replace"]), Union::new(places), any::<bool>())
        .prop_map(|(op, (path, value), as_path)| match as_path {
            true => json!({"op": op, "path": path, "value": value}),
            false => json!({"op": op, "value": {path: value}}),
        })
        .boxed()
}

/// A path to any attribute, seldom one that is not the client's, and a value of the right type.
pub(crate) fn aimed(of: &ResourceType) -> BoxedStrategy<Aimed> {
    let base = of.schema.id.clone();
    let any = |named: &[Named]| Union::new(named.iter().map(|named| at(named, &base)).collect::<Vec<_>>());
    prop_oneof![15 => any(&writable(of)), 1 => any(&attributes(of))].boxed()
}

fn at(named: &Named, base: &str) -> BoxedStrategy<Aimed> {
    let attribute = &named.attribute;
    let prefixes = match &named.urn {
        Some(urn) => vec![format!("{urn}:")],
        None => vec![String::new(), String::new(), format!("{base}:")],
    };
    (proptest::sample::select(prefixes), within(attribute))
        .prop_flat_map(|(prefix, (path, value))| (spelled(Just(prefix)), Just(path), Just(value)))
        .prop_map(|(prefix, path, value)| (prefix + &path, value))
        .boxed()
}

/// The shapes of figure 7: `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`.
fn within(attribute: &Attribute) -> BoxedStrategy<Aimed> {
    let name = || spelled(Just(attribute.name.clone()));
    let mut shapes = vec![(name(), whole(attribute)).boxed(), (name(), element(attribute)).boxed()];
    for sub in &attribute.sub_attributes {
        let sub_name = spelled(Just(sub.name.clone()));
        shapes.push((joined(name(), sub_name), whole(sub)).boxed());
    }
    if attribute.multi_valued {
        let selected = || (name(), selection(attribute)).prop_map(|(name, filter)| format!("{name}[{filter}]"));
        shapes.push((selected(), element(attribute)).boxed());
        for sub in &attribute.sub_attributes {
            let sub_name = spelled(Just(sub.name.clone()));
            shapes.push((joined(selected(), sub_name), whole(sub)).boxed());
        }
    }
    Union::new(shapes).boxed()
}

fn joined(left: impl Strategy<Value = String>, right: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (left, right).prop_map(|(left, right)| format!("{left}.{right}"))
}

/// An object of keys that may be paths themselves.
fn pathless(of: &ResourceType) -> BoxedStrategy<Value> {
    let keys = proptest::collection::vec(aimed(of), 0..4);
    (word(), keys).prop_map(|(op, keys)| json!({"op": op, "value": object(keys)})).boxed()
}

/// Each key once, letter case ignored: a body in which it stands twice is refused as a whole.
fn object(keys: Vec<Aimed>) -> Map<String, Value> {
    let mut seen = BTreeSet::new();
    keys.into_iter().filter(|(key, _)| seen.insert(key.to_ascii_lowercase())).collect()
}

/// The URN of a schema as the path, or as a key.
fn extension(of: &ResourceType) -> BoxedStrategy<Value> {
    let urns: Vec<_> = of.extensions.iter().map(|e| e.schema.id.clone()).chain([of.schema.id.clone()]).collect();
    let named: Vec<_> = attributes(of).into_iter().filter(|n| n.urn.is_some()).collect();
    let parts: Vec<_> = named.iter().map(|n| (Just(n.attribute.name.clone()), whole(&n.attribute))).collect();
    let values = parts.prop_map(|parts| Value::Object(parts.into_iter().collect()));
    let values = prop_oneof![4 => values, 1 => any_value()];
    (word(), spelled(proptest::sample::select(urns)), values, any::<bool>())
        .prop_map(|(op, urn, values, as_path)| match as_path {
            true => json!({"op": op, "path": urn, "value": values}),
            false => json!({"op": op, "value": {urn: values}}),
        })
        .boxed()
}

fn broken() -> BoxedStrategy<Value> {
    let operations = [
        json!({"op": "add"}),
        json!({"op": "remove"}),
        json!({"op": "replace", "value": "x"}),
        json!({"op": "move", "path": "title"}),
        json!({"path": "title", "value": "x"}),
        json!({"op": "add", "path": "emails[", "value": 1}),
        json!({"op": "add", "path": 5, "value": 1}),
        json!({"op": "replace", "path": "favouriteColour", "value": "blue"}),
        json!({"op": "replace", "path": "urn:nobody:knows", "value": {}}),
        json!("add"),
    ];
    proptest::sample::select(operations.to_vec()).boxed()
}

fn word() -> impl Strategy<Value = String> {
    spelled(proptest::sample::select(["add", "replace", "remove"].map(str::to_owned).to_vec()))
}

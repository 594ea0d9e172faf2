//! The plain cases: operations whose meaning nobody disputes, on users whose values have both `value` and `type`.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};
use usher_gateway::schema::Attribute;

use super::model::same;
use crate::generate::resource::resource;
use crate::generate::types::{Named, user, writable};
use crate::generate::value::{element, whole};

/// One operation, taken apart.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) op: &'static str,
    pub(super) place: Named,
    pub(super) shape: Shape,
    pub(super) value: Value,
}

/// What stands behind the attribute in the path.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Whole,
    Sub(String),
    Selected(Terms),
    SelectedSub(Terms, String),
}

/// Sub-attributes and what they must equal, all of them.
pub(super) type Terms = Vec<(Attribute, Value)>;

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.json())
    }
}

impl Step {
    pub(super) fn json(&self) -> Value {
        let prefix = self.place.urn.as_ref().map(|urn| format!("{urn}:")).unwrap_or_default();
        let path = prefix + &self.place.attribute.name + &self.shape.text();
        match self.op {
            "remove" => json!({"op": self.op, "path": path}),
            op => json!({"op": op, "path": path, "value": self.value}),
        }
    }
}

impl Shape {
    fn text(&self) -> String {
        let filter = |terms: &Terms| {
            terms.iter().map(|(sub, value)| format!("{} eq {value}", sub.name)).collect::<Vec<_>>().join(" and ")
        };
        match self {
            Self::Whole => String::new(),
            Self::Sub(sub) => format!(".{sub}"),
            Self::Selected(terms) => format!("[{}]", filter(terms)),
            Self::SelectedSub(terms, sub) => format!("[{}].{sub}", filter(terms)),
        }
    }
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = Union::new(writable(&user()).into_iter().filter(is_plain).map(steps_at));
    proptest::collection::vec(step, 1..4)
}

/// A user whose multi-valued attributes have a `value` and a `type` in every element.
pub(super) fn plain_user() -> impl Strategy<Value = Map<String, Value>> {
    resource(&user()).prop_map(|mut user| {
        let lists = user.iter_mut().filter(|(name, _)| *name != "addresses").map(|(_, value)| value);
        lists.filter_map(Value::as_array_mut).flatten().for_each(complete);
        user.values_mut().filter_map(Value::as_array_mut).for_each(single_out);
        user
    })
}

/// Made complete, two elements may have become one, and no list names one value twice.
fn single_out(items: &mut Vec<Value>) {
    let mut kept: Vec<Value> = Vec::new();
    items.retain(|item| {
        let first = !kept.iter().any(|k| same(k, item));
        kept.push(item.clone());
        first
    });
}

/// References have rules of their own, which conversations show.
fn is_plain(named: &Named) -> bool {
    named.attribute.sub("$ref").is_none()
}

fn steps_at(place: Named) -> BoxedStrategy<Step> {
    let attribute = &place.attribute;
    let mut shapes = vec![(Just(Shape::Whole), full(attribute, whole(attribute))).boxed()];
    if attribute.multi_valued {
        shapes.push((terms(attribute).prop_map(Shape::Selected), full(attribute, element(attribute))).boxed());
        for sub in attribute.sub_attributes.iter().filter(|s| !["value", "type"].contains(&s.name.as_str())) {
            let name = sub.name.clone();
            let shape = terms(attribute).prop_map(move |terms| Shape::SelectedSub(terms, name.clone()));
            shapes.push((shape, whole(sub)).boxed());
        }
    } else {
        let subs = attribute.sub_attributes.iter();
        shapes.extend(subs.map(|sub| (Just(Shape::Sub(sub.name.clone())), whole(sub)).boxed()));
    }
    (select(vec!["add", "replace", "remove"]), Just(place.clone()), Union::new(shapes))
        .prop_map(|(op, place, (shape, value))| Step { op, place, shape, value })
        .boxed()
}

fn terms(attribute: &Attribute) -> impl Strategy<Value = Terms> + use<> {
    let subs = attribute.sub_attributes.iter().map(|sub| (Just(sub.clone()), element(sub)).boxed());
    proptest::collection::vec(Union::new(subs), 1..3)
}

fn full(attribute: &Attribute, value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let completed = attribute.sub("value").is_some();
    let full = move |mut value: Value| {
        match &mut value {
            Value::Array(items) => {
                items.iter_mut().filter(|_| completed).for_each(complete);
                single_out(items);
            }
            element if completed => complete(element),
            _ => {}
        }
        value
    };
    value.prop_map(full).boxed()
}

fn complete(element: &mut Value) {
    let Some(element) = element.as_object_mut() else { return };
    element.entry("type").or_insert_with(|| "work".into());
    element.entry("value").or_insert_with(|| "AAAA".into());
}

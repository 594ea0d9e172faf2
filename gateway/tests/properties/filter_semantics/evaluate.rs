//! The second reading: walk to the values, then ask each.

use serde_json::{Map, Value};
use usher_gateway::filter::{Filter, Literal, Operator};
use usher_gateway::path::AttrPath;
use usher_gateway::schema::{Attribute, Kind, ResourceType};

use super::instant::nanoseconds;

pub(super) fn holds(filter: &Filter, of: &ResourceType, resource: &Map<String, Value>) -> bool {
    let find = |path: &AttrPath| find(of, resource, path);
    decide(filter, &find)
}

/// The attribute that a name stands for, and the values it has here.
type Found = Option<(Attribute, Vec<Value>)>;

fn decide(filter: &Filter, find: &dyn Fn(&AttrPath) -> Found) -> bool {
    match filter {
        Filter::And(terms) => !terms.iter().any(|term| !decide(term, find)),
        Filter::Or(terms) => terms.iter().any(|term| decide(term, find)),
        Filter::Not(inner) => !decide(inner, find),
        Filter::Present(path) => is_present(&find(path)),
        Filter::Compare(path, op, literal) => compare(find(path).map(comparable), *op, literal),
        Filter::Element(path, inner) => {
            let Some((attribute, values)) = find(path) else { return false };
            values.iter().any(|value| decide(inner, &|path| within(&attribute, value, path)))
        }
    }
}

/// "emails eq" asks for the values of the e-mails.
fn comparable((attribute, values): (Attribute, Vec<Value>)) -> (Attribute, Vec<Value>) {
    match attribute.sub("value") {
        Some(sub) => (sub.clone(), values.iter().filter_map(|value| value.get("value").cloned()).collect()),
        None => (attribute, values),
    }
}

/// "if the attribute ... has a non-empty or non-null value"
fn is_present(found: &Found) -> bool {
    let empty = |v: &Value| *v == "" || v.is_null() || v.as_object().is_some_and(Map::is_empty);
    found.as_ref().is_some_and(|(_, values)| values.iter().any(|v| !empty(v)))
}

fn compare(found: Found, op: Operator, literal: &Literal) -> bool {
    let present = is_present(&found);
    match (op, literal) {
        (Operator::Equal, Literal::Null) => return !present,
        (Operator::NotEqual, Literal::Null) => return present,
        _ => {}
    }
    let any =
        found.is_some_and(|(attribute, values)| values.iter().any(|value| stands(&attribute, value, op, literal)));
    any || (op == Operator::NotEqual && !present)
}

fn stands(attribute: &Attribute, value: &Value, op: Operator, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::String(one), Literal::Text(other)) if attribute.kind == Kind::DateTime => {
            in_order(op, nanoseconds(one), nanoseconds(other))
        }
        (Value::String(one), Literal::Text(other)) => {
            let exact = attribute.case_exact || attribute.kind == Kind::Binary;
            let fold = |text: &str| if exact { text.to_owned() } else { folded(text) };
            in_text(op, &fold(one), &fold(other))
        }
        (Value::Number(one), Literal::Number(other)) => in_order(op, one.as_f64(), other.as_f64()),
        (Value::Bool(one), Literal::Bool(other)) => in_order(op, one, other),
        (value, literal) => panic!("{value} and {literal} are of two kinds"),
    }
}

/// Letter by letter, so that a sigma at the end of a word is the same letter as any other.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

fn in_text(op: Operator, one: &str, other: &str) -> bool {
    match op {
        Operator::Contains => one.contains(other),
        Operator::StartsWith => one.starts_with(other),
        Operator::EndsWith => one.ends_with(other),
        op => in_order(op, one, other),
    }
}

fn in_order<T: PartialOrd>(op: Operator, one: T, other: T) -> bool {
    match op {
        Operator::Equal => one == other,
        Operator::NotEqual => one != other,
        Operator::Greater => one > other,
        Operator::GreaterOrEqual => one >= other,
        Operator::Less => one < other,
        Operator::LessOrEqual => one <= other,
        _ => panic!("{op:?} has no order"),
    }
}

fn find(of: &ResourceType, resource: &Map<String, Value>, path: &AttrPath) -> Found {
    let extension = of.extensions.iter().map(|e| &e.schema).find(|s| Some(&s.id) == path.urn.as_ref());
    let (attributes, object) = match extension {
        Some(schema) => (schema.attributes.clone(), resource.get(&schema.id)),
        None => ([of.schema.attributes.clone(), of.common.clone()].concat(), None),
    };
    let empty = Map::new();
    let object = if extension.is_some() { object.and_then(Value::as_object).unwrap_or(&empty) } else { resource };
    let attribute = attributes.into_iter().find(|a| a.name == path.name)?;
    let values = flat(object.get(&attribute.name));
    let Some(sub) = &path.sub else { return Some((attribute, values)) };
    let values = values.iter().flat_map(|value| flat(value.get(sub))).collect();
    Some((attribute.sub(sub)?.clone(), values))
}

fn within(attribute: &Attribute, value: &Value, path: &AttrPath) -> Found {
    match value {
        Value::Object(parts) => Some((attribute.sub(&path.name)?.clone(), flat(parts.get(&path.name)))),
        plain => Some((attribute.clone(), vec![plain.clone()])),
    }
}

fn flat(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items.clone(),
        one => one.cloned().into_iter().collect(),
    }
}

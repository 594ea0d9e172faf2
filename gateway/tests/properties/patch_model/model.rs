//! The second reading. Every rule quotes or names the sentence it stands on.

use serde_json::{Map, Value, json};
use usher_gateway::error::ErrorKind;
use usher_gateway::schema::{Attribute, Kind};

use super::step::{Shape, Step, Terms};

type Object = Map<String, Value>;

/// "the operations are applied sequentially", and all of them or none.
pub(super) fn apply(before: &Object, steps: &[Step]) -> Result<Object, ErrorKind> {
    let mut resource = before.clone();
    for step in steps {
        step.apply(&mut resource)?;
    }
    match resource.get("userName").and_then(Value::as_str).is_none_or(|name| name.trim().is_empty()) {
        true => Err(ErrorKind::InvalidValue),
        false => Ok(resource),
    }
}

impl Step {
    fn apply(&self, resource: &mut Object) -> Result<(), ErrorKind> {
        let Some(urn) = &self.place.urn else { return self.within(resource) };
        let mut values = resource.get(urn).and_then(Value::as_object).cloned().unwrap_or_default();
        self.within(&mut values)?;
        resource.remove(urn);
        if !values.is_empty() {
            resource.insert(urn.clone(), Value::Object(values));
        }
        Ok(())
    }

    fn within(&self, object: &mut Object) -> Result<(), ErrorKind> {
        let attribute = &self.place.attribute;
        let present = object.get(&attribute.name).cloned();
        // "If the target location is a required or read-only attribute", removing it is an error.
        if self.op == "remove" && attribute.required {
            return Err(ErrorKind::Mutability);
        }
        let result = if attribute.multi_valued { self.list(present)? } else { self.single(present) };
        object.remove(&attribute.name);
        // RFC 7643 section 2.5: empty is unassigned.
        let empty = |v: &Value| v.as_array().is_some_and(Vec::is_empty) || v.as_object().is_some_and(Map::is_empty);
        object.extend(result.filter(|v| !empty(v)).map(|v| (attribute.name.clone(), v)));
        Ok(())
    }

    /// "If the target location specifies a complex attribute, a set of sub-attributes SHALL be specified", and those
    /// that are not specified stay.
    fn single(&self, present: Option<Value>) -> Option<Value> {
        let mut parts = present.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        match &self.shape {
            Shape::Sub(sub) if self.op == "remove" => drop(parts.remove(sub)),
            Shape::Sub(sub) => drop(parts.insert(sub.clone(), self.value.clone())),
            _ if self.op == "remove" => return None,
            _ if self.place.attribute.kind != Kind::Complex => return Some(self.value.clone()),
            _ => parts.extend(self.value.as_object().unwrap().clone()),
        }
        Some(Value::Object(parts))
    }

    fn list(&self, present: Option<Value>) -> Result<Option<Value>, ErrorKind> {
        let mut list: Vec<Element> = present
            .iter()
            .filter_map(Value::as_array)
            .flatten()
            .map(|v| Element { value: v.clone(), fresh: false })
            .collect();
        match &self.shape {
            Shape::Whole => self.all(&mut list),
            Shape::Selected(terms) => self.some(&mut list, terms, None)?,
            Shape::SelectedSub(terms, sub) => self.some(&mut list, terms, Some(sub))?,
            Shape::Sub(_) => {}
        }
        one_primary(&mut list)?;
        Ok(Some(Value::Array(without_twins(list))))
    }

    /// "add": new values go behind the others; "replace": "all values are replaced"; "remove": all go.
    fn all(&self, list: &mut Vec<Element>) {
        if self.op != "add" {
            list.clear();
        }
        if self.op == "remove" {
            return;
        }
        for value in self.value.as_array().unwrap() {
            let known = list.iter_mut().find(|e| same(&e.value, value));
            match known {
                Some(known) if self.op == "add" => known.merge(value),
                Some(_) => {}
                None if value.as_object().is_some_and(Map::is_empty) => {}
                None => list.push(Element { value: value.clone(), fresh: true }),
            }
        }
    }

    fn some(&self, list: &mut Vec<Element>, terms: &Terms, sub: Option<&String>) -> Result<(), ErrorKind> {
        let matched = list.iter().filter(|e| e.matches(terms)).count();
        match (self.op, sub) {
            // Section 3.5.2.2 knows no error for a filter that matches nothing.
            ("remove", None) => list.retain(|e| !e.matches(terms)),
            ("remove", Some(sub)) => {
                let matching = list.iter_mut().filter(|e| e.matches(terms));
                matching.for_each(|e| drop(e.value.as_object_mut().unwrap().remove(sub)));
            }
            _ if matched == 0 => return Err(ErrorKind::NoTarget),
            ("replace", None) => self.replace_matching(list, terms),
            (_, None) => list.iter_mut().filter(|e| e.matches(terms)).for_each(|e| e.merge(&self.value)),
            (_, Some(sub)) => {
                let value = json!({sub.as_str(): self.value});
                list.iter_mut().filter(|e| e.matches(terms)).for_each(|e| e.merge(&value));
            }
        }
        Ok(())
    }

    /// "all matching values are replaced" by the one that is given.
    fn replace_matching(&self, list: &mut Vec<Element>, terms: &Terms) {
        let mut new = Some(Element { value: self.value.clone(), fresh: true });
        let mut kept = Vec::new();
        for element in list.drain(..) {
            kept.extend(if element.matches(terms) { new.take() } else { Some(element) });
        }
        *list = kept;
    }
}

struct Element {
    value: Value,
    /// Made, or made primary, by this operation.
    fresh: bool,
}

impl Element {
    fn merge(&mut self, parts: &Value) {
        self.fresh |= parts["primary"] == true;
        self.value.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    }

    fn matches(&self, terms: &Terms) -> bool {
        terms.iter().all(|(sub, wanted)| self.value.get(&sub.name).is_some_and(|v| equal(sub, v, wanted)))
    }
}

/// RFC 7643 section 2.2: "caseExact" is false unless the schema says otherwise.
fn equal(sub: &Attribute, one: &Value, other: &Value) -> bool {
    match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) if !sub.case_exact => one.to_lowercase() == other.to_lowercase(),
        _ => one == other,
    }
}

/// "a PATCH operation that sets a value's "primary" sub-attribute to "true" SHALL cause the server to automatically
/// set "primary" to "false" for any other values in the array".
fn one_primary(list: &mut [Element]) -> Result<(), ErrorKind> {
    let is_primary = |e: &Element| e.value["primary"] == true;
    match list.iter().filter(|e| e.fresh && is_primary(e)).count() {
        0 => return Ok(()),
        1 => {}
        _ => return Err(ErrorKind::InvalidValue),
    }
    for element in list.iter_mut().filter(|e| !e.fresh && is_primary(e)) {
        element.value["primary"] = false.into();
    }
    Ok(())
}

/// RFC 7643 section 2.4: not "the same (type, value) combination more than once".
fn without_twins(list: Vec<Element>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for Element { value, .. } in list {
        if value.as_object().is_some_and(|v| !v.is_empty()) && !kept.iter().any(|k| same(k, &value)) {
            kept.push(value);
        }
    }
    kept
}

pub(super) fn same(one: &Value, other: &Value) -> bool {
    let kind = |v: &Value| v["type"].as_str().map(str::to_ascii_lowercase);
    if one.get("value").is_some() && other.get("value").is_some() {
        return one["value"] == other["value"] && kind(one) == kind(other);
    }
    let rest =
        |v: &Value| v.as_object().unwrap().clone().into_iter().filter(|(k, _)| k != "primary").collect::<Object>();
    rest(one) == rest(other)
}

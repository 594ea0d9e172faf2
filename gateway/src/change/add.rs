//! `add` (RFC 7644 section 3.5.2.1): what is there stays.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::apply::Rules;
use super::elements::{Index, id_of, is_primary, list, put_list, selected, settle_primary};
use super::remove::remove_part;
use super::target::{Part, Selector, Target, set_part};
use crate::error::{ErrorKind, ScimError};
use crate::schema::{Attribute, Kind, coerce, coerce_element, dedup, is_reference, names_nothing};

pub(super) fn add(
    object: &mut Map<String, Value>,
    target: &Target<'_>,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let attribute = target.attribute;
    match &target.part {
        Part::Whole => add_whole(object, attribute, value, rules),
        Part::Sub(sub) => add_sub(object, attribute, sub, value, rules),
        Part::Selected(selector) => {
            let merged = coerce_element(attribute, value, &rules.coercion).map_err(|e| e.under("value"))?;
            let Some(Value::Object(merged)) = merged else { return Ok(()) };
            in_selected(object, attribute, selector, rules, |element| merge(element, attribute, merged.clone()))
        }
        Part::SelectedSub(selector, sub) => {
            let value = coerce(sub, value, &rules.coercion).map_err(|e| e.under("value"))?;
            set_selected(object, attribute, selector, sub, value, rules)
        }
    }
}

/// Set one part of the selected values; unassigning it makes no value that was not there.
pub(super) fn set_selected(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    selector: &Selector<'_>,
    sub: &Attribute,
    value: Option<Value>,
    rules: &Rules,
) -> Result<(), ScimError> {
    match value {
        None => remove_part(object, attribute, sub, |item| selector.predicate.matches_element(item)),
        value => in_selected(object, attribute, selector, rules, |element| set_part(element, sub, value.clone())),
    }
}

fn add_whole(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let value = coerce(attribute, value, &rules.coercion).map_err(|e| e.under("value"))?;
    match value {
        None => Ok(()),
        Some(Value::Array(new)) => append(object, attribute, new),
        Some(Value::Object(parts)) => {
            let mut present = as_object(object.remove(&attribute.name));
            merge(&mut present, attribute, parts)?;
            object.insert(attribute.name.clone(), Value::Object(present));
            Ok(())
        }
        Some(simple) => set_part(object, attribute, Some(simple)),
    }
}

/// What is there already only gets what it did not have, and a member not even that; one pass over both lists.
fn append(object: &mut Map<String, Value>, attribute: &Attribute, new: Vec<Value>) -> Result<(), ScimError> {
    let mut items = list(object, attribute);
    if is_reference(attribute) {
        join(&mut items, new);
        put_list(object, attribute, items);
        return Ok(());
    }
    let mut index = Index::new(attribute, &items);
    let mut primaries = Vec::new();
    for item in new {
        let place = index.place(&item).unwrap_or(items.len());
        // One that was primary before and is named again does not insist on it.
        if is_primary(&item) {
            primaries.push(place);
        }
        match items.get_mut(place) {
            None => items.push(item),
            Some(Value::Object(known)) => merge(known, attribute, as_object(Some(item)))?,
            Some(_) => {}
        }
    }
    primaries.sort_unstable();
    primaries.dedup();
    settle_primary(&mut items, &primaries)?;
    put_list(object, attribute, items);
    Ok(())
}

/// A request may have a thousand operations with a member each, and the group ten thousand: what is new is remembered,
/// and what is there only looked at.
fn join(members: &mut Vec<Value>, new: Vec<Value>) {
    let mut missing = BTreeSet::new();
    missing.extend(new.iter().filter_map(id_of).map(str::to_owned));
    for id in members.iter().filter_map(id_of) {
        missing.remove(id);
    }
    members.extend(new.into_iter().filter(|member| id_of(member).is_none_or(|id| missing.remove(id))));
}

pub(super) fn merge(
    present: &mut Map<String, Value>,
    attribute: &Attribute,
    parts: Map<String, Value>,
) -> Result<(), ScimError> {
    for (name, value) in parts {
        match attribute.sub(&name) {
            Some(sub) => set_part(present, sub, Some(value))?,
            None => continue,
        }
    }
    Ok(())
}

/// `name.givenName`; on a list (`emails.type`) every value, or a new one where there is none.
pub(super) fn add_sub(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    sub: &Attribute,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let value = coerce(sub, value, &rules.coercion).map_err(|e| e.under("value"))?;
    if !attribute.multi_valued {
        let mut present = as_object(object.remove(&attribute.name));
        set_part(&mut present, sub, value)?;
        if !present.is_empty() && !names_nothing(attribute, &present, &rules.coercion) {
            object.insert(attribute.name.clone(), Value::Object(present));
        }
        return Ok(());
    }
    let mut items = list(object, attribute);
    if items.is_empty() {
        items.push(Value::Object(Map::new()));
    }
    for element in items.iter_mut().filter_map(Value::as_object_mut) {
        set_part(element, sub, value.clone())?;
    }
    let written: Vec<usize> = (0..items.len()).collect();
    settle_primary(&mut items, &written)?;
    dedup(attribute, &mut items);
    put_list(object, attribute, items);
    Ok(())
}

/// Change the selected values, or make the one that the filter describes.
fn in_selected(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    selector: &Selector<'_>,
    rules: &Rules,
    change: impl Fn(&mut Map<String, Value>) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    let mut items = list(object, attribute);
    let mut written = selected(&items, selector);
    if written.is_empty() {
        written.push(items.len());
        items.push(Value::Object(selector.element(attribute, rules)?));
    }
    for i in &written {
        let element = items.get_mut(*i).and_then(Value::as_object_mut).ok_or_else(|| no_parts(attribute))?;
        change(element)?;
    }
    settle_primary(&mut items, &written)?;
    dedup(attribute, &mut items);
    put_list(object, attribute, items);
    Ok(())
}

pub(super) fn as_object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

pub(super) fn no_parts(attribute: &Attribute) -> ScimError {
    debug_assert_ne!(attribute.kind, Kind::Complex);
    ScimError::new(ErrorKind::InvalidPath, format!("the values of `{}` have no parts", attribute.name))
}

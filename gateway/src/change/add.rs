//! `add` (RFC 7644 section 3.5.2.1): what is there stays.

use serde_json::{Map, Value};

use super::apply::Rules;
use super::elements::{Index, list, primary, put_list, settle_primary};
use super::target::{Part, Selector, Target, set_part};
use crate::error::{ErrorKind, ScimError};
use crate::schema::{Attribute, Kind, coerce, coerce_element};

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
            let merged = as_object(merged);
            in_selected(object, attribute, selector, rules, |element| merge(element, attribute, merged.clone()))
        }
        Part::SelectedSub(selector, sub) => {
            let value = coerce(sub, value, &rules.coercion).map_err(|e| e.under("value"))?;
            in_selected(object, attribute, selector, rules, |element| set_part(element, sub, value.clone()))
        }
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

/// Values that are there already only get what they did not have; one pass over both lists.
fn append(object: &mut Map<String, Value>, attribute: &Attribute, new: Vec<Value>) -> Result<(), ScimError> {
    let mut items = list(object, attribute);
    let was = primary(&items);
    let mut index = Index::new(attribute, &items);
    for value in new {
        match index.find(&items, &value).and_then(|i| items.get_mut(i)) {
            None => {
                index.add(&value, items.len());
                items.push(value);
            }
            Some(Value::Object(present)) => merge(present, attribute, as_object(Some(value)))?,
            Some(_) => {}
        }
    }
    settle_primary(&mut items, was)?;
    put_list(object, attribute, items);
    Ok(())
}

fn merge(present: &mut Map<String, Value>, attribute: &Attribute, parts: Map<String, Value>) -> Result<(), ScimError> {
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
        if !present.is_empty() {
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
    settle_primary(&mut items, None)?;
    put_list(object, attribute, items);
    Ok(())
}

/// Change the selected values, or make the one that the filter describes.
pub(super) fn in_selected(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    selector: &Selector<'_>,
    rules: &Rules,
    change: impl Fn(&mut Map<String, Value>) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    let mut items = list(object, attribute);
    let was = primary(&items);
    if !items.iter().any(|i| selector.predicate.matches_element(i)) {
        let made = selector.element(attribute, rules)?;
        items.push(Value::Object(made));
        let last = items.last_mut().and_then(Value::as_object_mut);
        last.map_or(Ok(()), &change)?;
    } else {
        for item in items.iter_mut().filter(|i| selector.predicate.matches_element(i)) {
            let element = item.as_object_mut().ok_or_else(|| no_parts(attribute))?;
            change(element)?;
        }
    }
    settle_primary(&mut items, was)?;
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

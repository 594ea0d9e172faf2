//! `replace` (RFC 7644 section 3.5.2.3): what is named is set anew, the rest stays.

use serde_json::{Map, Value};

use super::add::{add_sub, as_object, merge, set_selected};
use super::apply::Rules;
use super::elements::{list, put_list, selected, settle_primary};
use super::target::{Part, Selector, Target, set_part};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::Leniency;
use crate::schema::{Attribute, Kind, coerce, coerce_element, coerce_parts, dedup, is_unassigned, names_nothing};

pub(super) fn replace(
    object: &mut Map<String, Value>,
    target: &Target<'_>,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let attribute = target.attribute;
    match &target.part {
        Part::Whole => replace_whole(object, attribute, value, rules),
        Part::Sub(sub) => add_sub(object, attribute, sub, value, rules),
        Part::Selected(selector) => replace_selected(object, attribute, selector, value, rules),
        Part::SelectedSub(selector, sub) => {
            must_match(object, attribute, selector, rules)?;
            let value = coerce(sub, value, &rules.coercion).map_err(|e| e.under("value"))?;
            set_selected(object, attribute, selector, sub, value, rules)
        }
    }
}

fn replace_whole(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let value = match value {
        Value::Object(parts) if attribute.kind == Kind::Complex && !attribute.multi_valued => {
            return replace_parts(object, attribute, parts, rules);
        }
        value => coerce(attribute, value, &rules.coercion).map_err(|e| e.under("value"))?,
    };
    if let Some(Value::Array(mut items)) = value {
        let written: Vec<usize> = (0..items.len()).collect();
        settle_primary(&mut items, &written)?;
        put_list(object, attribute, items);
        return Ok(());
    }
    set_part(object, attribute, value)
}

/// A complex attribute keeps the parts that are not given, and loses those that are given as null.
fn replace_parts(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    given: Map<String, Value>,
    rules: &Rules,
) -> Result<(), ScimError> {
    let unassigned = given.iter().filter(|(_, value)| is_unassigned(value));
    let cleared: Vec<&Attribute> = unassigned.filter_map(|(name, _)| attribute.sub(name)).collect();
    let parts = coerce_parts(attribute, given, &rules.coercion).map_err(|e| e.under("value"))?;
    let mut present = as_object(object.remove(&attribute.name));
    for sub in cleared.into_iter().filter(|sub| !sub.is_read_only()) {
        set_part(&mut present, sub, None)?;
    }
    merge(&mut present, attribute, parts)?;
    if !present.is_empty() && !names_nothing(attribute, &present, &rules.coercion) {
        object.insert(attribute.name.clone(), Value::Object(present));
    }
    Ok(())
}

/// "If the target location is a multi-valued attribute for which a value selection filter has been supplied", every
/// value that matches is replaced by the new one.
fn replace_selected(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    selector: &Selector<'_>,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    must_match(object, attribute, selector, rules)?;
    let new = coerce_element(attribute, value, &rules.coercion).map_err(|e| e.under("value"))?;
    let mut items = list(object, attribute);
    let place = selected(&items, selector).first().copied();
    let new = match (place, new) {
        (None, Some(Value::Object(parts))) => {
            let mut made = selector.element(attribute, rules)?;
            made.extend(parts);
            Some(Value::Object(made))
        }
        (_, new) => new,
    };
    // Replaced by the same value, all that match are one.
    items.retain(|item| !selector.predicate.matches_element(item));
    if let Some(new) = new {
        let place = place.unwrap_or(items.len());
        items.insert(place, new);
        settle_primary(&mut items, &[place])?;
        dedup(attribute, &mut items);
    }
    put_list(object, attribute, items);
    Ok(())
}

fn must_match(
    object: &Map<String, Value>,
    attribute: &Attribute,
    selector: &Selector<'_>,
    rules: &Rules,
) -> Result<(), ScimError> {
    let items = object.get(&attribute.name).and_then(Value::as_array);
    let matched = items.into_iter().flatten().any(|i| selector.predicate.matches_element(i));
    if matched || rules.coercion.leniencies.allow(Leniency::ReplaceMakesValue) {
        return Ok(());
    }
    let reason = format!("no value of `{}` matches the filter", attribute.name);
    Err(ScimError::new(ErrorKind::NoTarget, reason).under("path"))
}

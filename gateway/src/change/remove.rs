//! `remove` (RFC 7644 section 3.5.2.2).
//!
//! A `value` beside the path is outside the RFC, and what Entra and JumpCloud send to take some members out of a
//! group: only those go. A reader that ignores it would empty the group.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::add::{as_object, no_parts};
use super::apply::Rules;
use super::elements::{id_of, list, put_list};
use super::target::{Part, Target, set_part};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::Leniency;
use crate::schema::{Attribute, coerce, dedup, identity, is_reference};

pub(super) fn remove(
    object: &mut Map<String, Value>,
    target: &Target<'_>,
    value: Option<Value>,
    rules: &Rules,
) -> Result<(), ScimError> {
    let attribute = target.attribute;
    if target.written().required && matches!(target.part, Part::Whole | Part::Sub(_)) {
        let reason = format!("`{}` is required and cannot be removed", target.written().name);
        return Err(ScimError::new(ErrorKind::Mutability, reason));
    }
    match &target.part {
        Part::Whole => remove_whole(object, attribute, value, rules),
        Part::Sub(sub) => remove_sub(object, attribute, sub),
        Part::Selected(selector) => {
            let mut items = list(object, attribute);
            items.retain(|item| !selector.predicate.matches_element(item));
            put_list(object, attribute, items);
            Ok(())
        }
        Part::SelectedSub(selector, sub) => {
            remove_part(object, attribute, sub, |item| selector.predicate.matches_element(item))
        }
    }
}

fn remove_whole(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Option<Value>,
    rules: &Rules,
) -> Result<(), ScimError> {
    match value {
        Some(value) if attribute.multi_valued && !value.is_null() => {
            if !rules.coercion.leniencies.allow(Leniency::RemoveByValue) {
                return Err(ScimError::new(ErrorKind::InvalidSyntax, "`remove` takes no value").under("value"));
            }
            remove_values(object, attribute, value, rules)
        }
        _ => {
            object.remove(&attribute.name);
            Ok(())
        }
    }
}

fn remove_values(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let unwanted = coerce(attribute, value, &rules.coercion).map_err(|e| e.under("value"))?;
    let unwanted = match unwanted {
        Some(Value::Array(items)) => items,
        _ => return Ok(()),
    };
    let mut exactly = BTreeSet::new();
    exactly.extend(unwanted.iter().map(|item| identity(attribute, item)));
    let is_reference = is_reference(attribute);
    let of_any_type = unwanted.iter().filter(|item| is_reference || item.get("type").is_none());
    let mut by_value: Vec<&str> = of_any_type.filter_map(id_of).collect();
    by_value.sort_unstable();
    let mut items = list(object, attribute);
    items.retain(|item| {
        let named = id_of(item).is_some_and(|id| by_value.binary_search(&id).is_ok());
        !named && (is_reference || !exactly.contains(&identity(attribute, item)))
    });
    put_list(object, attribute, items);
    Ok(())
}

fn remove_sub(object: &mut Map<String, Value>, attribute: &Attribute, sub: &Attribute) -> Result<(), ScimError> {
    if attribute.multi_valued {
        return remove_part(object, attribute, sub, |_| true);
    }
    let mut present = as_object(object.remove(&attribute.name));
    set_part(&mut present, sub, None)?;
    if !present.is_empty() {
        object.insert(attribute.name.clone(), Value::Object(present));
    }
    Ok(())
}

pub(super) fn remove_part(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    sub: &Attribute,
    selected: impl Fn(&Value) -> bool,
) -> Result<(), ScimError> {
    let mut items = list(object, attribute);
    for item in items.iter_mut().filter(|i| selected(i)) {
        let element = item.as_object_mut().ok_or_else(|| no_parts(attribute))?;
        set_part(element, sub, None)?;
    }
    dedup(attribute, &mut items);
    put_list(object, attribute, items);
    Ok(())
}

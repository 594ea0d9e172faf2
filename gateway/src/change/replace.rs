//! `replace` (RFC 7644 section 3.5.2.3): what is named is set anew, the rest stays.

use serde_json::{Map, Value};

use super::add::{add_sub, in_selected};
use super::apply::Rules;
use super::elements::{dedup, list, primary, put_list, settle_primary};
use super::target::{Part, Selector, Target, set_part};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::Leniency;
use crate::schema::{Attribute, Kind, coerce, coerce_element};

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
            in_selected(object, attribute, selector, rules, |element| set_part(element, sub, value.clone()))
        }
    }
}

fn replace_whole(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Value,
    rules: &Rules,
) -> Result<(), ScimError> {
    let value = coerce(attribute, value, &rules.coercion).map_err(|e| e.under("value"))?;
    match value {
        None => set_part(object, attribute, None),
        Some(Value::Array(mut items)) => {
            dedup(attribute, &mut items);
            settle_primary(&mut items, None)?;
            put_list(object, attribute, items);
            Ok(())
        }
        Some(Value::Object(parts)) if attribute.kind == Kind::Complex => replace_parts(object, attribute, parts),
        Some(simple) => set_part(object, attribute, Some(simple)),
    }
}

/// A complex attribute keeps the parts that are not given.
fn replace_parts(
    object: &mut Map<String, Value>,
    attribute: &Attribute,
    parts: Map<String, Value>,
) -> Result<(), ScimError> {
    let present = object.entry(attribute.name.clone()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(present) = present {
        present.extend(parts);
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
    let was = primary(&items);
    let mut matched = false;
    for item in items.iter_mut().filter(|i| selector.predicate.matches_element(i)) {
        *item = new.clone().unwrap_or_else(|| Value::Object(Map::new()));
        matched = true;
    }
    if let (false, Some(Value::Object(parts))) = (matched, new) {
        let mut made = selector.element(attribute, rules)?;
        made.extend(parts);
        items.push(Value::Object(made));
    }
    settle_primary(&mut items, was)?;
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

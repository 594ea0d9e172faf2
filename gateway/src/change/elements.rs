//! The values of a multi-valued attribute, and which of them is primary (RFC 7643 section 2.4).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::target::Selector;
use crate::error::{ErrorKind, ScimError};
use crate::schema::{Attribute, identity};

/// The list under this name; empty when there is none.
pub(super) fn list(object: &mut Map<String, Value>, attribute: &Attribute) -> Vec<Value> {
    match object.remove(&attribute.name) {
        Some(Value::Array(items)) => items,
        Some(single) => vec![single],
        None => Vec::new(),
    }
}

/// The id of a member; the address of an e-mail.
pub(super) fn id_of(item: &Value) -> Option<&str> {
    item.get("value").and_then(Value::as_str)
}

/// The positions of the values that match.
pub(super) fn selected(items: &[Value], selector: &Selector<'_>) -> Vec<usize> {
    let matching = items.iter().enumerate().filter(|(_, item)| selector.predicate.matches_element(item));
    matching.map(|(i, _)| i).collect()
}

/// Put the list back; an empty one is unassigned.
pub(super) fn put_list(object: &mut Map<String, Value>, attribute: &Attribute, mut items: Vec<Value>) {
    items.retain(|item| item.as_object().is_none_or(|o| !o.is_empty()));
    if !items.is_empty() {
        object.insert(attribute.name.clone(), Value::Array(items));
    }
}

/// One at most of the values just written may be primary, and it takes that from whichever was (RFC 7644 section
/// 3.5.2).
pub(super) fn settle_primary(items: &mut [Value], written: &[usize]) -> Result<(), ScimError> {
    let mut chosen = written.iter().filter(|i| items.get(**i).is_some_and(is_primary));
    let Some(first) = chosen.next() else { return Ok(()) };
    if chosen.next().is_some() {
        return Err(ScimError::new(ErrorKind::InvalidValue, "more than one value is primary").under("value"));
    }
    let others = items.iter_mut().enumerate().filter(|(i, item)| i != first && is_primary(item));
    for other in others.filter_map(|(_, item)| item.as_object_mut()) {
        other.insert("primary".into(), false.into());
    }
    Ok(())
}

/// Where each value stands that a list had to begin with. The same address can stand there for work and for home; one without a type is
/// any of them.
pub(super) struct Index<'s> {
    attribute: &'s Attribute,
    places: BTreeMap<String, usize>,
    of_any_type: BTreeMap<String, usize>,
}

impl<'s> Index<'s> {
    pub(super) fn new(attribute: &'s Attribute, items: &[Value]) -> Self {
        let mut index = Self { attribute, places: BTreeMap::new(), of_any_type: BTreeMap::new() };
        items.iter().enumerate().for_each(|(i, item)| index.add(item, i));
        index
    }

    /// Where this value is already. One that had no type gets this one, and cannot be given another; one that is named
    /// without a type stays without.
    pub(super) fn place(&mut self, item: &Value) -> Option<usize> {
        let same = identity(self.attribute, item);
        if let Some(place) = self.places.remove(&same) {
            return Some(place);
        }
        let Some(untyped) = self.without_type(item) else { return self.of_any_type.get(&same).copied() };
        let place = self.places.remove(&untyped)?;
        self.add(item, place);
        Some(place)
    }

    fn add(&mut self, item: &Value, place: usize) {
        self.places.entry(identity(self.attribute, item)).or_insert(place);
        if let Some(untyped) = self.without_type(item) {
            self.of_any_type.entry(untyped).or_insert(place);
        }
    }

    /// What a value that has a type would be without it.
    fn without_type(&self, item: &Value) -> Option<String> {
        let value = item.get("value").filter(|_| item.get("type").is_some())?;
        Some(identity(self.attribute, &json!({"value": value})))
    }
}

pub(super) fn is_primary(item: &Value) -> bool {
    item.get("primary") == Some(&Value::Bool(true))
}

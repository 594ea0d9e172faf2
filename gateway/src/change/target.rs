//! Where an operation acts, once its path has met the schema.

use serde_json::{Map, Value};

use super::apply::Rules;
use crate::error::{ErrorKind, ScimError};
use crate::filter::{Filter, Literal, Operator, Predicate};
use crate::leniency::Leniency;
use crate::path::Selection;
use crate::schema::{Attribute, Kind, Mutability, Place, coerce};

/// The attribute an operation is about, and which part of it.
pub(super) struct Target<'p> {
    /// The attribute itself.
    pub(super) attribute: &'p Attribute,
    /// Which of its values, and which part of them.
    pub(super) part: Part<'p>,
}

/// The 2 x 2 of paths: all values or some, whole values or a sub-attribute of them.
pub(super) enum Part<'p> {
    /// `emails`
    Whole,
    /// `name.givenName`, `emails.value`
    Sub(&'p Attribute),
    /// `emails[type eq "work"]`
    Selected(Selector<'p>),
    /// `emails[type eq "work"].value`
    SelectedSub(Selector<'p>, &'p Attribute),
}

/// A value filter, ready to be asked, and as it was written.
pub(super) struct Selector<'p> {
    pub(super) predicate: Predicate,
    filter: &'p Filter,
}

impl<'p> Target<'p> {
    pub(super) fn new(place: Place<'p>, selection: Option<&'p Selection>) -> Result<Self, ScimError> {
        let attribute = place.attribute;
        let part = match (selection, place.sub) {
            (None, None) => Part::Whole,
            (None, Some(sub)) => Part::Sub(sub),
            (Some(selection), _) => select(attribute, selection)?,
        };
        Ok(Self { attribute, part })
    }

    /// The characteristics of what is written: the sub-attribute's if there is one.
    pub(super) fn written(&self) -> &'p Attribute {
        match &self.part {
            Part::Whole | Part::Selected(_) => self.attribute,
            Part::Sub(sub) | Part::SelectedSub(_, sub) => sub,
        }
    }

    /// The value that must stay as it is, because the attribute can be set only once.
    pub(super) fn fixed(&self, object: &Map<String, Value>) -> Option<Value> {
        let once = self.attribute.mutability == Mutability::Immutable;
        object.get(&self.attribute.name).filter(|_| once).cloned()
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.attribute.is_read_only() || self.written().is_read_only()
    }
}

fn select<'p>(attribute: &'p Attribute, selection: &'p Selection) -> Result<Part<'p>, ScimError> {
    if !attribute.multi_valued {
        let reason = format!("`{}` has one value, nothing to select from", attribute.name);
        return Err(ScimError::new(ErrorKind::InvalidPath, reason));
    }
    let selector =
        Selector { predicate: Predicate::bind_selection(&selection.filter, attribute)?, filter: &selection.filter };
    let Some(name) = &selection.sub else { return Ok(Part::Selected(selector)) };
    let sub = attribute.sub(name).ok_or_else(|| {
        let reason = format!("`{}` has no part `{name}`", attribute.name);
        ScimError::new(ErrorKind::InvalidPath, reason)
    })?;
    Ok(Part::SelectedSub(selector, sub))
}

/// The parts that a value must have to be selected by this filter, if that is all that the filter says.
///
/// # Errors
/// `noTarget` when it says something else, and what is wrong with the filter.
pub fn described(attribute: &Attribute, selection: &Selection, rules: &Rules) -> Result<Map<String, Value>, ScimError> {
    match select(attribute, selection)? {
        Part::Selected(selector) | Part::SelectedSub(selector, _) => selector.element(attribute, rules),
        Part::Whole | Part::Sub(_) => Ok(Map::new()),
    }
}

impl Selector<'_> {
    /// The element that would match: its `eq` terms as values. Entra adds `phoneNumbers[type eq "mobile"].value`
    /// to users that have no phone, and means "make one of type mobile".
    pub(super) fn element(&self, attribute: &Attribute, rules: &Rules) -> Result<Map<String, Value>, ScimError> {
        let no_target = || {
            ScimError::new(ErrorKind::NoTarget, format!("no value of `{}` matches `{}`", attribute.name, self.filter))
        };
        let mut element = Map::new();
        let makes =
            [Leniency::AddMakesValue, Leniency::ReplaceMakesValue].iter().any(|l| rules.coercion.leniencies.allow(*l));
        for (name, literal) in equalities(self.filter).filter(|_| makes).ok_or_else(no_target)? {
            let sub = attribute.sub(name).ok_or_else(no_target)?;
            let value = coerce(sub, json(sub, literal), &rules.coercion).map_err(|e| e.under(name))?;
            element.extend(value.map(|v| (sub.name.clone(), v)));
        }
        // `type eq "work" and type eq "home"` describes nothing.
        if self.predicate.matches(&element) { Ok(element) } else { Err(no_target()) }
    }
}

/// `type eq "work" and primary eq true`, and nothing else.
fn equalities(filter: &Filter) -> Option<Vec<(&str, &Literal)>> {
    match filter {
        Filter::Compare(path, Operator::Equal, literal) => Some(vec![(path.name.as_str(), literal)]),
        Filter::And(terms) => Some(terms.iter().map(equalities).collect::<Option<Vec<_>>>()?.concat()),
        _ => None,
    }
}

fn json(sub: &Attribute, literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => text.as_str().into(),
        Literal::Number(number) if sub.kind == Kind::String => number.to_string().into(),
        Literal::Number(number) => number.clone().into(),
        Literal::Bool(flag) => (*flag).into(),
        Literal::Null => Value::Null,
    }
}

/// Set one part of an object; an immutable part only once (RFC 7643 section 7).
pub(super) fn set_part(
    object: &mut Map<String, Value>,
    sub: &Attribute,
    value: Option<Value>,
) -> Result<(), ScimError> {
    let present = object.get(&sub.name);
    if sub.mutability == Mutability::Immutable && present.is_some() && present != value.as_ref() {
        return Err(set_already(sub));
    }
    match value {
        Some(value) => object.insert(sub.name.clone(), value),
        None => object.remove(&sub.name),
    };
    Ok(())
}

pub(super) fn set_already(attribute: &Attribute) -> ScimError {
    ScimError::new(ErrorKind::Mutability, format!("`{}` cannot be changed once set", attribute.name))
}

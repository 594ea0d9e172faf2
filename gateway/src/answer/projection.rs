//! `attributes` and `excludedAttributes` (RFC 7644 section 3.9).

use serde_json::{Map, Value};
use usher_json::{Entry, Reader};

use crate::limits::Limits;
use crate::path::PatchPath;
use crate::request::Query;
use crate::schema::{Attribute, Place, Resolved, ResourceType, Returned};

/// Which attributes an answer has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    only: Vec<PatchPath>,
    without: Vec<PatchPath>,
}

impl Projection {
    /// What the query asks for. A name that is none is ignored, and so is a filter in it: Microsoft's collection
    /// sends `attributes=emails[type eq "work"]`.
    pub fn parse(query: &Query, limits: &Limits) -> Self {
        let names = |parameter| names(query.get(parameter).unwrap_or_default(), limits);
        Self { only: names("attributes"), without: names("excludedAttributes") }
    }

    /// Whether this top-level attribute can be left out from the start, however large it is.
    pub fn drops(&self, resource_type: &ResourceType, attribute: &Attribute) -> bool {
        !self.keeps(resource_type, None, attribute)
    }

    /// Whether this top-level attribute is answered as it is stored, whatever else is.
    pub(super) fn keeps_all_of(&self, resource_type: &ResourceType, entry: &Entry<'_>) -> bool {
        if !self.only.is_empty() || !self.without.is_empty() {
            return false;
        }
        let keeps = |attributes: &[Attribute], name: &str| {
            attributes.iter().find(|a| a.name == name).is_some_and(|a| self.keeps(resource_type, None, a))
        };
        match resource_type.extension(&entry.name) {
            Some(schema) => is_of(entry.value, &|name| keeps(&schema.attributes, name)),
            None => keeps(&resource_type.schema.attributes, &entry.name) || keeps(&resource_type.common, &entry.name),
        }
    }

    /// Leave out what was not asked for, and what is never given.
    pub fn apply(&self, resource_type: &ResourceType, resource: &mut Map<String, Value>) {
        resource.retain(|name, value| match resource_type.extension(name) {
            Some(schema) => {
                let urn = Some(schema.id.as_str());
                retain_in(value, |name| {
                    schema.attributes.iter().find(|a| a.name == name).is_some_and(|a| self.keeps(resource_type, urn, a))
                })
            }
            None => resource_type.attribute(name).is_some_and(|a| self.keeps(resource_type, None, a)),
        });
        for path in &self.only {
            self.narrow(resource_type, resource, path);
        }
        for path in &self.without {
            exclude_part(resource_type, resource, path);
        }
    }

    fn keeps(&self, resource_type: &ResourceType, urn: Option<&str>, attribute: &Attribute) -> bool {
        let names = |paths: &[PatchPath], whole_only: bool| {
            paths.iter().any(|p| names_attribute(resource_type, p, urn, attribute, whole_only))
        };
        match attribute.returned {
            Returned::Always => true,
            Returned::Never => false,
            Returned::Request => names(&self.only, false),
            Returned::Default if !self.only.is_empty() => names(&self.only, false),
            Returned::Default => !names(&self.without, true),
        }
    }

    /// `attributes=name.givenName` keeps that part of `name` only, unless `name` is asked for as well.
    fn narrow(&self, resource_type: &ResourceType, resource: &mut Map<String, Value>, path: &PatchPath) {
        let Resolved::Attribute(Place { extension, attribute, sub: Some(_) }) = resource_type.resolve(&path.attr)
        else {
            return;
        };
        let urn = extension.map(|s| s.id.as_str());
        let whole =
            self.only.iter().any(|p| p.attr.sub.is_none() && names_attribute(resource_type, p, urn, attribute, true));
        let wanted: Vec<&str> = self.only.iter().filter_map(|p| part_of(resource_type, p, attribute)).collect();
        let value = value_at(resource, urn, attribute);
        if let (false, Some(value)) = (whole, value) {
            each_object(value, |object| object.retain(|name, _| wanted.contains(&name.as_str())));
        }
    }
}

fn part_of<'r>(resource_type: &'r ResourceType, path: &PatchPath, attribute: &Attribute) -> Option<&'r str> {
    match resource_type.resolve(&path.attr) {
        Resolved::Attribute(place) if place.attribute == attribute => place.sub.map(|s| s.name.as_str()),
        _ => None,
    }
}

fn exclude_part(resource_type: &ResourceType, resource: &mut Map<String, Value>, path: &PatchPath) {
    let Resolved::Attribute(Place { extension, attribute, sub: Some(sub) }) = resource_type.resolve(&path.attr) else {
        return;
    };
    if attribute.returned == Returned::Always {
        return;
    }
    if let Some(value) = value_at(resource, extension.map(|s| s.id.as_str()), attribute) {
        each_object(value, |object| drop(object.remove(&sub.name)));
    }
}

/// Whether the path speaks of this attribute; of all of it, or also of a part.
fn names_attribute(
    resource_type: &ResourceType,
    path: &PatchPath,
    urn: Option<&str>,
    attribute: &Attribute,
    whole: bool,
) -> bool {
    match resource_type.resolve(&path.attr) {
        Resolved::Attribute(place) => {
            place.attribute == attribute
                && place.extension.map(|s| s.id.as_str()) == urn
                && !(whole && (place.sub.is_some() || path.selection.as_ref().is_some_and(|s| s.sub.is_some())))
        }
        Resolved::Extension(schema) => Some(schema.id.as_str()) == urn,
        Resolved::Base => urn.is_none(),
        Resolved::Unknown => false,
    }
}

fn value_at<'m>(
    resource: &'m mut Map<String, Value>,
    urn: Option<&str>,
    attribute: &Attribute,
) -> Option<&'m mut Value> {
    match urn {
        Some(urn) => resource.get_mut(urn)?.get_mut(&attribute.name),
        None => resource.get_mut(&attribute.name),
    }
}

fn each_object(value: &mut Value, act: impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => act(object),
        Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(act),
        _ => {}
    }
}

/// Whether this is an object that has names, and only such.
fn is_of(object: &str, wanted: &dyn Fn(&str) -> bool) -> bool {
    let (mut any, mut all) = (false, true);
    let read = Reader::new(object.as_bytes()).and_then(|mut reader| {
        reader.object(|name, reader| {
            (any, all) = (true, all && wanted(name));
            reader.skip().map(drop)
        })
    });
    read.is_some() && any && all
}

/// Keep what is wanted of an object; whether anything is left.
fn retain_in(value: &mut Value, wanted: impl Fn(&str) -> bool) -> bool {
    value.as_object_mut().is_some_and(|object| {
        object.retain(|name, _| wanted(name));
        !object.is_empty()
    })
}

fn names(list: &str, limits: &Limits) -> Vec<PatchPath> {
    let names = list.split(',').map(str::trim).filter(|n| !n.is_empty());
    names.filter_map(|name| PatchPath::parse(name, limits).ok()).collect()
}

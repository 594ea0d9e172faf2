//! What a name points at in a resource type (RFC 7644 section 3.10).

use super::attribute::Attribute;
use super::resource_type::{ResourceType, Schema};
use crate::path::AttrPath;

/// An attribute, or a sub-attribute, of a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'s> {
    /// The extension it belongs to, under whose URN its value stands.
    pub extension: Option<&'s Schema>,
    /// The attribute.
    pub attribute: &'s Attribute,
    /// Its part.
    pub sub: Option<&'s Attribute>,
}

/// What a name can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved<'s> {
    /// An attribute.
    Attribute(Place<'s>),
    /// All of an extension.
    Extension(&'s Schema),
    /// All of the base schema: its URN alone.
    Base,
    /// Nothing this resource type has.
    Unknown,
}

impl ResourceType {
    /// What this name means here.
    pub fn resolve(&self, path: &AttrPath) -> Resolved<'_> {
        match &path.urn {
            None => self.resolve_name(None, path),
            Some(urn) if urn.eq_ignore_ascii_case(&self.schema.id) => self.resolve_name(None, path),
            Some(urn) => match self.extension(urn) {
                Some(schema) => self.resolve_name(Some(schema), path),
                None => self.resolve_urn(path),
            },
        }
    }

    fn resolve_name<'s>(&'s self, extension: Option<&'s Schema>, path: &AttrPath) -> Resolved<'s> {
        let attribute = match extension {
            Some(schema) => super::find(&schema.attributes, &path.name),
            None => self.attribute(&path.name),
        };
        let Some(attribute) = attribute else { return Resolved::Unknown };
        let sub = match &path.sub {
            None => None,
            Some(name) => match attribute.sub(name) {
                Some(sub) => Some(sub),
                None => return Resolved::Unknown,
            },
        };
        Resolved::Attribute(Place { extension, attribute, sub })
    }

    /// `urn:...:2.0:User` alone reads as the name `User` of a shorter URN; here it gets its meaning back.
    fn resolve_urn(&self, path: &AttrPath) -> Resolved<'_> {
        let full = path.full();
        match self.extension(&full) {
            Some(schema) if path.sub.is_none() => Resolved::Extension(schema),
            _ if full.eq_ignore_ascii_case(&self.schema.id) && path.sub.is_none() => Resolved::Base,
            _ => Resolved::Unknown,
        }
    }
}

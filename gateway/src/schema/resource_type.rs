//! Schemas and the resource types made of them (RFC 7643 sections 3, 6 and 7).

use std::iter;
use std::rc::Rc;

use super::attribute::{Attribute, find, spelled};
use crate::message::reads;

/// A named set of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize), serde(deny_unknown_fields))]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its short name.
    #[cfg_attr(feature = "schema", serde(default))]
    pub name: String,
    /// For people.
    #[cfg_attr(feature = "schema", serde(default))]
    pub description: String,
    /// What it defines.
    pub attributes: Vec<Attribute>,
}

reads!(Schema { id, name or String::new(), description or String::new(), attributes });

/// A schema that adds to a resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// What it adds, beneath its URN.
    pub schema: Schema,
    /// Whether every resource must have it.
    pub required: bool,
}

/// Which records of the service a resource type is kept in, and which events speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceKind {
    /// `user.*` events, `/users` of the service.
    User,
    /// `group.*` events, `/groups` of the service.
    Group,
    /// A type of the configuration: `role.*` events, `/roles` of the service.
    Other(Rc<Names>),
}

/// What a type of the configuration is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Names {
    /// `role`
    pub noun: String,
    /// `roles`
    pub collection: String,
    /// `Roles`
    pub endpoint: String,
}

impl ResourceKind {
    /// The service's collection.
    pub fn collection(&self) -> &str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
            Self::Other(names) => &names.collection,
        }
    }

    /// The path segment of SCIM's URLs.
    pub fn endpoint(&self) -> &str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
            Self::Other(names) => &names.endpoint,
        }
    }

    /// The `<type>` of `<type>.created`, and the word for messages.
    pub fn noun(&self) -> &str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Other(names) => &names.noun,
        }
    }
}

/// One kind of resource with its endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// Which records it is.
    pub kind: ResourceKind,
    /// `User`.
    pub name: String,
    /// `Users`: the path segment, without a slash.
    pub endpoint: String,
    /// For people.
    pub description: String,
    /// The base schema.
    pub schema: Schema,
    /// What may be added to it.
    pub extensions: Vec<Extension>,
    /// `schemas`, `id`, `externalId`, `meta`: attributes of every resource.
    pub common: Vec<Attribute>,
}

impl ResourceType {
    /// The attribute of the base schema, or of every resource, that has this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        let [own, common] = [&self.schema.attributes, &self.common];
        let spelled = spelled(own, name).or_else(|| spelled(common, name));
        spelled.or_else(|| find(own, name)).or_else(|| find(common, name))
    }

    /// The extension schema with this URN, letter case ignored.
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        let mut schemas = self.extensions.iter().map(|e| &e.schema);
        schemas.find(|s| s.id.eq_ignore_ascii_case(urn))
    }
}

/// All resource types of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaSet {
    /// In the order they are listed.
    pub types: Vec<ResourceType>,
}

impl SchemaSet {
    /// The resource type at this endpoint; `/users` is taken for `/Users`, as the Microsoft collection asks.
    pub fn at_endpoint(&self, endpoint: &str) -> Option<&ResourceType> {
        self.types.iter().find(|t| t.endpoint.eq_ignore_ascii_case(endpoint))
    }

    /// The resource type of this kind.
    pub fn of_kind(&self, kind: &ResourceKind) -> Option<&ResourceType> {
        self.types.iter().find(|t| t.kind == *kind)
    }

    /// Every schema, each once.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let all =
            || self.types.iter().flat_map(|t| iter::once(&t.schema).chain(t.extensions.iter().map(|e| &e.schema)));
        all().enumerate().filter(move |(i, s)| !all().take(*i).any(|earlier| earlier.id == s.id)).map(|(_, s)| s)
    }
}

//! Schemas and the resource types made of them (RFC 7643 sections 3, 6 and 7).

use serde::{Deserialize, Serialize};

use super::attribute::{Attribute, find};

/// A named set of attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its short name.
    #[serde(default)]
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// What it defines.
    pub attributes: Vec<Attribute>,
}

/// A schema that adds to a resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// What it adds, beneath its URN.
    pub schema: Schema,
    /// Whether every resource must have it.
    pub required: bool,
}

/// Which records of the service a resource type is kept in, and which events speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// `user.*` events, `/users` of the service.
    User,
    /// `group.*` events, `/groups` of the service.
    Group,
}

impl ResourceKind {
    /// The service's collection, and the `<type>` of `<type>.created`.
    pub fn collection(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
        }
    }

    /// The singular word used in event names and messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
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
        find(&self.schema.attributes, name).or_else(|| find(&self.common, name))
    }

    /// The extension schema with this URN, letter case ignored.
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        let mut schemas = self.extensions.iter().map(|e| &e.schema);
        schemas.find(|s| s.id.eq_ignore_ascii_case(urn))
    }
}

/// All resource types of a gateway.
#[derive(Debug, Clone)]
pub struct SchemaSet {
    /// In the order they are listed.
    pub types: Vec<ResourceType>,
}

impl SchemaSet {
    /// Users with the enterprise extension, and groups.
    ///
    /// # Errors
    /// When a schema is not well-formed; the built-in ones are, as a test shows.
    pub fn core() -> Result<Self, serde_json::Error> {
        let common = read(include_str!("core/common.json"))?.attributes;
        let enterprise = Extension { schema: read(include_str!("core/enterprise.json"))?, required: false };
        let users = ResourceType {
            kind: ResourceKind::User,
            name: "User".into(),
            endpoint: "Users".into(),
            description: "User accounts".into(),
            schema: read(include_str!("core/user.json"))?,
            extensions: vec![enterprise],
            common: common.clone(),
        };
        let groups = ResourceType {
            kind: ResourceKind::Group,
            name: "Group".into(),
            endpoint: "Groups".into(),
            description: "Groups of users".into(),
            schema: read(include_str!("core/group.json"))?,
            extensions: Vec::new(),
            common,
        };
        Ok(Self { types: vec![users, groups] })
    }

    /// The resource type at this endpoint; `/users` is taken for `/Users`, as the Microsoft collection asks.
    pub fn at_endpoint(&self, endpoint: &str) -> Option<&ResourceType> {
        self.types.iter().find(|t| t.endpoint.eq_ignore_ascii_case(endpoint))
    }

    /// The resource type of this kind.
    pub fn of_kind(&self, kind: ResourceKind) -> Option<&ResourceType> {
        self.types.iter().find(|t| t.kind == kind)
    }

    /// Every schema, each once.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.types.iter().flat_map(|t| std::iter::once(&t.schema).chain(t.extensions.iter().map(|e| &e.schema)))
    }
}

fn read(text: &str) -> Result<Schema, serde_json::Error> {
    serde_json::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_schemas_are_well_formed() {
        let set = SchemaSet::core().unwrap();
        let urns: Vec<_> = set.schemas().map(|s| s.id.as_str()).collect();
        assert_eq!(
            urns,
            [super::super::USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", super::super::GROUP,]
        );
        assert!(set.at_endpoint("users").unwrap().attribute("USERNAME").is_some());
    }
}

//! The schemas of a gateway: the built-in ones, and what a configuration adds to them (RFC 7643 sections 4, 6 and 8).

use std::rc::Rc;

use super::attribute::Attribute;
use super::resource_type::{Extension, Names, ResourceKind, ResourceType, Schema, SchemaSet};
use crate::message::{reads, typed};

/// A resource type as a configuration declares it, in the words of RFC 7643 section 6.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "camelCase", deny_unknown_fields))]
pub struct TypeDeclaration {
    /// `Role`; `User` and `Group` extend the built-in types.
    pub name: String,
    /// `/Roles`
    pub endpoint: Option<String>,
    /// The URN of its schema.
    pub schema: Option<String>,
    /// For people.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub description: String,
    /// What may be added to it.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub schema_extensions: Vec<ExtensionDeclaration>,
}

reads!(TypeDeclaration {
    name,
    endpoint,
    schema,
    description or String::new(),
    schema_extensions as "schemaExtensions" or Vec::new(),
});

/// One of `schemaExtensions`.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ExtensionDeclaration {
    /// Its URN.
    pub schema: String,
    /// Whether every resource must have it.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub required: bool,
}

reads!(ExtensionDeclaration { schema, required or false });

impl SchemaSet {
    /// Users with the enterprise extension, and groups.
    ///
    /// # Errors
    /// When a built-in schema is not well-formed; they are, as a test shows.
    pub fn core() -> Result<Self, String> {
        Self::build(&[], &[])
    }

    /// The built-in types with what a configuration adds. A schema with the URN of a built-in one adds its attributes
    /// to that.
    ///
    /// # Errors
    /// What is wrong with a declaration.
    pub fn build(schemas: &[Schema], types: &[TypeDeclaration]) -> Result<Self, String> {
        let built_in = built_in()?;
        let mut set = Self { types: built_in };
        schemas.iter().try_for_each(check_schema)?;
        schemas.iter().for_each(|schema| set.amend(schema));
        for declared in types {
            set.declare(declared, schemas)?;
        }
        Ok(set)
    }

    fn amend(&mut self, with: &Schema) {
        for of in &mut self.types {
            let known = std::iter::once(&mut of.schema).chain(of.extensions.iter_mut().map(|e| &mut e.schema));
            for schema in known.filter(|s| s.id.eq_ignore_ascii_case(&with.id)) {
                let named = |a: &Attribute| with.attributes.iter().any(|w| w.name.eq_ignore_ascii_case(&a.name));
                schema.attributes.retain(|a| !named(a));
                schema.attributes.extend(with.attributes.iter().cloned());
            }
        }
    }

    fn declare(&mut self, declared: &TypeDeclaration, schemas: &[Schema]) -> Result<(), String> {
        let extensions =
            declared.schema_extensions.iter().map(|e| self.extension(e, schemas)).collect::<Result<Vec<_>, _>>()?;
        if let Some(known) = self.types.iter_mut().find(|t| t.name == declared.name) {
            known.extensions.extend(extensions);
            return Ok(());
        }
        let added = self.custom(declared, schemas, extensions)?;
        self.types.push(added);
        Ok(())
    }

    fn extension(&self, declared: &ExtensionDeclaration, schemas: &[Schema]) -> Result<Extension, String> {
        let schema = find(schemas, &declared.schema).or_else(|| self.schemas().find(|s| s.id == declared.schema));
        let schema = schema.ok_or_else(|| format!("`{}` is not among the schemas", declared.schema))?.clone();
        Ok(Extension { schema, required: declared.required })
    }

    fn custom(
        &self,
        declared: &TypeDeclaration,
        schemas: &[Schema],
        extensions: Vec<Extension>,
    ) -> Result<ResourceType, String> {
        let endpoint = declared.endpoint.as_deref().unwrap_or_default().trim_start_matches('/');
        let fit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if endpoint.is_empty()
            || !endpoint.chars().all(fit)
            || RESERVED.iter().any(|r| r.eq_ignore_ascii_case(endpoint))
        {
            return Err(format!("`{}` needs an endpoint of its own such as `/Roles`", declared.name));
        }
        if self.at_endpoint(endpoint).is_some() {
            return Err(format!("the endpoint `/{endpoint}` belongs to another type"));
        }
        let urn = declared.schema.as_deref().unwrap_or_default();
        let schema = find(schemas, urn).ok_or_else(|| format!("`{urn}` is not among the schemas"))?.clone();
        let names = Names {
            noun: declared.name.to_lowercase(),
            collection: endpoint.to_lowercase(),
            endpoint: endpoint.to_owned(),
        };
        let common = self.types.first().map(|t| t.common.clone()).unwrap_or_default();
        Ok(ResourceType {
            kind: ResourceKind::Other(Rc::new(names)),
            name: declared.name.clone(),
            endpoint: endpoint.to_owned(),
            description: declared.description.clone(),
            schema,
            extensions,
            common,
        })
    }
}

/// Endpoints that SCIM and the service's contract give another meaning.
const RESERVED: [&str; 7] =
    ["ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk", "Me", "events", "directories"];

fn find<'s>(schemas: &'s [Schema], urn: &str) -> Option<&'s Schema> {
    schemas.iter().find(|s| s.id.eq_ignore_ascii_case(urn))
}

/// RFC 7643 section 7: a schema has a URN, its attributes have names, and nothing complex stands inside complex.
fn check_schema(schema: &Schema) -> Result<(), String> {
    if !schema.id.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("urn:")) {
        return Err(format!("`{}` is not a URN", schema.id));
    }
    for attribute in &schema.attributes {
        check_attribute(attribute).map_err(|reason| format!("`{}` of `{}` {reason}", attribute.name, schema.id))?;
        let nested = attribute.sub_attributes.iter().find(|sub| !sub.sub_attributes.is_empty());
        if let Some(sub) = nested {
            return Err(format!("`{}.{}` of `{}` is complex inside complex", attribute.name, sub.name, schema.id));
        }
        attribute.sub_attributes.iter().try_for_each(check_attribute)?;
    }
    Ok(())
}

fn check_attribute(attribute: &Attribute) -> Result<(), String> {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$');
    let starts = attribute.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$');
    if !starts || !attribute.name.chars().all(fit) {
        return Err("is not an attribute name".to_owned());
    }
    let complex = attribute.kind == super::Kind::Complex;
    if complex == attribute.sub_attributes.is_empty() {
        return Err("must have subAttributes if, and only if, its type is complex".to_owned());
    }
    Ok(())
}

fn built_in() -> Result<Vec<ResourceType>, String> {
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
    Ok(vec![users, groups])
}

fn read(text: &str) -> Result<Schema, String> {
    let value = usher_json::read_any(text.as_bytes()).ok_or("a built-in schema is no JSON")?;
    typed(&value).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_built_in_schemas_are_well_formed() {
        let set = SchemaSet::core().unwrap();
        let urns: Vec<_> = set.schemas().map(|s| s.id.as_str()).collect();
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        assert_eq!(urns, [crate::schema::USER, enterprise, crate::schema::GROUP]);
        set.schemas().for_each(|s| check_schema(s).unwrap());
        assert!(set.at_endpoint("users").unwrap().attribute("USERNAME").is_some());
    }

    #[test]
    fn a_configuration_adds_attributes_extensions_and_types() {
        let schemas: Vec<Schema> = typed(&json!([
            {"id": crate::schema::USER, "attributes": [{"name": "badge", "type": "integer"}]},
            {"id": "urn:x:acme:2.0:User", "attributes": [{"name": "shoe"}]},
            {"id": "urn:okta:scim:schemas:core:1.0:Role", "name": "Role", "attributes": [{"name": "displayName", "required": true}]},
        ])).unwrap();
        let types: Vec<TypeDeclaration> = typed(&json!([
            {"name": "User", "schemaExtensions": [{"schema": "urn:x:acme:2.0:User"}]},
            {"name": "Role", "endpoint": "/Roles", "schema": "urn:okta:scim:schemas:core:1.0:Role"},
        ]))
        .unwrap();
        let set = SchemaSet::build(&schemas, &types).unwrap();
        let users = set.of_kind(&ResourceKind::User).unwrap();
        assert!(users.attribute("badge").is_some() && users.extension("urn:x:acme:2.0:User").is_some());
        assert_eq!(set.at_endpoint("Roles").unwrap().kind.noun(), "role");
    }

    #[test]
    fn a_declaration_that_makes_no_sense_is_refused() {
        let declared = |json| typed::<Vec<TypeDeclaration>>(&json).unwrap();
        let reason = |types| SchemaSet::build(&[], &declared(types)).unwrap_err();
        assert!(reason(json!([{"name": "Role", "schema": "urn:x"}])).contains("needs an endpoint"));
        assert!(
            reason(json!([{"name": "Role", "endpoint": "/Users", "schema": "urn:x"}])).contains("belongs to another")
        );
        assert!(
            reason(json!([{"name": "Role", "endpoint": "/Roles", "schema": "urn:x"}]))
                .contains("not among the schemas")
        );
    }
}

//! The resource types that are tried: the built-in ones, and one that has every data type.

use serde_json::{Value, json};
use usher_gateway::message::typed;
use usher_gateway::schema::{Attribute, ResourceType, SchemaSet};

/// A resource type that a failing case shows by its name.
#[derive(Clone)]
pub(crate) struct Of(ResourceType);

impl std::ops::Deref for Of {
    type Target = ResourceType;

    fn deref(&self) -> &ResourceType {
        &self.0
    }
}

impl std::fmt::Debug for Of {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// User with the enterprise extension, Group, and Device.
pub(crate) fn types() -> Vec<Of> {
    let schemas = [typed(&device()).unwrap(), typed(&warranty()).unwrap()];
    let declared = json!({
        "name": "Device", "endpoint": "/Devices", "schema": DEVICE, "schemaExtensions": [{"schema": WARRANTY}]
    });
    SchemaSet::build(&schemas, &[typed(&declared).unwrap()]).unwrap().types.into_iter().map(Of).collect()
}

/// The type for users.
pub(crate) fn user() -> Of {
    types().swap_remove(0)
}

/// An attribute and, for one of an extension, the URN its value stands beneath.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) urn: Option<String>,
    pub(crate) attribute: Attribute,
}

/// Every attribute of a type, whoever may write it.
pub(crate) fn attributes(of: &ResourceType) -> Vec<Named> {
    let plain = of.schema.attributes.iter().chain(&of.common).map(|a| Named { urn: None, attribute: a.clone() });
    let extended = of.extensions.iter().flat_map(|e| {
        let urn = &e.schema.id;
        e.schema.attributes.iter().map(move |a| Named { urn: Some(urn.clone()), attribute: a.clone() })
    });
    plain.chain(extended).collect()
}

/// Those that a client may write and that say something about the resource.
pub(crate) fn writable(of: &ResourceType) -> Vec<Named> {
    attributes(of).into_iter().filter(|n| !n.attribute.is_read_only() && n.attribute.name != "schemas").collect()
}

const DEVICE: &str = "urn:example:params:scim:schemas:1.5:Device";
const WARRANTY: &str = "urn:example:params:scim:schemas:extension:warranty:1.0:Device";

fn device() -> Value {
    json!({"id": DEVICE, "attributes": [
        {"name": "label", "required": true},
        {"name": "serial", "mutability": "immutable", "caseExact": true},
        {"name": "weight", "type": "decimal"},
        {"name": "slots", "type": "integer"},
        {"name": "bought", "type": "dateTime"},
        {"name": "image", "type": "binary"},
        {"name": "page", "type": "reference"},
        {"name": "tags", "multiValued": true},
        {"name": "sizes", "type": "integer", "multiValued": true},
        {"name": "seen", "type": "dateTime", "multiValued": true},
        {"name": "parts", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "code", "mutability": "immutable"},
            {"name": "count", "type": "integer"},
            {"name": "made", "type": "dateTime"},
            {"name": "spare", "type": "boolean"}]}]})
}

fn warranty() -> Value {
    json!({"id": WARRANTY, "attributes": [
        {"name": "until", "type": "dateTime"},
        {"name": "papers", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "value"}, {"name": "type"}, {"name": "primary", "type": "boolean"}]},
        {"name": "owner", "type": "complex", "subAttributes": [
            {"name": "value"}, {"name": "$ref", "type": "reference"}, {"name": "since", "type": "dateTime"}]}]})
}

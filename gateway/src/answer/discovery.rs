//! What this gateway can do, in SCIM's own documents (RFC 7643 sections 5 to 7, RFC 7644 section 4).

use serde_json::{Map, Value, json};

use crate::config::{Credential, Proof};
use crate::limits::Limits;
use crate::message::{object_of, written};
use crate::schema::{Attribute, Extension, ResourceType, Schema};

const SERVICE_PROVIDER_CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// `/ServiceProviderConfig`: every field is true.
pub fn service_provider_config(
    url: &str,
    limits: &Limits,
    credentials: &[Credential],
    changes_password: bool,
) -> Value {
    // As text: a tree that is put together in code is six kilobytes of it.
    let (operations, bytes, most) = (limits.bulk_operations, limits.body_bytes, limits.page_size);
    let schemes = written(&authentication_schemes(credentials).into());
    let location = written(&format!("{url}/ServiceProviderConfig").into());
    let text = format!(
        r#"{{
            "schemas": ["{SERVICE_PROVIDER_CONFIG}"],
            "patch": {{"supported": true}},
            "bulk": {{"supported": true, "maxOperations": {operations}, "maxPayloadSize": {bytes}}},
            "filter": {{"supported": true, "maxResults": {most}}},
            "changePassword": {{"supported": {changes_password}}},
            "sort": {{"supported": true}},
            "etag": {{"supported": true}},
            "pagination": {{
                "cursor": true,
                "index": true,
                "defaultPaginationMethod": "index",
                "defaultPageSize": {most},
                "maxPageSize": {most}
            }},
            "authenticationSchemes": {schemes},
            "meta": {{"resourceType": "ServiceProviderConfig", "location": {location}}}
        }}"#
    );
    usher_json::read_any(text.as_bytes()).unwrap_or_default()
}

/// The methods of a directory, each once; the first is the one to use.
fn authentication_schemes(credentials: &[Credential]) -> Vec<Value> {
    let mut schemes: Vec<Value> = Vec::new();
    for credential in credentials {
        let (kind, name, description, uri) = match &credential.proof {
            Proof::Basic(..) | Proof::Chosen(..) => {
                ("httpbasic", "Basic", "A user name and a password".to_owned(), "rfc7617")
            }
            Proof::Header(header, _) if header != "authorization" => {
                ("oauthbearertoken", "Header token", format!("A token in the header {header}"), "rfc6750")
            }
            Proof::Bearer(_) | Proof::Header(..) | Proof::Jwt(_) => {
                ("oauthbearertoken", "Bearer token", "A token in the Authorization header".to_owned(), "rfc6750")
            }
        };
        if schemes.iter().all(|known| known["description"] != description) {
            let uri = format!("https://www.rfc-editor.org/rfc/{uri}");
            let primary = schemes.is_empty();
            let parts: [(_, Value); 5] = [
                ("type", kind.into()),
                ("name", name.into()),
                ("description", description.into()),
                ("specUri", uri.into()),
                ("primary", primary.into()),
            ];
            schemes.push(object_of(parts).into());
        }
    }
    schemes
}

/// `securityEvents` of that document (RFC 9967), where events are delivered as Security Event Tokens.
pub fn security_events() -> Value {
    let names = ["create:full", "patch:full", "delete", "activate", "deactivate"];
    let uris = names.map(|name| format!("urn:ietf:params:scim:event:prov:{name}"));
    json!({"asyncRequest": "none", "eventUris": uris})
}

/// One of `/ResourceTypes`.
pub fn resource_type(url: &str, of: &ResourceType) -> Map<String, Value> {
    let extension = |e: &Extension| {
        object_of([("schema", Value::from(e.schema.id.as_str())), ("required", e.required.into())]).into()
    };
    object_of([
        ("schemas", vec![RESOURCE_TYPE].into()),
        ("id", of.name.as_str().into()),
        ("name", of.name.as_str().into()),
        ("endpoint", format!("/{}", of.endpoint).into()),
        ("description", of.description.as_str().into()),
        ("schema", of.schema.id.as_str().into()),
        ("schemaExtensions", of.extensions.iter().map(extension).collect::<Vec<Value>>().into()),
        ("meta", meta("ResourceType", format!("{url}/ResourceTypes/{}", of.name))),
    ])
}

fn meta(of: &str, location: String) -> Value {
    object_of([("resourceType", Value::from(of)), ("location", location.into())]).into()
}

/// All of `/ResourceTypes`.
pub fn resource_types(url: &str, types: &[ResourceType]) -> Vec<Map<String, Value>> {
    types.iter().map(|t| resource_type(url, t)).collect()
}

/// One of `/Schemas`.
pub fn schema(url: &str, of: &Schema) -> Map<String, Value> {
    object_of([
        ("schemas", vec![SCHEMA].into()),
        ("id", of.id.as_str().into()),
        ("name", of.name.as_str().into()),
        ("description", of.description.as_str().into()),
        ("attributes", attributes(&of.attributes)),
        ("meta", meta("Schema", format!("{url}/Schemas/{}", of.id))),
    ])
}

/// As in RFC 7643 section 7; lists that are empty are not shown.
fn attributes(all: &[Attribute]) -> Value {
    all.iter().map(|of| Value::from(attribute(of))).collect()
}

fn attribute(of: &Attribute) -> Map<String, Value> {
    let mut shown = object_of([
        ("name", of.name.as_str().into()),
        ("type", of.kind.word().into()),
        ("multiValued", of.multi_valued.into()),
        ("description", of.description.as_str().into()),
        ("required", of.required.into()),
        ("caseExact", of.case_exact.into()),
        ("mutability", of.mutability.word().into()),
        ("returned", of.returned.word().into()),
        ("uniqueness", of.uniqueness.word().into()),
        ("canonicalValues", of.canonical_values.as_slice().into()),
        ("referenceTypes", of.reference_types.as_slice().into()),
        ("subAttributes", attributes(&of.sub_attributes)),
    ]);
    shown.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    shown
}

/// All of `/Schemas`.
pub fn schemas<'s>(url: &str, all: impl Iterator<Item = &'s Schema>) -> Vec<Map<String, Value>> {
    all.map(|s| schema(url, s)).collect()
}

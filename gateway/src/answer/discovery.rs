//! What this gateway can do, in SCIM's own documents (RFC 7643 sections 5 to 7, RFC 7644 section 4).

use serde_json::{Map, Value, json};

use crate::config::{Credential, Proof};
use crate::limits::Limits;
use crate::schema::{ResourceType, Schema};

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
    json!({
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "patch": {"supported": true},
        "bulk": {"supported": true, "maxOperations": limits.bulk_operations, "maxPayloadSize": limits.body_bytes},
        "filter": {"supported": true, "maxResults": limits.page_size},
        "changePassword": {"supported": changes_password},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": limits.page_size,
            "maxPageSize": limits.page_size
        },
        "authenticationSchemes": authentication_schemes(credentials),
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{url}/ServiceProviderConfig")}
    })
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
            schemes.push(
                json!({"type": kind, "name": name, "description": description, "specUri": uri, "primary": primary}),
            );
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
    let extensions = of.extensions.iter().map(|e| json!({"schema": e.schema.id, "required": e.required}));
    object(json!({
        "schemas": [RESOURCE_TYPE],
        "id": of.name,
        "name": of.name,
        "endpoint": format!("/{}", of.endpoint),
        "description": of.description,
        "schema": of.schema.id,
        "schemaExtensions": extensions.collect::<Vec<_>>(),
        "meta": {"resourceType": "ResourceType", "location": format!("{url}/ResourceTypes/{}", of.name)}
    }))
}

/// All of `/ResourceTypes`.
pub fn resource_types(url: &str, types: &[ResourceType]) -> Vec<Map<String, Value>> {
    types.iter().map(|t| resource_type(url, t)).collect()
}

/// One of `/Schemas`.
pub fn schema(url: &str, of: &Schema) -> Map<String, Value> {
    let mut shown = object(serde_json::to_value(of).unwrap_or_default());
    shown.insert("schemas".into(), json!([SCHEMA]));
    shown.insert("meta".into(), json!({"resourceType": "Schema", "location": format!("{url}/Schemas/{}", of.id)}));
    shown
}

/// All of `/Schemas`.
pub fn schemas<'s>(url: &str, all: impl Iterator<Item = &'s Schema>) -> Vec<Map<String, Value>> {
    all.map(|s| schema(url, s)).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

//! What this gateway can do, in the documents of 1.1 (Core Schema 1.1 sections 9 and 10).

use serde_json::{Map, Value, json};

use super::urn::{CORE, ENTERPRISE_2, old_schema};
use crate::message::object_of;
use crate::schema::{Attribute, Kind, ResourceType};

/// `/ServiceProviderConfigs`, from the document of 2.0, so that the two cannot disagree.
pub(crate) fn service_provider_config(document: Value) -> Map<String, Value> {
    const SAME: [&str; 6] = ["patch", "bulk", "filter", "changePassword", "sort", "etag"];
    let mut config = object_of(SAME.into_iter().filter_map(|name| Some((name, document.get(name)?.clone()))));
    let schemes = document.get("authenticationSchemes").and_then(Value::as_array).into_iter().flatten();
    config.insert("authenticationSchemes".into(), schemes.cloned().map(with_urls).collect());
    config.insert("xmlDataFormat".into(), json!({"supported": false}));
    config.insert("schemas".into(), json!([CORE]));
    config
}

/// 1.1 says `specUrl` where 2.0 says `specUri`.
fn with_urls(mut scheme: Value) -> Value {
    if let Some(parts) = scheme.as_object_mut() {
        for (new, old) in [("specUri", "specUrl"), ("documentationUri", "documentationUrl")] {
            let value = parts.remove(new);
            parts.extend(value.map(|value| (old.to_owned(), value)));
        }
    }
    scheme
}

/// One of `/Schemas`: all attributes of a resource, each with the URN of the schema it comes from.
pub(crate) fn schema(of: &ResourceType) -> Map<String, Value> {
    let core = old_schema(&of.schema.id);
    let common = of.common.iter().filter(|a| a.name != "schemas");
    let mut attributes: Vec<Value> =
        common.chain(&of.schema.attributes).map(|a| attribute(a, core, &of.schema.id)).collect();
    for extension in of.extensions.iter().map(|e| &e.schema) {
        let urn = old_schema(&extension.id);
        attributes.extend(extension.attributes.iter().map(|a| attribute(a, urn, &extension.id)));
    }
    let id = format!("{core}:{}", of.name);
    object_of([
        ("id", if core == CORE { id.into() } else { core.into() }),
        ("name", of.name.as_str().into()),
        ("description", of.description.as_str().into()),
        ("schema", core.into()),
        ("endpoint", format!("/{}", of.endpoint).into()),
        ("attributes", attributes.into()),
    ])
}

fn attribute(of: &Attribute, urn: &str, schema: &str) -> Value {
    let mut shown = characteristics(of, &of.name);
    shown.insert("schema".into(), urn.into());
    if of.multi_valued {
        shown.insert("multiValuedAttributeChildName".into(), one_of(&of.name).into());
    }
    let is_manager = schema == ENTERPRISE_2 && of.name == "manager";
    let subs = of.sub_attributes.iter().filter(|sub| !(of.name == "meta" && sub.name == "resourceType"));
    let subs: Vec<Value> = subs
        .map(|sub| if is_manager && sub.name == "value" { ("managerId", sub) } else { (sub.name.as_str(), sub) })
        .map(|(name, sub)| characteristics(sub, name).into())
        .collect();
    if !subs.is_empty() {
        shown.insert("subAttributes".into(), subs.into());
    }
    shown.into()
}

fn characteristics(of: &Attribute, name: &str) -> Map<String, Value> {
    // 1.1 has no references.
    let kind = if of.kind == Kind::Reference { Kind::String } else { of.kind };
    let mut shown = object_of([
        ("name", name.into()),
        ("type", kind.word().into()),
        ("multiValued", of.multi_valued.into()),
        ("description", of.description.as_str().into()),
        ("readOnly", of.is_read_only().into()),
        ("required", of.required.into()),
        ("caseExact", of.case_exact.into()),
    ]);
    if !of.canonical_values.is_empty() {
        shown.insert("canonicalValues".into(), of.canonical_values.as_slice().into());
    }
    shown
}

/// `email` of `emails`, `address` of `addresses`.
fn one_of(name: &str) -> &str {
    let ending = if name.ends_with("sses") { "es" } else { "s" };
    name.strip_suffix(ending).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::urn::ENTERPRISE;
    use super::*;
    use crate::limits::Limits;
    use crate::schema::{ResourceKind, SchemaSet};

    #[test]
    fn the_configuration_is_that_of_2_0() {
        let document = crate::answer::service_provider_config("https://x", &Limits::default(), &[], true);
        let config = service_provider_config(document.clone());
        assert_eq!((&config["bulk"], &config["xmlDataFormat"]), (&document["bulk"], &json!({"supported": false})));
        assert_eq!(config["authenticationSchemes"][0]["specUrl"], document["authenticationSchemes"][0]["specUri"]);
        assert!(config.get("pagination").is_none() && config.get("meta").is_none());
    }

    #[test]
    fn a_schema_has_the_attributes_of_all_of_the_resource() {
        let set = SchemaSet::core().unwrap();
        let shown = Value::from(schema(set.of_kind(&ResourceKind::User).unwrap()));
        assert_eq!((&shown["id"], &shown["endpoint"]), (&json!("urn:scim:schemas:core:1.0:User"), &json!("/Users")));
        let attribute = |name: &str| {
            let attributes = shown["attributes"].as_array().unwrap();
            attributes.iter().find(|a| a["name"] == name).unwrap().clone()
        };
        assert_eq!((&attribute("id")["readOnly"], &attribute("id")["schema"]), (&json!(true), &json!(CORE)));
        assert_eq!(attribute("addresses")["multiValuedAttributeChildName"], "address");
        let manager = attribute("manager");
        assert_eq!(
            (&manager["schema"], &manager["subAttributes"][0]["name"]),
            (&json!(ENTERPRISE), &json!("managerId"))
        );
        assert!(!attribute("meta")["subAttributes"].to_string().contains("resourceType"));
        assert!(!shown.to_string().contains("\"reference\""));
    }
}

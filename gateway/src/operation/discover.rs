//! The discovery endpoints (RFC 7644 section 4): read-only, not filtered, not paged.

use serde_json::{Map, Value};

use super::session::Session;
use crate::answer;
use crate::config::Format;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::Answer;
use crate::legacy::{self, Version};
use crate::request::{Endpoint, Method};
use crate::schema::ResourceKind;

pub(super) fn discover(session: &Session<'_>, method: Method, endpoint: Endpoint) -> Result<Answer, ScimError> {
    if method != Method::Get {
        return Err(ScimError::new(ErrorKind::MethodNotAllowed("GET"), "discovery documents can only be read"));
    }
    if session.query.get("filter").is_some() {
        return Err(ScimError::new(ErrorKind::Forbidden, "discovery documents cannot be filtered"));
    }
    if session.directory.version == Version::V1 {
        return in_1_1(session, endpoint);
    }
    let (url, schemas) = (&session.url, session.advertised());
    match endpoint {
        Endpoint::ResourceTypes(None) => Ok(list(&answer::resource_types(url, &schemas.types))),
        Endpoint::ResourceTypes(Some(name)) => {
            let found = schemas.types.iter().find(|t| t.name.eq_ignore_ascii_case(&name));
            found.map(|t| one(answer::resource_type(url, t))).ok_or_else(|| unknown("resource type"))
        }
        Endpoint::Schemas(None) => Ok(list(&answer::schemas(url, schemas.schemas()))),
        Endpoint::Schemas(Some(urn)) => {
            let found = schemas.schemas().find(|s| s.id.eq_ignore_ascii_case(&urn));
            found.map(|s| one(answer::schema(url, s))).ok_or_else(|| unknown("schema"))
        }
        _ => {
            let mut config = provider_config(session);
            let tokens = matches!(session.directory.events.format, Format::SecurityEvents { .. });
            if let Some(config) = config.as_object_mut().filter(|_| tokens) {
                config.insert("securityEvents".into(), answer::security_events());
            }
            Ok(Answer::json(200, usher_json::write(&config)))
        }
    }
}

/// SCIM 1.1 has a schema for each resource, named by its endpoint, and no resource types.
fn in_1_1(session: &Session<'_>, endpoint: Endpoint) -> Result<Answer, ScimError> {
    let types = session.advertised();
    match endpoint {
        Endpoint::ServiceProviderConfig => {
            let config = provider_config(session);
            Ok(one(legacy::service_provider_config(config)))
        }
        Endpoint::Schemas(None) => Ok(list(&types.types.iter().map(legacy::schema).collect::<Vec<_>>())),
        Endpoint::Schemas(Some(name)) => {
            types.at_endpoint(&name).map(|of| one(legacy::schema(of))).ok_or_else(|| unknown("schema"))
        }
        _ => Err(super::no_endpoint()),
    }
}

fn provider_config(session: &Session<'_>) -> Value {
    // A service with its own shape may keep no passwords.
    let users = session.advertised().of_kind(&ResourceKind::User);
    let changes_password = users.is_some_and(|users| users.attribute("password").is_some());
    answer::service_provider_config(&session.url, session.limits(), &session.directory.credentials, changes_password)
}

fn one(document: Map<String, Value>) -> Answer {
    Answer::json(200, usher_json::write_object(&document))
}

fn list(documents: &[Map<String, Value>]) -> Answer {
    let resources: Vec<Vec<u8>> = documents.iter().map(usher_json::write_object).collect();
    let page = answer::ListPage { total: Some(resources.len()), start: Some(1), next: None, resources: &resources };
    Answer::json(200, answer::list_response(&page))
}

fn unknown(what: &str) -> ScimError {
    ScimError::new(ErrorKind::NotFound, format!("there is no such {what}"))
}

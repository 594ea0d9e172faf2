//! Settings that may be incomplete into a gateway that opens for the translation.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::Settings;
use crate::config::{Config, ConfigError};
use crate::gateway::Gateway;
use crate::limits::Limits;
use crate::message::{object_of, read};

/// What the translation opens its directory with. There is no way around authentication, and no secret in this.
pub(super) const TOKEN: &str = "translate-without-a-proxy";
const TOKEN_SHA256: &str = "d136159b3b0323c5326e09adb97e3e5ad371f04fd635dc45751db9d0f0c27142";

const DIRECTORY: &str = "acme";

pub(super) struct Prepared {
    pub(super) gateway: Rc<Gateway>,
    /// The id of the directory that is spoken to.
    pub(super) directory: String,
}

pub(super) fn prepare(settings: &Settings<'_>) -> Result<Prepared, ConfigError> {
    let mut whole = object(settings.text)?;
    complete(&mut whole, settings.directory);
    let directory = open(&mut whole, settings.directory)?;
    let text = serde_json::to_vec(&whole).unwrap_or_default();
    let config = Config::parse(&text, settings.environment)?;
    if config.directories.get(&directory).is_some_and(|found| found.mapping.is_some()) {
        let reason = "a translation has no service with a shape of its own; leave `mapping` out to see the events";
        return Err(ConfigError::new("mapping", reason));
    }
    Ok(Prepared { gateway: Rc::new(Gateway::of(config)), directory })
}

fn object(text: &str) -> Result<Map<String, Value>, ConfigError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match read(text.as_bytes(), &Limits::WRITTEN) {
        Ok(Value::Object(whole)) => Ok(whole),
        Ok(_) => Err(ConfigError::new("", "expected a JSON object")),
        Err(error) => Err(ConfigError::new("", error.to_string())),
    }
}

/// What a proxy needs and a translation does not.
fn complete(whole: &mut Map<String, Value>, directory: Option<&str>) {
    let service = whole.entry("user_service").or_insert_with(|| json!({}));
    if let Value::Object(service) = service {
        service.entry("cluster").or_insert_with(|| "user-service".into());
    }
    let directories = whole.entry("directories").or_insert_with(|| json!([]));
    if let Value::Array(directories) = directories
        && directories.is_empty()
    {
        directories.push(Value::Object(object_of([("id", directory.unwrap_or(DIRECTORY).into())])));
    }
}

/// Gives the directory that is spoken to the credential of the translation, in place of its own. What is no list, or
/// no object, is left as it is: the configuration's own check names it.
fn open(whole: &mut Map<String, Value>, wanted: Option<&str>) -> Result<String, ConfigError> {
    let directories = whole.get_mut("directories").and_then(Value::as_array_mut).into_iter().flatten();
    let mut objects = directories.filter_map(Value::as_object_mut);
    let found = objects.find(|directory| wanted.is_none_or(|id| directory.get("id").is_some_and(|known| known == id)));
    let Some(found) = found else {
        let Some(id) = wanted else { return Ok(DIRECTORY.to_owned()) };
        return Err(ConfigError::new("directories", format!("there is none with the id `{id}`")));
    };
    found.insert("credentials".into(), json!([{"bearer": {"sha256": TOKEN_SHA256}}]));
    Ok(found.get("id").and_then(Value::as_str).unwrap_or_default().to_owned())
}

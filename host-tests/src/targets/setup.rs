//! What a conversation is played with: a directory, and the sample's configuration with the conversation's own wishes.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::conversation::{Conversation, ServiceKind};
use crate::stack::{Directory, cached_configuration, lay_over, repository};

#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub directory: Directory,
    pub configuration: Value,
    /// In a proxy that has seen nothing yet.
    pub fresh_proxy: bool,
    pub service: ServiceKind,
}

impl Setup {
    pub fn of(conversation: &Conversation) -> Result<Setup> {
        let directory = Directory::named(&conversation.directory)?;
        let mut configuration = cached_configuration()?;
        if let (Some(file), Some(whole)) = (&conversation.configuration, configuration.as_object_mut()) {
            lay_over(whole, &read(file)?);
        }
        lay_over(find(&mut configuration, directory.id)?, &conversation.config);
        let whole = configuration.as_object_mut().context("the sample's configuration is no object")?;
        lay_over(whole, &conversation.gateway_config);
        Ok(Setup { directory, configuration, fresh_proxy: conversation.fresh_proxy, service: conversation.service })
    }

    /// The sample, with the record cache on.
    pub fn sample(directory: Directory) -> Result<Setup> {
        let configuration = cached_configuration()?;
        Ok(Setup { directory, configuration, fresh_proxy: false, service: ServiceKind::Reference })
    }
}

/// A configuration, or a part of one, in a file of the repository.
fn read(file: &str) -> Result<Map<String, Value>> {
    let file = repository().join(file);
    let text = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no object", file.display()))
}

fn find<'c>(configuration: &'c mut Value, id: &str) -> Result<&'c mut Map<String, Value>> {
    let directories = configuration["directories"].as_array_mut().context("the sample has no directories")?;
    let found = directories.iter_mut().find(|directory| directory["id"] == id).and_then(Value::as_object_mut);
    found.with_context(|| format!("the sample has no directory `{id}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_conversation_changes_its_own_directory_and_what_belongs_to_all() {
        let conversation = json!({"provider": "x", "title": "t", "directory": "globex", "steps": [],
                                  "config": {"strict": true, "provider": null},
                                  "gateway_config": {"user_service": {"atomic_bulk": true}}});
        let setup = Setup::of(&serde_json::from_value(conversation).unwrap()).unwrap();
        let [acme, globex] = [0, 1].map(|place| &setup.configuration["directories"][place]);
        assert_eq!((&globex["strict"], globex.get("provider")), (&json!(true), None));
        assert_eq!((acme.get("strict"), &acme["provider"]), (None, &json!("okta")));
        assert_eq!(setup.directory.id, "globex");
        let service = &setup.configuration["user_service"];
        assert_eq!((&service["atomic_bulk"], &service["cluster"]), (&json!(true), &json!("user-service")));
    }
}

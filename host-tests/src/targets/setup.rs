//! What a conversation is played with: a directory, and the sample's configuration with the conversation's own wishes.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::conversation::Conversation;
use crate::stack::{Directory, plugin_configuration};

#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub directory: Directory,
    pub configuration: Value,
}

impl Setup {
    pub fn of(conversation: &Conversation) -> Result<Setup> {
        let directory = Directory::named(&conversation.directory)?;
        let mut configuration = plugin_configuration()?;
        merge(find(&mut configuration, directory.id)?, &conversation.config);
        Ok(Setup { directory, configuration })
    }

    /// The sample as it is.
    pub fn sample(directory: Directory) -> Result<Setup> {
        Ok(Setup { directory, configuration: plugin_configuration()? })
    }
}

fn find<'c>(configuration: &'c mut Value, id: &str) -> Result<&'c mut Map<String, Value>> {
    let directories = configuration["directories"].as_array_mut().context("the sample has no directories")?;
    let found = directories.iter_mut().find(|directory| directory["id"] == id).and_then(Value::as_object_mut);
    found.with_context(|| format!("the sample has no directory `{id}`"))
}

/// Objects are merged; everything else takes the place of what was there, and null removes it.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(into)), Value::Object(from)) => merge(into, from),
            (_, Value::Null) => drop(into.remove(key)),
            _ => drop(into.insert(key.clone(), value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_conversation_changes_its_own_directory_only() {
        let conversation = json!({"provider": "x", "title": "t", "directory": "globex", "steps": [],
                                  "config": {"strict": true, "provider": null}});
        let setup = Setup::of(&serde_json::from_value(conversation).unwrap()).unwrap();
        let [acme, globex] = [0, 1].map(|place| &setup.configuration["directories"][place]);
        assert_eq!((&globex["strict"], globex.get("provider")), (&json!(true), None));
        assert_eq!((acme.get("strict"), &acme["provider"]), (None, &json!("okta")));
        assert_eq!(setup.directory.id, "globex");
    }

    #[test]
    fn objects_are_merged_and_the_rest_is_replaced() {
        let mut into = json!({"a": {"b": 1, "c": [1, 2]}}).as_object().unwrap().clone();
        merge(&mut into, json!({"a": {"c": [3]}, "d": 4}).as_object().unwrap());
        assert_eq!(Value::from(into), json!({"a": {"b": 1, "c": [3]}, "d": 4}));
    }
}

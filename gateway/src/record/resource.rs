//! A SCIM resource and its text. The event, the answer, the version and what is kept of a record all hold the same text,
//! so it is written once, for as long as nothing in the resource changes.

use std::cell::OnceCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use serde_json::{Map, Value};
use usher_json::{Object, Text};

/// Attributes by name. Whoever may change them makes the text be forgotten.
#[derive(Debug, Clone)]
pub struct Resource {
    attributes: Map<String, Value>,
    text: OnceCell<Rc<Text>>,
}

impl Resource {
    /// The text, which is canonical: attributes are in the order of their names.
    pub fn text(&self) -> &Rc<Text> {
        self.text.get_or_init(|| Rc::new(Text::of(&self.attributes)))
    }

    /// The attributes alone.
    pub fn into_attributes(self) -> Map<String, Value> {
        self.attributes
    }

    /// Write it as a field, perhaps without one of its attributes.
    pub(super) fn put(&self, object: &mut Object<'_>, field: &str, unwanted: &str) {
        let text = self.text();
        if !self.attributes.contains_key(unwanted) {
            return object.json(field, text.whole());
        }
        let mut within = Object::new(object.field(field));
        let wanted = self.attributes.keys().zip(text.entries()).filter(|(name, _)| *name != unwanted);
        wanted.for_each(|(_, entry)| within.entry(entry));
        within.end();
    }
}

impl From<Map<String, Value>> for Resource {
    fn from(attributes: Map<String, Value>) -> Self {
        Self { attributes, text: OnceCell::new() }
    }
}

impl Deref for Resource {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        &self.attributes
    }
}

impl DerefMut for Resource {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        self.text.take();
        &mut self.attributes
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.attributes == other.attributes
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(resource: &Resource, unwanted: &str) -> String {
        let mut out = Vec::new();
        let mut object = Object::new(&mut out);
        resource.put(&mut object, "raw", unwanted);
        object.end();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_changes_is_written_anew() {
        let Value::Object(map) = json!({"a": 1, "members": []}) else { panic!() };
        let mut resource = Resource::from(map);
        assert_eq!(written(&resource, ""), r#"{"raw":{"a":1,"members":[]}}"#);
        resource.insert("b".into(), 2.into());
        assert_eq!(written(&resource, ""), r#"{"raw":{"a":1,"b":2,"members":[]}}"#);
        if let Some(value) = resource.get_mut("a") {
            *value = Value::Null;
        }
        assert_eq!(written(&resource, "members"), r#"{"raw":{"a":null,"b":2}}"#);
        resource.clear();
        assert_eq!(written(&resource, "members"), r#"{"raw":{}}"#);
    }
}

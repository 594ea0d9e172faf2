//! A SCIM resource and its text. The event, the answer, the version and what is kept of a record all hold the same text,
//! so it is written once, for as long as nothing in the resource changes.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use serde_json::{Map, Value};
use usher_json::{Entry, Object, Reader, Text};

use crate::message::object_of;

/// Attributes by name, or their text. Whoever may change them makes the text be forgotten.
#[derive(Debug, Clone)]
pub struct Resource(Content);

/// What there was first, and what was made of it.
#[derive(Debug, Clone)]
enum Content {
    Values(Map<String, Value>, OnceCell<Rc<Text>>),
    Text(Rc<Text>, OnceCell<Map<String, Value>>),
}

impl Resource {
    /// Read one, as text where it is in canonical form: to be shown and forgotten, it need not be more.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut ahead = reader.clone();
        ahead.peek()?;
        let Some(text) = ahead.canonical() else { return Self::read_values(reader) };
        *reader = ahead;
        Some(Self(Content::Text(Rc::new(text), OnceCell::new())))
    }

    /// Read one as values: to be changed, it must be.
    pub fn read_values(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.value()? {
            Value::Object(values) => Some(values.into()),
            _ => None,
        }
    }

    /// The text, which is canonical: attributes are in the order of their names.
    pub fn text(&self) -> &Rc<Text> {
        match &self.0 {
            Content::Values(values, text) => text.get_or_init(|| Rc::new(Text::of(values))),
            Content::Text(text, _) => text,
        }
    }

    /// Whether it has these attributes, with these values and no others; but for some at which nobody looks, and some that
    /// may stand here alone. Where it was read as text, values are made of nothing.
    pub fn is(&self, wanted: &Map<String, Value>, unseen: &[&str], more: &[&str]) -> bool {
        let (mut found, mut text) = (0, Vec::with_capacity(256));
        let mut is = |name: &str, equals: &mut dyn FnMut(&Value) -> bool| match wanted.get(name) {
            _ if unseen.contains(&name) => true,
            Some(value) => {
                found += 1;
                equals(value)
            }
            None => more.contains(&name),
        };
        let all = match &self.0 {
            Content::Values(values, _) => values.iter().all(|(name, there)| is(name, &mut |value| value == there)),
            Content::Text(whole, _) => whole.entries().all(|entry| {
                is(&entry.name, &mut |value| {
                    text.clear();
                    usher_json::append(&mut text, value);
                    text == entry.value.as_bytes()
                })
            }),
        };
        all && found == wanted.keys().filter(|name| !unseen.contains(&name.as_str())).count()
    }

    /// These attributes at least.
    pub fn partly(&self, wanted: &dyn Fn(&str) -> bool) -> Cow<'_, Map<String, Value>> {
        match &self.0 {
            Content::Text(text, values) if values.get().is_none() => {
                let entries = text.entries().filter(|entry| wanted(&entry.name));
                let read = |e: Entry<'_>| Some((e.name.into_owned(), usher_json::read_any(e.value.as_bytes())?));
                Cow::Owned(object_of(entries.filter_map(read)))
            }
            _ => Cow::Borrowed(self),
        }
    }

    /// The attributes, if anybody has looked at one.
    pub fn into_values(self) -> Option<Map<String, Value>> {
        match self.0 {
            Content::Values(values, _) => Some(values),
            Content::Text(_, values) => values.into_inner(),
        }
    }

    /// Give it this id, if it has another one.
    pub(super) fn call(&mut self, id: &str) {
        let is_there = match &self.0 {
            Content::Values(values, _) => values.get("id").is_some_and(|there| there == id),
            Content::Text(text, _) => {
                let quoted = usher_json::write_text(id);
                text.entries().any(|entry| entry.name == "id" && entry.value.as_bytes() == quoted)
            }
        };
        if !is_there {
            self.insert("id".into(), id.into());
        }
    }

    /// Write it as a field, perhaps without one of its attributes.
    pub(super) fn put(&self, object: &mut Object<'_>, field: &str, unwanted: &str) {
        let text = self.text();
        if unwanted.is_empty() {
            return object.json(field, text.whole().as_bytes());
        }
        let mut within = Object::new(object.field(field));
        let wanted = text.entries().filter(|entry| entry.name != unwanted);
        wanted.for_each(|entry| within.entry(entry.whole.as_bytes()));
        within.end();
    }
}

fn values_of(text: &Text) -> Map<String, Value> {
    match usher_json::read_any(text.whole().as_bytes()) {
        Some(Value::Object(values)) => values,
        // There is no text of anything else.
        _ => Map::new(),
    }
}

impl From<Map<String, Value>> for Resource {
    fn from(values: Map<String, Value>) -> Self {
        Self(Content::Values(values, OnceCell::new()))
    }
}

impl Deref for Resource {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        match &self.0 {
            Content::Values(values, _) => values,
            Content::Text(text, values) => values.get_or_init(|| values_of(text)),
        }
    }
}

impl DerefMut for Resource {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        loop {
            match self.0 {
                Content::Values(ref mut values, ref mut text) => {
                    text.take();
                    return values;
                }
                Content::Text(ref text, ref mut values) => {
                    let values = values.take().unwrap_or_else(|| values_of(text));
                    self.0 = Content::Values(values, OnceCell::new());
                }
            }
        }
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Content::Text(one, _), Content::Text(other, _)) => one == other,
            _ => **self == **other,
        }
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

    fn read(text: &str) -> Resource {
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        let resource = Resource::read(&mut reader).unwrap();
        reader.end().unwrap();
        resource
    }

    #[test]
    fn what_is_read_as_text_is_what_is_read_as_values() {
        let values = |text: &str| Resource::read_values(&mut Reader::new(text.as_bytes()).unwrap()).unwrap();
        for (text, stays) in [(r#"{"a":{"b":[1]},"id":"1"}"#, true), (r#" { "id": "1", "a": {"b": [1.50]} }"#, false)] {
            let mut resource = read(text);
            assert_eq!(matches!(resource.0, Content::Text(..)), stays);
            assert_eq!(
                (written(&resource, ""), written(&resource, "a")),
                (written(&values(text), ""), written(&values(text), "a"))
            );
            resource.call("1");
            assert_eq!(matches!(resource.0, Content::Text(..)), stays);
            let is_a = |name: &str| name == "a";
            assert_eq!(resource.partly(&is_a).get("a"), values(text).get("a"));
            assert_eq!(resource, values(text));
            assert_eq!(resource.partly(&is_a).len(), 2, "known is known");
            resource.call("2\"");
            assert_eq!(written(&resource, "a"), r#"{"raw":{"id":"2\""}}"#);
        }
        assert_eq!(Resource::read(&mut Reader::new(b"[1]").unwrap()), None);
    }

    #[test]
    fn what_is_there_is_told_from_text_as_from_values() {
        let Value::Object(wanted) = json!({"a": {"b": [1, "\""]}, "id": "2", "n": null}) else { panic!() };
        for (there, same) in [
            (r#"{"a":{"b":[1,"\""]},"n":null}"#, true),
            (r#"{"a":{"b":[1,"\""]},"id":"1","n":null}"#, true),
            (r#"{"a":{"b":[1,"\""]},"active":true,"n":null}"#, true),
            (r#"{"a":{"b":[1,"\""]}}"#, false),
            (r#"{"a":{"b":[1,"\""]},"n":0}"#, false),
            (r#"{"a":{"b":[1]},"n":null}"#, false),
            (r#"{"a":{"b":[1,"\""]},"m":1,"n":null}"#, false),
            ("{}", false),
        ] {
            let text = read(there);
            assert!(matches!(text.0, Content::Text(..)));
            let values = Resource::from((*text).clone());
            for resource in [text, values] {
                assert_eq!(resource.is(&wanted, &["id"], &["active"]), same, "{there}");
            }
        }
    }

    #[test]
    fn what_changes_is_written_anew() {
        for resource in [read(r#"{"a":1,"members":[]}"#), read(r#"{"a": 1, "members": []}"#)] {
            changed(resource);
        }
    }

    fn changed(mut resource: Resource) {
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

//! JSON pointers (RFC 6901) to fields of the service's JSON.

use serde_json::{Map, Value};

/// A place in a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    text: String,
    steps: Vec<String>,
}

impl Pointer {
    /// Read `/profile/first`; `""` is the whole document.
    ///
    /// # Errors
    /// What a pointer must look like.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let wrong = "expected a JSON pointer such as `/profile/first`";
        let steps = match text.strip_prefix('/') {
            Some(rest) => rest.split('/').map(step).collect::<Option<_>>().ok_or(wrong)?,
            None if text.is_empty() => Vec::new(),
            None => return Err(wrong),
        };
        Ok(Self { text: text.to_owned(), steps })
    }

    /// Read a pointer to a field that will be written too: not the whole record, and not a place in a list, since a
    /// record that is yet to be made has no list to find it in.
    ///
    /// # Errors
    /// What a field must look like.
    pub fn field(text: &str) -> Result<Self, &'static str> {
        let pointer = Self::parse(text)?;
        let in_list = |step: &String| step == "-" || step.bytes().all(|b| b.is_ascii_digit());
        match pointer.steps.iter().any(in_list) || pointer.steps.is_empty() {
            true => Err("expected a JSON pointer to a field such as `/profile/first`, none into a list"),
            false => Ok(pointer),
        }
    }

    /// The first step: the name of a field at the top.
    pub fn top(&self) -> &str {
        self.steps.first().map_or("", String::as_str)
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether one is the other, or inside it.
    pub fn touches(&self, other: &Self) -> bool {
        self.steps.iter().zip(&other.steps).all(|(a, b)| a == b)
    }

    /// What is there; null is nothing.
    pub fn get<'j>(&self, json: &'j Value) -> Option<&'j Value> {
        json.pointer(&self.text).filter(|value| !value.is_null())
    }

    /// Whether it is a place in a list that has none.
    pub fn is_in_empty_list(&self, json: &Value) -> bool {
        let list = self.text.rsplit_once('/').and_then(|(outside, _)| json.pointer(outside));
        list.and_then(Value::as_array).is_some_and(Vec::is_empty)
    }

    /// What is there in an object.
    pub fn get_in<'j>(&self, object: &'j Map<String, Value>) -> Option<&'j Value> {
        let (first, rest) = self.steps.split_first()?;
        let found = rest.iter().try_fold(object.get(first)?, |value, step| value.get(step));
        found.filter(|value| !value.is_null())
    }

    /// Take away what is there.
    pub fn remove(&self, object: &mut Map<String, Value>) {
        let Some((last, steps)) = self.steps.split_last() else { return };
        let mut inner = Some(object);
        for step in steps {
            inner = inner.and_then(|object| object.get_mut(step)).and_then(Value::as_object_mut);
        }
        inner.map(|object| object.remove(last));
    }

    /// Put a value there, in objects that are made where there are none.
    pub fn set(&self, object: &mut Map<String, Value>, value: Value) {
        set(object, &self.steps, value);
    }
}

fn step(text: &str) -> Option<String> {
    let escapes = text.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    escapes.then(|| text.replace("~1", "/").replace("~0", "~"))
}

fn set(object: &mut Map<String, Value>, steps: &[String], value: Value) {
    match steps {
        [] => {}
        [last] => drop(object.insert(last.clone(), value)),
        [step, rest @ ..] => {
            let inner = object.entry(step.clone()).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_set_is_found() {
        let pointer = Pointer::field("/a~1b/c~0d").unwrap();
        let mut object = Map::new();
        object.insert("a/b".into(), json!(1));
        pointer.set(&mut object, json!(7));
        assert_eq!(Value::Object(object.clone()), json!({"a/b": {"c~d": 7}}));
        assert_eq!(pointer.get(&Value::Object(object)), Some(&json!(7)));
    }

    #[test]
    fn what_is_no_field_is_refused() {
        for text in ["a", "", "/a/0", "/a/-", "/~2"] {
            assert!(Pointer::field(text).is_err(), "{text}");
        }
        assert!(Pointer::parse("/0").is_ok() && Pointer::parse("").is_ok());
    }

    #[test]
    fn fields_touch_when_one_is_in_the_other() {
        let touch = |a: &str, b: &str| Pointer::field(a).unwrap().touches(&Pointer::field(b).unwrap());
        assert!(touch("/a", "/a/b") && touch("/a/b", "/a") && touch("/a", "/a"));
        assert!(!touch("/a", "/ab") && !touch("/a/b", "/a/c"));
    }
}

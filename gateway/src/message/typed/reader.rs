//! Where in a value one is, and the first thing that is wrong there.

use serde_json::Value;

use super::Typed;
use crate::error::{ErrorKind, ScimError};

/// On its way through a value.
#[derive(Debug, Default)]
pub struct Reader<'v> {
    at: Vec<Step<'v>>,
    wrong: Option<ScimError>,
}

#[derive(Debug)]
enum Step<'v> {
    Name(&'v str),
    Item(usize),
}

impl<'v> Reader<'v> {
    /// What was wrong first.
    pub(super) fn end(self) -> Option<ScimError> {
        self.wrong
    }

    /// Something is wrong here.
    pub(crate) fn wrong(&mut self, reason: String) {
        if self.wrong.is_some() {
            return;
        }
        let mut error = ScimError::new(ErrorKind::InvalidValue, reason);
        for step in self.at.iter().rev() {
            error = match step {
                Step::Name(name) => error.under(name),
                Step::Item(i) => error.under(&format!("[{i}]")),
            };
        }
        self.wrong = Some(error);
    }

    /// The value is of another kind.
    pub(crate) fn unfit(&mut self, found: &Value, expected: &str) {
        self.wrong(format!("invalid type: {}, expected {expected}", noun(found)));
    }

    /// One of the items of a list.
    pub(super) fn item<T: Typed>(&mut self, i: usize, value: &'v Value) -> T {
        self.at.push(Step::Item(i));
        let read = T::read(value, self);
        self.at.pop();
        read
    }

    /// One of the members of an object.
    pub(super) fn member<T: Typed>(&mut self, name: &'v str, value: &'v Value) -> T {
        self.at.push(Step::Name(name));
        let read = T::read(value, self);
        self.at.pop();
        read
    }

    /// A number without a fraction, from 0 on.
    pub(super) fn number(&mut self, value: &Value, most: u64, expected: &str) -> u64 {
        let number = value.as_u64().filter(|number| *number <= most);
        if number.is_none() {
            let what = if value.is_i64() || value.is_u64() { "value" } else { "type" };
            self.wrong(format!("invalid {what}: {}, expected {expected}", noun(value)));
        }
        number.unwrap_or_default()
    }

    /// Which of these words it is; the first one when it is none.
    pub(crate) fn word(&mut self, value: &Value, words: &[&'static str]) -> usize {
        let found = words.iter().position(|word| value == word);
        if found.is_none() {
            match value {
                Value::String(word) => self.unknown("variant", word, words),
                _ => self.unfit(value, &one_of(words)),
            }
        }
        found.unwrap_or_default()
    }

    /// `"name"`, or `{"name": value}`, with a name that is among these; the first one when it is not. A name alone has
    /// null as its value.
    pub(crate) fn variant<T>(
        &mut self,
        value: &'v Value,
        names: &[&'static str],
        read: impl FnOnce(&'static str, &'v Value, &mut Self) -> T,
    ) -> T {
        let mut members = value.as_object().into_iter().flatten();
        let (name, inner) = match (value, members.next(), members.next()) {
            (Value::String(name), ..) => (name.as_str(), &Value::Null),
            (_, Some((name, inner)), None) => (name.as_str(), inner),
            _ => {
                self.unfit(value, &one_of(names));
                ("", &Value::Null)
            }
        };
        let known = names.iter().find(|known| **known == name);
        if known.is_none() {
            match value {
                Value::Object(_) => self.unknown_at("variant", name, names),
                _ => self.unknown("variant", name, names),
            }
        }
        let known = known.or(names.first()).copied().unwrap_or_default();
        self.at.push(Step::Name(known));
        let read = read(known, inner, self);
        self.at.pop();
        read
    }

    /// A variant that has no value.
    pub(crate) fn nothing<T>(&mut self, value: &Value, variant: T) -> T {
        if !value.is_null() {
            self.unfit(value, "null");
        }
        variant
    }

    /// A name that nothing has.
    pub(super) fn unknown(&mut self, what: &str, name: &str, known: &[&str]) {
        self.wrong(format!("unknown {what} `{name}`, expected {}", one_of(known)));
    }

    /// The same of the name of a member.
    pub(super) fn unknown_at(&mut self, what: &str, name: &'v str, known: &[&str]) {
        self.at.push(Step::Name(name));
        self.unknown(what, name, known);
        self.at.pop();
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [one] => format!("`{one}`"),
        [one, other] => format!("`{one}` or `{other}`"),
        all => format!("one of `{}`", all.join("`, `")),
    }
}

/// Printing a fraction takes more code than reading a configuration.
fn noun(found: &Value) -> String {
    match found {
        Value::Null => "null".into(),
        Value::Bool(flag) => format!("boolean `{flag}`"),
        Value::Number(number) if number.is_f64() => "a fraction".into(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => format!("integer `{number}`"),
            None => format!("integer `{}`", number.as_u64().unwrap_or_default()),
        },
        Value::String(text) => format!("string {text:?}"),
        Value::Array(_) => "sequence".into(),
        Value::Object(_) => "map".into(),
    }
}

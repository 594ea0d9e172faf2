//! Text that is written as this crate writes it: then nothing has to be read to be written again.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::text::Reader;
use super::write::{put_entries, special};

/// The text of an object, with each of its entries to be found in it: written once and put into whatever holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    whole: String,
    /// Behind each entry.
    ends: Vec<usize>,
}

/// One entry of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'t> {
    /// Its name.
    pub name: Cow<'t, str>,
    /// The text of its value.
    pub value: &'t str,
    /// `"name":value`
    pub whole: &'t str,
}

impl Text {
    /// Write an object.
    pub fn of(object: &Map<String, Value>) -> Self {
        let (mut bytes, mut ends) = (Vec::with_capacity(1024), Vec::with_capacity(object.len()));
        put_entries(&mut bytes, object.iter(), |at| ends.push(at));
        // What is written is text.
        Self { whole: String::from_utf8(bytes).unwrap_or_default(), ends }
    }

    /// All of it.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// Each entry, in the order of the names.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut begin = 1;
        self.ends.iter().filter_map(move |end| {
            let entry = self.whole.get(begin..*end)?;
            begin = end + 1;
            Entry::of(entry)
        })
    }
}

impl<'t> Entry<'t> {
    fn of(whole: &'t str) -> Option<Self> {
        let mut reader = Reader::within(whole, 0);
        let name = reader.text()?;
        Some(Self { name, value: whole.get(reader.at + 1..)?, whole })
    }
}

impl Reader<'_> {
    /// An object that is in canonical form, as its text; nothing where it is not, or where that is hard to tell: it may
    /// have fractions.
    pub fn canonical(&mut self) -> Option<Text> {
        let (from, mut ends) = (self.at, Vec::with_capacity(16));
        self.steady_object(&mut |at| ends.push(at - from))?;
        Some(Text { whole: self.text.get(from..self.at)?.to_owned(), ends })
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Step over this, and see what it was.
    fn step(&mut self) -> Option<u8> {
        let byte = self.byte()?;
        self.at += 1;
        Some(byte)
    }

    fn steady(&mut self) -> Option<()> {
        match self.byte()? {
            b'"' => self.steady_text().map(drop),
            b'{' => self.steady_object(&mut |_| {}),
            b'[' => self.steady_list(b'[', b']', &mut Self::steady),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.steady_number(),
        }
    }

    fn steady_object(&mut self, wrote: &mut dyn FnMut(usize)) -> Option<()> {
        let mut last = None;
        self.steady_list(b'{', b'}', &mut |reader| {
            let name = reader.steady_text()?;
            // Escapes have an order of their own.
            let in_order = last.is_none_or(|last| last < name) && !name.contains('\\');
            (in_order && reader.step()? == b':').then_some(())?;
            reader.steady()?;
            wrote(reader.at);
            last = Some(name);
            Some(())
        })
    }

    fn steady_list(&mut self, open: u8, close: u8, each: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        (self.step()? == open).then_some(())?;
        if self.byte()? == close {
            self.at += 1;
            return Some(());
        }
        self.depth = self.depth.checked_sub(1)?;
        loop {
            each(self)?;
            match self.step()? {
                b',' => {}
                byte if byte == close => break,
                _ => return None,
            }
        }
        self.depth += 1;
        Some(())
    }
}

impl<'t> Reader<'t> {
    /// What stands between the quotes.
    fn steady_text(&mut self) -> Option<&'t str> {
        (self.step()? == b'"').then_some(())?;
        let (bytes, from) = (self.text.as_bytes(), self.at);
        let mut at = from;
        loop {
            at += special(bytes.get(at..)?)?;
            match (bytes.get(at)?, bytes.get(at + 1)) {
                (b'"', _) => break,
                (b'\\', Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't')) => at += 2,
                _ => return None,
            }
        }
        self.at = at + 1;
        self.text.get(from..at)
    }

    /// A whole number of a usual size.
    fn steady_number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let size = rest.bytes().take_while(|b| matches!(b, b'-' | b'0'..=b'9')).count();
        let number = rest.get(..size)?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let plain = (1..18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        (plain && (number == "0" || !digits.starts_with('0'))).then(|| self.at += size)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Object, read_any, write_object};

    fn canonical(text: &str) -> Option<Text> {
        let mut reader = Reader::new(text.as_bytes())?;
        let found = reader.canonical()?;
        reader.end().map(|()| found)
    }

    /// Whether it is found to be canonical; what is, must be.
    fn checked(text: &str) -> bool {
        let Some(found) = canonical(text) else { return false };
        let Some(Value::Object(object)) = read_any(text.as_bytes()) else { panic!("{text}") };
        assert_eq!(found, Text::of(&object), "{text}");
        true
    }

    #[test]
    fn a_text_is_what_is_written_and_its_entries_make_it_again() {
        for value in [json!({}), json!({"a": [1, {"b": ","}], "\",": "}", "z": null}), json!({"": {}, "a:\"": -0.5})] {
            let object = value.as_object().unwrap();
            let text = Text::of(object);
            assert_eq!(text.whole().as_bytes(), write_object(object));
            assert!(text.entries().map(|entry| entry.name.into_owned()).eq(object.keys().cloned()));
            assert!(text.entries().map(|entry| read_any(entry.value.as_bytes()).unwrap()).eq(object.values().cloned()));
            let mut again = Vec::new();
            let mut entries = Object::new(&mut again);
            text.entries().for_each(|entry| entries.entry(entry.whole.as_bytes()));
            entries.end();
            assert_eq!(again, text.whole().as_bytes());
        }
    }

    #[test]
    fn what_is_written_here_is_canonical() {
        let odd: String = (0x20..0x180).filter_map(char::from_u32).collect();
        for value in [
            json!({}),
            json!({"a": [], "b": {}, "c": [1, -2, 0, 12345678901234567_i64], "d": [null, true, false, [{}]]}),
            json!({"": "", "a": odd, "é": "\n\r\t\u{8}\u{c}\\", "😀": {"a": 1, "b": {"c": [[]]}}}),
        ] {
            assert!(checked(&value.to_string()), "{value}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_not() {
        for text in [
            "",
            "1",
            "[]",
            "\"a\"",
            "{",
            "{}}",
            " {}",
            "{ }",
            "{\"a\" :1}",
            "{\"a\": 1}",
            "{\"a\":1 }",
            "{\"a\":1,}",
            "{\"b\":1,\"a\":2}",
            "{\"a\":1,\"a\":1}",
            "{\"a\":{\"b\":1,\"a\":2}}",
            "{\"a\":[1, 2]}",
            "{\"a\":[1,]}",
            "{\"a\":01}",
            "{\"a\":-0}",
            "{\"a\":+1}",
            "{\"a\":-}",
            "{\"a\":1-1}",
            "{\"a\":1.0}",
            "{\"a\":1e3}",
            "{\"a\":\"\\/\"}",
            "{\"a\":\"\\u0061\"}",
            "{\"a\":\"\u{1}\"}",
            "{\"\\n\":1}",
            "{\"a\":nul}",
            "{\"a\":}",
            "{\"a\":\"\\\"}",
            "{a:1}",
        ] {
            assert!(!checked(text), "{text}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        assert!(!checked(&deep));
    }

    #[test]
    fn a_text_changed_at_any_place_is_canonical_or_not_taken() {
        let text = r#"{"":{},"active":true,"emails":[{"primary":false,"value":"a\"b"},{}],"n":[-12,0,7],"é":null}"#;
        assert!(checked(text));
        for at in 0..text.len() {
            for with in ["", "\"", "\\", "{", "}", "]", ",", ":", "0", "-", "\u{1}", "é", " ", "a"] {
                for until in [at, at + 1, at + 2, text.len()] {
                    let (Some(head), Some(tail)) = (text.get(..at), text.get(until..)) else { continue };
                    checked(&[head, with, tail].concat());
                }
            }
        }
    }
}

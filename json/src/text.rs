//! Text that is looked through and stays text: what is not needed as a value never becomes one.
//!
//! Everything that is passed over is checked to be JSON. `None` says that something is not, or not what was asked for;
//! why, the reader of values can tell.

use std::borrow::Cow;

use serde_json::Value;

use crate::quick;
use crate::read::unbounded;
use crate::write::special;

/// As deep as serde_json goes.
pub(crate) const DEPTH: usize = 127;

/// A place in a document.
#[derive(Debug, Clone)]
pub struct Reader<'t> {
    pub(crate) text: &'t str,
    pub(crate) at: usize,
    pub(crate) depth: usize,
}

impl<'t> Reader<'t> {
    /// At the beginning.
    pub fn new(text: &'t [u8]) -> Option<Self> {
        str::from_utf8(text).ok().map(|text| Self::within(text, DEPTH))
    }

    /// At the beginning, and going down no further than this.
    pub(crate) fn within(text: &'t str, depth: usize) -> Self {
        Self { text, at: 0, depth }
    }

    /// An object: each name, and the reader before its value, which must be read.
    pub fn object(&mut self, mut each: impl FnMut(&str, &mut Self) -> Option<()>) -> Option<()> {
        self.list(b'{', b'}', &mut |reader| {
            let name = reader.text()?;
            reader.take(b':')?;
            each(&name, reader)
        })
    }

    /// An array: the reader before each element, which must be read.
    pub fn array(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.list(b'[', b']', &mut each)
    }

    /// A string.
    pub fn text(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        let (bytes, from) = (self.text.as_bytes(), self.at);
        let end = from + special(bytes.get(from..)?)?;
        if bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return self.text.get(from..end).map(Cow::Borrowed);
        }
        self.at = from - 1;
        self.string()?;
        serde_json::from_str(self.text.get(from - 1..self.at)?).ok().map(Cow::Owned)
    }

    /// Any value. Whose it is, is trusted: only its depth is bounded.
    pub fn value(&mut self) -> Option<Value> {
        quick::value(self)
    }

    /// Any value, as its text.
    pub fn skip(&mut self) -> Option<&'t str> {
        self.with_text(Self::pass).map(|(text, ())| text)
    }

    /// What this reads, and its text.
    pub fn with_text<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<(&'t str, T)> {
        let from = self.next()?;
        let value = read(self)?;
        Some((self.text.get(from..self.at)?, value))
    }

    /// There is nothing more.
    pub fn end(mut self) -> Option<()> {
        self.next().is_none().then_some(())
    }

    /// What kind of value comes next, by its first byte.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Where the next thing begins.
    fn next(&mut self) -> Option<usize> {
        self.peek().map(|_| self.at)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn list(&mut self, open: u8, close: u8, each: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(open)?;
        self.depth = self.depth.checked_sub(1)?;
        let mut closed = self.take(close).is_some();
        while !closed {
            each(self)?;
            closed = match self.peek()? {
                b',' => false,
                byte if byte == close => true,
                _ => return None,
            };
            self.at += 1;
        }
        self.depth += 1;
        Some(())
    }

    fn pass(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.text_is_fit(),
            b'{' => self.list(b'{', b'}', &mut |reader| {
                reader.next()?;
                reader.text_is_fit()?;
                reader.take(b':')?;
                reader.pass()
            }),
            b'[' => self.list(b'[', b']', &mut Self::pass),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    pub(crate) fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    /// A string whose escapes mean something.
    fn text_is_fit(&mut self) -> Option<()> {
        let from = self.at;
        if self.string()? {
            return Some(());
        }
        serde_json::from_str::<String>(self.text.get(from..self.at)?).ok().map(drop)
    }

    /// A string, from quote to quote; whether it has no escape.
    fn string(&mut self) -> Option<bool> {
        self.take(b'"')?;
        let (bytes, mut at, mut plain) = (self.text.as_bytes(), self.at, true);
        loop {
            at += special(bytes.get(at..)?)?;
            match bytes.get(at)? {
                b'"' => {
                    self.at = at + 1;
                    return Some(plain);
                }
                b'\\' => {
                    plain = false;
                    at += 2;
                }
                _ => return None,
            }
        }
    }

    /// `-12.5e+3`: to be taken back, it must be one for the reader of values as well.
    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let size = rest.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let number = rest.get(..size)?;
        let first = matches!(number.as_bytes(), [b'0'] | [b'1'..=b'9', ..]);
        if !(first && size < 16 && number.bytes().all(|b| b.is_ascii_digit())) {
            unbounded(number, false)?;
        }
        self.at += size;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_any;

    /// The whole text, if it is JSON.
    fn passed(text: &[u8]) -> Option<&str> {
        let mut reader = Reader::new(text)?;
        let value = reader.skip()?;
        reader.end().map(|()| value)
    }

    #[test]
    fn takes_what_the_reader_of_values_takes() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        let (fits, too_deep) = (deep(127), deep(128));
        let texts = [
            "",
            " ",
            "null",
            "nul",
            "nulll",
            " true\n",
            "false,",
            "0",
            "-0",
            "01",
            "1.5",
            "1.",
            ".5",
            "-",
            "1e5",
            "1e",
            "1e+05",
            "1e999",
            "12345678901234567890123",
            "+1",
            "0x1",
            "\"\"",
            "\"a",
            "\"a\nb\"",
            "\"\\n\"",
            "\"\\q\"",
            "\"\\u00e9\"",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\\u12\"",
            "\"\\",
            "\"\\\"",
            "\"\\\\\"",
            "\"é\u{1}\"",
            "[]",
            "[ ]",
            "[,]",
            "[1,]",
            "[1 2]",
            "[1,[2,{\"a\":3}]]",
            "]",
            "{}",
            "{ }",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "{\"a\" : 1 , \"b\":[]}",
            "{\"a\":1}}",
            "{\"\\u0061\":{}}",
            "{\"\\q\":1}",
            "1 2",
            "\u{feff}1",
            &fits,
            &too_deep,
        ];
        for text in texts {
            assert_eq!(passed(text.as_bytes()).is_some(), read_any(text.as_bytes()).is_some(), "{text}");
        }
        assert_eq!(passed(b"\"\xff\""), None);
    }

    #[test]
    fn any_text_cut_or_changed_at_any_place_is_taken_or_refused_alike() {
        let text = r#" {"id": "u\u0031", "n": [1, -2.5e3, true, null, {"é": "\"\\"}], "": {}} "#;
        for at in 0..text.len() {
            for with in ["", "\"", "\\", "{", "]", ",", ":", "0", "\u{1}", "é", " "] {
                for until in [at, at + 1, text.len()] {
                    let (Some(head), Some(tail)) = (text.get(..at), text.get(until..)) else { continue };
                    let changed = [head, with, tail].concat();
                    let (ours, theirs) = (passed(changed.as_bytes()), read_any(changed.as_bytes()));
                    assert_eq!(ours.and_then(|text| read_any(text.as_bytes())), theirs, "{changed}");
                }
            }
        }
    }

    #[test]
    fn an_object_is_told_name_by_name() {
        let text = r#"{"a\n": "x\ty", "b" : [ "z", {"c": 1.50} ] , "d":null}"#;
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        let mut found = Vec::new();
        let told = reader.object(|name, reader| {
            match name {
                "a\n" => found.push(reader.text()?.into_owned()),
                "b" => reader.array(|reader| reader.skip().map(|text| found.push(text.to_owned())))?,
                other => found.push(format!("{other}={}", reader.skip()?)),
            }
            Some(())
        });
        assert_eq!((told, reader.end()), (Some(()), Some(())));
        assert_eq!(found, ["x\ty", "\"z\"", r#"{"c": 1.50}"#, "d=null"]);
        assert_eq!(Reader::new(b"[1]").unwrap().object(|_, _| Some(())), None);
        assert_eq!(Reader::new(b"1").unwrap().text(), None);
        assert_eq!(Reader::new(b"[1, 2]").unwrap().array(|_| None), None);
    }
}

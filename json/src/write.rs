//! Values into text, without blanks, in the order of the keys: the same value is the same text everywhere.

use serde_json::{Map, Value};

/// The text of a value.
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    put(&mut out, value);
    out
}

/// The text of a value, behind what is there.
pub fn append(out: &mut Vec<u8>, value: &Value) {
    put(out, value);
}

/// The text of an object.
pub fn write_object(object: &Map<String, Value>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    put_object(&mut out, object);
    out
}

/// The text of a string, with its quotes.
pub fn write_text(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    put_text(&mut out, text);
    out
}

/// The text of a string, behind what is there.
pub fn append_text(out: &mut Vec<u8>, text: &str) {
    put_text(out, text);
}

/// An object that is written field by field, without being a value first. The names are plain words.
pub struct Object<'o> {
    out: &'o mut Vec<u8>,
    next: u8,
}

impl<'o> Object<'o> {
    /// Begin one.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, next: b'{' }
    }

    /// Go on with one that has fields already.
    pub fn more(out: &'o mut Vec<u8>) -> Self {
        Self { out, next: b',' }
    }

    /// A field that is a string.
    pub fn text(&mut self, name: &str, text: &str) {
        put_text(self.field(name), text);
    }

    /// A field that is any value.
    pub fn value(&mut self, name: &str, value: &Value) {
        put(self.field(name), value);
    }

    /// A field that is an object, perhaps without one of its keys.
    pub fn object_without(&mut self, name: &str, object: &Map<String, Value>, unwanted: &str) {
        put_entries(self.field(name), object.iter().filter(|(key, _)| *key != unwanted), |_| {});
    }

    /// A field of any name.
    pub fn any(&mut self, name: &str, value: &Value) {
        self.entry(b"");
        put_entry(self.out, name, value);
    }

    /// A field that is text already, name and all.
    pub fn entry(&mut self, entry: &[u8]) {
        self.out.push(self.next);
        self.next = b',';
        self.out.extend_from_slice(entry);
    }

    /// A field that is JSON already.
    pub fn json(&mut self, name: &str, json: &[u8]) {
        self.field(name).extend_from_slice(json);
    }

    /// A field whose value is written by somebody else.
    pub fn field(&mut self, name: &str) -> &mut Vec<u8> {
        self.entry(b"\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// There is no more.
    pub fn end(self) {
        if self.next == b'{' {
            self.out.push(b'{');
        }
        self.out.push(b'}');
    }
}

fn put(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => put_number(out, number),
        Value::String(text) => put_text(out, text),
        Value::Array(items) => put_array(out, items),
        Value::Object(object) => put_object(out, object),
    }
}

fn put_number(out: &mut Vec<u8>, number: &serde_json::Number) {
    // A number is always written.
    let _ = serde_json::to_writer(out, number);
}

fn put_array(out: &mut Vec<u8>, items: &[Value]) {
    let mut next = b'[';
    for item in items {
        out.push(next);
        next = b',';
        put(out, item);
    }
    if items.is_empty() {
        out.push(b'[');
    }
    out.push(b']');
}

fn put_object(out: &mut Vec<u8>, object: &Map<String, Value>) {
    put_entries(out, object.iter(), |_| {});
}

/// `wrote` is told where each entry ends.
pub(crate) fn put_entries<'e>(
    out: &mut Vec<u8>,
    entries: impl Iterator<Item = (&'e String, &'e Value)>,
    mut wrote: impl FnMut(usize),
) {
    let mut next = b'{';
    for (name, value) in entries {
        out.push(next);
        next = b',';
        put_entry(out, name, value);
        wrote(out.len());
    }
    if next == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

fn put_entry(out: &mut Vec<u8>, name: &str, value: &Value) {
    put_text(out, name);
    out.push(b':');
    put(out, value);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    // What needs no escape is copied at once.
    while let Some(at) = special(rest) {
        let (plain, marked) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = marked.split_first() else { break };
        put_escape(out, *byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Where the first byte is that needs an escape. Eight at a time: hardly any text has one.
pub(crate) fn special(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks();
    let mut plain = 0;
    for word in words {
        let marks = specials(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(plain + usize::try_from(marks.trailing_zeros() / 8).unwrap_or_default());
        }
        plain += 8;
    }
    let is_special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    rest.iter().position(is_special).map(|at| plain + at)
}

/// A mark in each of eight bytes that is a control character, a quote or a backslash. A borrow can only come from a byte
/// that is one itself, so the first mark is right, and what is marked behind it may be.
fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGH;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    below(word, b' ') | is(b'"') | is(b'\\')
}

fn put_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_is_written_as_serde_json_writes_it() {
        let odd: String = (0..0x180).filter_map(char::from_u32).collect();
        let values = [
            json!({"a": [], "b": {}, "c": [1, -2, 1.5, 1e300, u64::MAX, i64::MIN], "d": [null, true, false, [{}]]}),
            json!({odd.clone(): odd, "": "", "x": "\"\\/\u{7f}\u{2028}\u{10ffff}"}),
            json!("\u{1f}"),
            // Each byte that has to be escaped, and its neighbours, at each place of a word.
            (0..24)
                .flat_map(|at| "\u{1f} !\"#[\\]\u{7f}\u{80}\u{0}".chars().map(move |odd| (at, odd)))
                .map(|(at, odd)| ["a".repeat(at), odd.to_string(), "z".repeat(24 - at)].concat())
                .collect(),
        ];
        for value in values {
            assert_eq!(write(&value), serde_json::to_vec(&value).unwrap());
        }
    }

    #[test]
    fn an_object_is_written_field_by_field() {
        let mut out = Vec::new();
        let mut object = Object::new(&mut out);
        object.text("a", "\"");
        object.object_without("b", json!({"x": 1, "y": 2}).as_object().unwrap(), "x");
        object.json("c", b"[]");
        object.any("\"", &json!(1));
        object.entry(br#""d":2"#);
        object.end();
        Object::new(&mut out).end();
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a":"\"","b":{"y":2},"c":[],"\"":1,"d":2}{}"#);
    }
}

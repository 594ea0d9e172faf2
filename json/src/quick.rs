//! Text into a value, and not a word when it is none: whoever wants to know what is wrong reads it again, with
//! [serde_json]. All bodies are read here, so this is where most of the time for reading goes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::read::{Bounds, unbounded};
use super::text::{DEPTH, Reader};

/// Up to here a name is compared with each of the others, which takes no memory.
const FEW: usize = 16;

/// Read one document of a stranger within these bounds; names of one object differ in more than case.
pub(super) fn of_stranger(text: &str, bounds: Bounds) -> Option<Value> {
    let values = Values { items: bounds.items, keys: bounds.keys, strict: true };
    values.document(Reader::within(text, bounds.depth.min(DEPTH)))
}

/// Read one document of somebody who is trusted; of two equal names the later one counts.
pub(super) fn trusted(text: &str) -> Option<Value> {
    Values { items: usize::MAX, keys: usize::MAX, strict: false }.document(Reader::within(text, DEPTH))
}

/// The same of a part of one.
pub(super) fn value(reader: &mut Reader<'_>) -> Option<Value> {
    Values { items: usize::MAX, keys: usize::MAX, strict: false }.value(reader)
}

/// What may still be read.
struct Values {
    items: usize,
    keys: usize,
    strict: bool,
}

impl Values {
    fn document(mut self, mut reader: Reader<'_>) -> Option<Value> {
        let value = self.value(&mut reader)?;
        reader.end().map(|()| value)
    }

    fn value(&mut self, reader: &mut Reader<'_>) -> Option<Value> {
        match reader.peek()? {
            b'"' => reader.text().map(|text| Value::String(text.into_owned())),
            b'{' => self.object(reader),
            b'[' => self.array(reader),
            _ => self.simple(reader.skip()?),
        }
    }

    /// Whole numbers of a usual size; all others are read by somebody who knows how.
    fn simple(&self, text: &str) -> Option<Value> {
        match text {
            "true" => return Some(Value::Bool(true)),
            "false" => return Some(Value::Bool(false)),
            "null" => return Some(Value::Null),
            _ => {}
        }
        if text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse::<u64>().ok().map(Value::from);
        }
        unbounded(text, self.strict)
    }

    fn charge(&mut self) -> Option<()> {
        self.items = self.items.checked_sub(1)?;
        Some(())
    }

    fn array(&mut self, reader: &mut Reader<'_>) -> Option<Value> {
        let mut items = Vec::new();
        reader.array(|reader| {
            items.push(self.value(reader)?);
            self.charge()
        })?;
        Some(Value::Array(items))
    }

    fn object(&mut self, reader: &mut Reader<'_>) -> Option<Value> {
        let (mut object, mut names) = (Vec::with_capacity(8), Names::default());
        reader.object(|name, reader| {
            self.charge()?;
            let mut another = || names.is_new(object.iter().map(|(name, _)| name), name);
            if self.strict && (object.len() >= self.keys || !another()) {
                return None;
            }
            object.push((name.to_owned(), self.value(reader)?));
            Some(())
        })?;
        // In the order of the names, as they mostly come, it is made faster of all than of each.
        Some(Value::Object(object.into_iter().collect()))
    }
}

/// The names of one object so far.
#[derive(Default)]
pub(super) struct Names {
    /// In lower case, once there are many.
    many: BTreeSet<String>,
}

impl Names {
    /// Whether this is another name than those that are there, of which this is the first time.
    pub(super) fn is_new<'n>(&mut self, mut there: impl ExactSizeIterator<Item = &'n String>, name: &str) -> bool {
        if there.len() < FEW {
            return !there.any(|known| known.eq_ignore_ascii_case(name));
        }
        if self.many.is_empty() {
            self.many.extend(there.map(|known| known.to_ascii_lowercase()));
        }
        self.many.insert(name.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::explained;
    use super::*;

    const BOUNDS: Bounds = Bounds { depth: 6, items: 60, keys: 18 };

    const DOCUMENTS: [&str; 7] = [
        r#" {"schemas":["urn:x"], "Operations" : [{"op":"replace","value":{"active":false}}]} "#,
        r#"[0,-0,1,-1,01,1.5,1e3,1E+3,-1.5e-3,18446744073709551615,18446744073709551616,999999999999999999,1000000000000000000]"#,
        "{\"a\":\"\\n\\u00e9\\ud83d\\ude00\\/\",\"é\\\"\":\"😀 a\\\\\",\"b\":\"\u{7f}\"}",
        r#"[[[[[[1]]]]],{"a":{"b":{"c":{"d":{}}}}},[],{},null,true,false,"",nul]"#,
        r#"{"a":1,"A":2,"b":3,"b":4,"":5}"#,
        r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1,"r":1,"s":1}"#,
        r#"[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"#,
    ];

    fn agree(text: &str) {
        assert_eq!(of_stranger(text, BOUNDS), explained(text, BOUNDS).ok(), "{text}");
        assert_eq!(trusted(text), serde_json::from_str(text).ok(), "{text}");
    }

    /// Documents, and what becomes of them when a few of their bytes are lost, doubled or taken for others.
    #[test]
    fn what_is_read_is_what_serde_json_reads() {
        let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut random = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
        };
        for document in DOCUMENTS {
            agree(document);
            for _ in 0..20_000 {
                let mut text: Vec<char> = document.chars().collect();
                for _ in 0..=random(3) {
                    let at = random(text.len());
                    match random(4) {
                        0 => drop(text.remove(at)),
                        1 => text.insert(at, text[random(text.len())]),
                        2 => text[at] = text[random(text.len())],
                        _ => {
                            text[at] =
                                ['"', '\\', '{', '}', '[', ']', ',', ':', '-', '0', '\u{1}', ' ', 'e'][random(13)]
                        }
                    }
                    text.push(' ');
                }
                agree(&text.into_iter().collect::<String>());
            }
        }
    }

    #[test]
    fn bounds_are_the_same_to_the_last_one() {
        for count in 55..65 {
            agree(&format!("[{}1]", "1,".repeat(count)));
        }
        for count in 15..20 {
            let names: Vec<String> = (0..count).map(|i| format!("\"k{i}\":1")).collect();
            agree(&format!("{{{}}}", names.join(",")));
            agree(&format!("{{{},\"K3\":1}}", names.join(",")));
        }
        for depth in 1..10 {
            agree(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        }
    }
}

//! Text into a value, with every limit charged while reading.
//!
//! Two keys of one object that differ only in case are one name twice, so they are refused: a reader that took the
//! first and a reader that took the last would see two different documents.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Error, Map, Value};

use super::quick::{self, Names};

/// What a document may cost.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Nesting of objects and arrays.
    pub depth: usize,
    /// Keys and elements altogether.
    pub items: usize,
    /// Keys in one object.
    pub keys: usize,
}

/// Read one document within these bounds.
///
/// # Errors
/// What is wrong, with line and column.
pub fn read(text: &[u8], bounds: Bounds) -> Result<Value, Error> {
    let text = str::from_utf8(text).map_err(Error::custom)?;
    quick::of_stranger(text, bounds).map_or_else(|| explained(text, bounds), Ok)
}

/// The same, slowly, and with an explanation where it fails.
pub(super) fn explained(text: &str, bounds: Bounds) -> Result<Value, Error> {
    one(text, bounds, true)
}

/// A document that may cost what it will, slowly. By the same reader: serde_json's own for values would be a second one
/// in the module, for what is hardly ever written.
pub(super) fn unbounded(text: &str, strict: bool) -> Option<Value> {
    one(text, Bounds { depth: usize::MAX, items: usize::MAX, keys: usize::MAX }, strict).ok()
}

fn one(text: &str, bounds: Bounds, strict: bool) -> Result<Value, Error> {
    let budget = Budget { items: Cell::new(bounds.items), keys: bounds.keys, strict };
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Bounded { budget: &budget, depth: bounds.depth }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Read a document of somebody who is trusted.
pub fn read_any(text: &[u8]) -> Option<Value> {
    let text = str::from_utf8(text).ok()?;
    quick::trusted(text).or_else(|| unbounded(text, false))
}

/// A fraction with 15 digits, or 16 where they are exact as well.
///
/// serde_json reads those that follow to the last place but one (to be exact costs 36 KB of tables), so that a record with
/// more of them would differ from itself each time it is written and read. Numbers of a size that nobody means stay as they
/// were read.
pub fn settled(number: f64) -> f64 {
    let size = number.abs();
    if !MEANT.contains(&size) {
        return number;
    }
    let (mut up, mut down) = (1.0, 1.0);
    while size * up * 10.0 < EXACT {
        up *= 10.0;
    }
    while size / down >= EXACT {
        down *= 10.0;
    }
    (number * up / down).round_ties_even() * down / up
}

/// The powers of ten that these need have no error of their own.
const MEANT: std::ops::Range<f64> = 1e-6..1e36;
/// 2^51: an integer below can be divided by a power of ten, multiplied again, and is the same.
const EXACT: f64 = 2_251_799_813_685_248.0;

struct Budget {
    items: Cell<usize>,
    keys: usize,
    /// Names are distinct, and fractions settled.
    strict: bool,
}

impl Budget {
    fn charge<E: serde::de::Error>(&self) -> Result<(), E> {
        let left = self.items.get().checked_sub(1).ok_or_else(|| E::custom("too many keys and elements"))?;
        self.items.set(left);
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Bounded<'b> {
    budget: &'b Budget,
    depth: usize,
}

impl Bounded<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(if self.budget.strict { settled(v) } else { v }.into())
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            self.budget.charge()?;
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        let mut names = Names::default();
        while let Some(key) = access.next_key::<String>()? {
            self.budget.charge()?;
            if map.len() >= self.budget.keys {
                return Err(A::Error::custom("too many keys in one object"));
            }
            if self.budget.strict && !names.is_new(map.keys(), &key) {
                return Err(A::Error::custom(format_args!("the key `{key}` occurs twice (names ignore case)")));
            }
            map.insert(key, access.next_value_seed(inner)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { depth: 4, items: 4, keys: 4 };

    fn once(text: &str) -> Value {
        read(text.as_bytes(), BOUNDS).unwrap()
    }

    #[test]
    fn a_number_stays_what_it_is_when_it_is_written_and_read() {
        let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
        for _ in 0..200_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let number = f64::from_bits(bits);
            if !number.is_normal() {
                continue;
            }
            // Of every size that is meant.
            let number = number.signum() * (number.abs().log2().rem_euclid(139.0) - 19.5).exp2();
            let value = once(&format!("{number:?}"));
            assert_eq!(once(&String::from_utf8(crate::write(&value)).unwrap()), value, "{number:?}");
            let error = (value.as_f64().unwrap() / number - 1.0).abs();
            assert!(error < 1e-14, "{number:?} {value}");
        }
    }

    #[test]
    fn what_people_write_is_kept_to_the_last_digit() {
        for text in [
            "0.1",
            "-12.345",
            "1e22",
            "3.14159265358979",
            "12345678901234.5",
            "1700000000.123456",
            "18446744073709551615",
        ] {
            let value = once(text);
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(value.as_f64(), text.parse().ok(), "{text}");
        }
        for (text, kept) in [
            ("52.520006599999995", "52.5200066"),
            ("0.00999999999999999987", "0.01"),
            ("9.9999999999999998e-7", "1e-6"),
            ("-1333333333300862238094", "-1.333333333300862e+21"),
            ("123456789012345678.5", "1.234567890123457e+17"),
        ] {
            assert_eq!(String::from_utf8(crate::write(&once(text))).unwrap(), kept);
        }
    }
}

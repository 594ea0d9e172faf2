//! A JSON value into a type with `Deserialize`; an error says where in the value it is.
//!
//! For configurations and schemas. serde_json's own readers know lines but no places, and wrapping one of them to
//! track places makes all derived code twice, which the module would carry into every worker.

mod misfit;

use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Number, Value};

use crate::error::ScimError;
use misfit::Misfit;

/// Read a value as a `T`.
///
/// # Errors
/// `invalidValue` with the place inside the value, and what was expected there.
pub fn typed<'v, T: Deserialize<'v>>(value: &'v Value) -> Result<T, ScimError> {
    T::deserialize(Reader(value)).map_err(Misfit::told)
}

struct Reader<'v>(&'v Value);

impl Reader<'_> {
    fn unfit(&self, expected: &dyn Expected) -> Misfit {
        let found = match self.0 {
            Value::Null => Unexpected::Unit,
            Value::Bool(flag) => Unexpected::Bool(*flag),
            Value::Number(number) => number.as_i64().map_or(Unexpected::Other("a number"), Unexpected::Signed),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        Misfit::invalid_type(found, expected)
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => visit_number(number, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Value::Object(members) => visitor.visit_map(Members::of(members)),
        }
    }

    // What follows could all be left to `deserialize_any`, which makes every type carry code for every kind of value.

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Bool(flag) => visitor.visit_bool(*flag),
            _ => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.as_u64() {
            Some(number) => visitor.visit_u64(number),
            None => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            _ => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    /// Only an object is one: a list of its fields in their order is nothing anybody writes.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(members) => visitor.visit_map(Members::of(members)),
            _ => Err(self.unfit(&visitor)),
        }
    }

    /// `"name"`, or `{"name": value}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let mut members = self.0.as_object().into_iter().flatten();
        match (self.0, members.next(), members.next()) {
            (Value::String(name), ..) => visitor.visit_enum(named(name)),
            (_, Some((name, value)), None) => visitor.visit_enum(Variant { name, value }),
            _ => Err(self.unfit(&visitor)),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u16 u32 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct map
        identifier ignored_any
    }
}

fn visit_number<'v, V: Visitor<'v>>(number: &Number, visitor: V) -> Result<V::Value, Misfit> {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => visitor.visit_u64(number),
        (_, Some(number)) => visitor.visit_i64(number),
        _ => visitor.visit_f64(number.as_f64().unwrap_or_default()),
    }
}

fn named(name: &str) -> StrDeserializer<'_, Misfit> {
    name.into_deserializer()
}

struct Items<I>(I);

impl<'v, I: Iterator<Item = (usize, &'v Value)>> SeqAccess<'v> for Items<I> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'v>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some((i, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Reader(item)).map(Some).map_err(|e| e.under(&format!("[{i}]")))
    }
}

struct Members<'v> {
    left: serde_json::map::Iter<'v>,
    /// The one whose key has been read.
    open: (&'v str, &'v Value),
}

impl<'v> Members<'v> {
    fn of(members: &'v Map<String, Value>) -> Self {
        Self { left: members.iter(), open: ("", &Value::Null) }
    }
}

impl<'v> MapAccess<'v> for Members<'v> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'v>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        self.open = (key, value);
        seed.deserialize(named(key)).map(Some).map_err(|e| e.under(key))
    }

    fn next_value_seed<T: DeserializeSeed<'v>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let (key, value) = self.open;
        seed.deserialize(Reader(value)).map_err(|e| e.under(key))
    }
}

struct Variant<'v> {
    name: &'v str,
    value: &'v Value,
}

impl<'v> EnumAccess<'v> for Variant<'v> {
    type Error = Misfit;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'v>>(self, seed: T) -> Result<(T::Value, Self), Misfit> {
        let variant = seed.deserialize(named(self.name)).map_err(|e| e.under(self.name))?;
        Ok((variant, self))
    }
}

impl<'v> VariantAccess<'v> for Variant<'v> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        Deserialize::deserialize(Reader(self.value)).map_err(|e: Misfit| e.under(self.name))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'v>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(Reader(self.value)).map_err(|e| e.under(self.name))
    }

    fn tuple_variant<V: Visitor<'v>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        Reader(self.value).deserialize_any(visitor).map_err(|e| e.under(self.name))
    }

    fn struct_variant<V: Visitor<'v>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        Reader(self.value).deserialize_struct("", fields, visitor).map_err(|e| e.under(self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Tree {
        Nothing,
        Leaf(Leaf),
        Branches(Vec<Tree>),
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Leaf {
        size: u8,
        colour: Option<String>,
        #[serde(default)]
        weight: f64,
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for value in [
            json!("nothing"),
            json!({"nothing": null}),
            json!({"leaf": {"size": 5, "colour": "green", "weight": -0.5}}),
            json!({"branches": [{"leaf": {"size": 5, "colour": null, "weight": -1}}, {"branches": []}]}),
        ] {
            assert_eq!(typed::<Tree>(&value).unwrap(), serde_json::from_value(value).unwrap());
        }
    }

    #[test]
    fn an_error_says_where_it_is_and_what_was_expected() {
        let leaf = |leaf| json!({"branches": ["nothing", {"leaf": leaf}]});
        for (value, told) in [
            (leaf(json!({"size": "5"})), "branches[1].leaf.size: invalid type: string \"5\", expected u8"),
            (leaf(json!({"size": 256})), "branches[1].leaf.size: invalid value: integer `256`, expected u8"),
            (
                leaf(json!({"size": 1, "colour": []})),
                "branches[1].leaf.colour: invalid type: sequence, expected a string",
            ),
            (leaf(json!({"sise": 1})), "branches[1].leaf.sise: unknown field `sise`"),
            (leaf(json!({})), "branches[1].leaf: missing field `size`"),
            (leaf(json!([5, null, 1])), "branches[1].leaf: invalid type: sequence, expected struct Leaf"),
            (json!({"branches": ["root"]}), "branches[0]: unknown variant `root`, expected one of"),
            (json!({"root": 1}), "root: unknown variant `root`"),
            (json!({"leaf": 1, "nothing": null}), "invalid type: map, expected enum Tree"),
            (json!({"nothing": 1}), "nothing: invalid type: integer `1`, expected unit"),
        ] {
            let error = typed::<Tree>(&value).unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}

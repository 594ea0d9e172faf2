//! A JSON value into a type of ours; an error says where in the value it is.
//!
//! For configurations and schemas. What serde derives for them is 80 KB of code that runs once: each member hands its
//! error on, past whatever has been read before it. Here reading goes on after a mistake, with anything in the place
//! of the value, and the first mistake is told in the end; so a member is one call.

mod members;
mod reader;

use serde_json::Value;

use crate::error::ScimError;
pub(crate) use members::{Members, reads, words};
pub use reader::Reader;

/// What can be read from a value.
pub trait Typed: Sized {
    /// Whether it may be missing, and is read as null then.
    const OPTIONAL: bool = false;

    /// Read it; of a value that does not fit, the reader is told, and what is given back means nothing.
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self;
}

/// Read a value as a `T`.
///
/// # Errors
/// `invalidValue` with the place inside the value, and what was expected there.
pub fn typed<T: Typed>(value: &Value) -> Result<T, ScimError> {
    let mut reader = Reader::default();
    let read = T::read(value, &mut reader);
    reader.end().map_or(Ok(read), Err)
}

impl Typed for Value {
    fn read<'v>(value: &'v Value, _: &mut Reader<'v>) -> Self {
        value.clone()
    }
}

impl Typed for String {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        let text = value.as_str();
        if text.is_none() {
            reader.unfit(value, "a string");
        }
        text.unwrap_or_default().to_owned()
    }
}

impl Typed for bool {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        let flag = value.as_bool();
        if flag.is_none() {
            reader.unfit(value, "a boolean");
        }
        flag.unwrap_or_default()
    }
}

impl Typed for u32 {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        // No more than fits.
        reader.number(value, u64::from(u32::MAX), "u32") as Self
    }
}

impl Typed for u64 {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        reader.number(value, u64::MAX, "u64")
    }
}

impl Typed for usize {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        reader.number(value, usize::MAX as u64, "usize") as Self
    }
}

impl Typed for f64 {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        let number = value.as_f64();
        if number.is_none() {
            reader.unfit(value, "f64");
        }
        number.unwrap_or_default()
    }
}

impl<T: Typed> Typed for Option<T> {
    const OPTIONAL: bool = true;

    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        (!value.is_null()).then(|| T::read(value, reader))
    }
}

impl<T: Typed> Typed for Vec<T> {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        let items = value.as_array().map(Vec::as_slice);
        if items.is_none() {
            reader.unfit(value, "a sequence");
        }
        let mut all = Self::new();
        for (i, item) in items.unwrap_or_default().iter().enumerate() {
            all.push(reader.item(i, item));
        }
        all
    }
}

/// An object whose names are somebody else's: by name, in their order.
impl<T: Typed> Typed for Vec<(String, T)> {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        if !value.is_object() {
            reader.unfit(value, "a map");
        }
        let mut all = Self::new();
        for (name, member) in value.as_object().into_iter().flatten() {
            all.push((name.clone(), reader.member(name, member)));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Clone, PartialEq)]
    enum Tree {
        Nothing,
        Leaf(Leaf),
        Branches(Vec<Tree>),
    }

    impl Typed for Tree {
        fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
            reader.variant(value, &["nothing", "leaf", "branches"], |name, inner, reader| match name {
                "leaf" => Self::Leaf(Leaf::read(inner, reader)),
                "branches" => Self::Branches(Vec::read(inner, reader)),
                _ => reader.nothing(inner, Self::Nothing),
            })
        }
    }

    #[derive(Debug, Clone, PartialEq)]
    struct Leaf {
        size: u32,
        colour: Option<Colour>,
        weight: f64,
        by_name: Vec<(String, bool)>,
    }

    reads!(Leaf { size, colour, weight or 1.0, by_name as "byName" or Vec::new() });

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Colour {
        Green,
        DarkRed,
    }

    words!(Colour { "green" => Green, "dark_red" => DarkRed });

    #[test]
    fn what_is_written_is_read() {
        let leaf = |colour, weight, by_name| Tree::Leaf(Leaf { size: 5, colour, weight, by_name });
        let named = vec![("a".to_owned(), true), ("b".to_owned(), false)];
        for (value, tree) in [
            (json!("nothing"), Tree::Nothing),
            (json!({"nothing": null}), Tree::Nothing),
            (json!({"leaf": {"size": 5, "colour": "green", "weight": -0.5}}), leaf(Some(Colour::Green), -0.5, vec![])),
            (
                json!({"leaf": {"size": 5, "colour": "dark_red", "byName": {"b": false, "a": true}}}),
                leaf(Some(Colour::DarkRed), 1.0, named),
            ),
            (
                json!({"branches": [{"leaf": {"size": 5, "colour": null, "weight": -1}}, {"branches": []}]}),
                Tree::Branches(vec![leaf(None, -1.0, vec![]), Tree::Branches(vec![])]),
            ),
        ] {
            assert_eq!(typed::<Tree>(&value).unwrap(), tree);
        }
    }

    #[test]
    fn an_error_says_where_it_is_and_what_was_expected() {
        let leaf = |leaf| json!({"branches": ["nothing", {"leaf": leaf}]});
        for (value, told) in [
            (leaf(json!({"size": "5"})), "branches[1].leaf.size: invalid type: string \"5\", expected u32"),
            (leaf(json!({"size": -1})), "branches[1].leaf.size: invalid value: integer `-1`, expected u32"),
            (
                leaf(json!({"size": 1u64 << 32})),
                "branches[1].leaf.size: invalid value: integer `4294967296`, expected u32",
            ),
            (leaf(json!({"size": 1.5})), "branches[1].leaf.size: invalid type: a fraction, expected u32"),
            (
                leaf(json!({"size": 1, "colour": []})),
                "branches[1].leaf.colour: invalid type: sequence, expected `green` or `dark_red`",
            ),
            (
                leaf(json!({"size": 1, "colour": "blue"})),
                "branches[1].leaf.colour: unknown variant `blue`, expected `green` or `dark_red`",
            ),
            (
                leaf(json!({"size": 1, "byName": {"a": true, "b": 1}})),
                "branches[1].leaf.byName.b: invalid type: integer `1`, expected a boolean",
            ),
            (
                leaf(json!({"sise": 1})),
                "branches[1].leaf.sise: unknown field `sise`, expected one of `size`, `colour`, `weight`, `byName`",
            ),
            (leaf(json!({})), "branches[1].leaf: missing field `size`"),
            (leaf(json!([5, null, 1])), "branches[1].leaf: invalid type: sequence, expected an object"),
            (
                json!({"branches": ["root"]}),
                "branches[0]: unknown variant `root`, expected one of `nothing`, `leaf`, `branches`",
            ),
            (json!({"root": 1}), "root: unknown variant `root`, expected one of `nothing`, `leaf`, `branches`"),
            (json!({"leaf": 1, "nothing": null}), "invalid type: map, expected one of `nothing`, `leaf`, `branches`"),
            (json!({"nothing": 1}), "nothing: invalid type: integer `1`, expected null"),
            (json!("leaf"), "leaf: invalid type: null, expected an object"),
        ] {
            assert_eq!(typed::<Tree>(&value).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn the_first_mistake_is_told() {
        let value = json!([{"size": 1, "weight": true}, {"size": null}]);
        let told = typed::<Vec<Leaf>>(&value).unwrap_err().to_string();
        assert_eq!(told, "[0].weight: invalid type: boolean `true`, expected f64");
    }
}

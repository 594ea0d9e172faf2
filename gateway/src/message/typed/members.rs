//! Objects with the members of a type of ours, and words that stand for the values of one.

use serde_json::{Map, Value};

use super::{Reader, Typed};

/// The members of an object, which are taken by their names.
pub(crate) struct Members<'r, 'v> {
    of: Option<&'v Map<String, Value>>,
    reader: &'r mut Reader<'v>,
}

impl<'r, 'v> Members<'r, 'v> {
    /// Of an object that has no members but these: a misspelt one must not pass for one that is missing.
    pub(crate) fn of(value: &'v Value, names: &[&str], reader: &'r mut Reader<'v>) -> Self {
        let of = value.as_object();
        if of.is_none() {
            reader.unfit(value, "an object");
        }
        let unknown = of.into_iter().flatten().find(|(name, _)| !names.contains(&name.as_str()));
        if let Some((name, _)) = unknown {
            reader.unknown_at("field", name, names);
        }
        Self { of, reader }
    }

    /// One that must be there, unless its type allows that it is not.
    pub(crate) fn take<T: Typed>(&mut self, name: &'static str) -> T {
        match self.of.and_then(|of| of.get(name)) {
            Some(value) => self.reader.member(name, value),
            None => {
                if !T::OPTIONAL {
                    self.reader.wrong(format!("missing field `{name}`"));
                }
                T::read(&Value::Null, self.reader)
            }
        }
    }

    /// One that has this value where nothing is written.
    pub(crate) fn take_or<T: Typed>(&mut self, name: &'static str, default: T) -> T {
        match self.of.and_then(|of| of.get(name)) {
            Some(value) => self.reader.member(name, value),
            None => default,
        }
    }
}

/// How a type is read from an object: `name`, `name as "written"`, `name or <what it is where nothing is written>`; or
/// `Type or <whole value>: {names}`, where every member may be missing.
macro_rules! reads {
    ($type:ident { $($field:ident $(as $name:literal)? $(or $default:expr)?),+ $(,)? }) => {
        impl $crate::message::Typed for $type {
            fn read<'v>(value: &'v ::serde_json::Value, reader: &mut $crate::message::Reader<'v>) -> Self {
                let names = &[$($crate::message::reads!(@name $field $($name)?)),+];
                let mut of = $crate::message::Members::of(value, names, reader);
                Self {
                    $($field: $crate::message::reads!(
                        @take of, $crate::message::reads!(@name $field $($name)?) $(, $default)?
                    )),+
                }
            }
        }
    };
    ($type:ident or $whole:expr; { $($field:ident),+ $(,)? }) => {
        impl $crate::message::Typed for $type {
            fn read<'v>(value: &'v ::serde_json::Value, reader: &mut $crate::message::Reader<'v>) -> Self {
                let mut of = $crate::message::Members::of(value, &[$(stringify!($field)),+], reader);
                let whole: Self = $whole;
                Self { $($field: of.take_or(stringify!($field), whole.$field)),+ }
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@take $of:ident, $name:expr) => { $of.take($name) };
    (@take $of:ident, $name:expr, $default:expr) => { $of.take_or($name, $default) };
}

/// How a type is read from one of a few words; `shown` where it is written too.
macro_rules! words {
    (shown $type:ident { $($word:literal => $value:ident),+ $(,)? }) => {
        $crate::message::words!($type { $($word => $value),+ });

        impl $type {
            /// In the words of the RFC.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }
        }
    };
    ($type:ident { $first_word:literal => $first:ident $(, $word:literal => $value:ident)* $(,)? }) => {
        impl $crate::message::Typed for $type {
            fn read<'v>(value: &'v ::serde_json::Value, reader: &mut $crate::message::Reader<'v>) -> Self {
                let found = reader.word(value, &[$first_word $(, $word)*]);
                [Self::$first $(, Self::$value)*].get(found).copied().unwrap_or(Self::$first)
            }
        }
    };
}

pub(crate) use {reads, words};

//! One attribute and its characteristics (RFC 7643 sections 2 and 7).

use crate::message::{reads, words};

/// The data types of RFC 7643 section 2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize), serde(rename_all = "camelCase"))]
pub enum Kind {
    /// Unicode text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A number without a fraction.
    Integer,
    /// An `xsd:dateTime` with a zone.
    DateTime,
    /// Base64.
    Binary,
    /// A URI, absolute or relative.
    Reference,
    /// An object of sub-attributes.
    Complex,
}

words!(shown Kind {
    "string" => String,
    "boolean" => Boolean,
    "decimal" => Decimal,
    "integer" => Integer,
    "dateTime" => DateTime,
    "binary" => Binary,
    "reference" => Reference,
    "complex" => Complex,
});

/// When a value may be written (RFC 7643 section 7, "mutability").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize), serde(rename_all = "camelCase"))]
pub enum Mutability {
    /// Never by the client.
    ReadOnly,
    /// Always.
    #[default]
    ReadWrite,
    /// Once.
    Immutable,
    /// Always, and never read back.
    WriteOnly,
}

words!(shown Mutability {
    "readOnly" => ReadOnly,
    "readWrite" => ReadWrite,
    "immutable" => Immutable,
    "writeOnly" => WriteOnly,
});

/// When a value is given back (RFC 7643 section 7, "returned").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize), serde(rename_all = "camelCase"))]
pub enum Returned {
    /// Whatever the client asks for.
    Always,
    /// To nobody.
    Never,
    /// Unless excluded.
    #[default]
    Default,
    /// Only when asked for.
    Request,
}

words!(shown Returned { "always" => Always, "never" => Never, "default" => Default, "request" => Request });

/// How far a value must be unique (RFC 7643 section 7, "uniqueness").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize), serde(rename_all = "camelCase"))]
pub enum Uniqueness {
    /// Need not be unique.
    #[default]
    None,
    /// In the directory.
    Server,
    /// Everywhere.
    Global,
}

words!(shown Uniqueness { "none" => None, "server" => Server, "global" => Global });

/// An attribute or sub-attribute. Reads and writes as in RFC 7643 section 7; what is left out has the RFC's default.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema, serde::Serialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct Attribute {
    /// Its name, in the spelling that is stored and returned.
    pub name: String,
    /// Its data type.
    #[cfg_attr(feature = "schema", serde(default, rename = "type"))]
    pub kind: Kind,
    /// Whether it holds a list of values.
    #[cfg_attr(feature = "schema", serde(default))]
    pub multi_valued: bool,
    /// For people.
    #[cfg_attr(feature = "schema", serde(default))]
    pub description: String,
    /// Whether a resource must have it.
    #[cfg_attr(feature = "schema", serde(default))]
    pub required: bool,
    /// Values a client may expect.
    #[cfg_attr(feature = "schema", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub canonical_values: Vec<String>,
    /// Whether comparison heeds letter case.
    #[cfg_attr(feature = "schema", serde(default))]
    pub case_exact: bool,
    /// When it may be written.
    #[cfg_attr(feature = "schema", serde(default))]
    pub mutability: Mutability,
    /// When it is given back.
    #[cfg_attr(feature = "schema", serde(default))]
    pub returned: Returned,
    /// How far it must be unique.
    #[cfg_attr(feature = "schema", serde(default))]
    pub uniqueness: Uniqueness,
    /// What a reference may point at.
    #[cfg_attr(feature = "schema", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub reference_types: Vec<String>,
    /// The parts of a complex attribute.
    #[cfg_attr(feature = "schema", serde(default, rename = "subAttributes", skip_serializing_if = "Vec::is_empty"))]
    pub sub_attributes: Vec<Attribute>,
}

reads!(Attribute {
    name,
    kind as "type" or Kind::default(),
    multi_valued as "multiValued" or false,
    description or String::new(),
    required or false,
    canonical_values as "canonicalValues" or Vec::new(),
    case_exact as "caseExact" or false,
    mutability or Mutability::default(),
    returned or Returned::default(),
    uniqueness or Uniqueness::default(),
    reference_types as "referenceTypes" or Vec::new(),
    sub_attributes as "subAttributes" or Vec::new(),
});

impl Attribute {
    /// The sub-attribute of this name, letter case ignored.
    pub fn sub(&self, name: &str) -> Option<&Attribute> {
        find(&self.sub_attributes, name)
    }

    /// Whether the client may never write it.
    pub fn is_read_only(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }

    /// Whether it is a list of objects, such as `emails`.
    pub fn is_complex_list(&self) -> bool {
        self.multi_valued && self.kind == Kind::Complex
    }
}

/// The attribute of this name, letter case ignored (RFC 7643 section 2.1).
pub fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    spelled(attributes, name).or_else(|| attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name)))
}

/// The attribute of exactly this name, as almost everybody writes it: found without a look at each letter.
pub(super) fn spelled<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|a| a.name == name)
}

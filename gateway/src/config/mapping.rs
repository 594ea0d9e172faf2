//! A service with a shape of its own, as it is written (docs/mapping.md).

#[cfg(feature = "schema")]
use std::collections::BTreeMap;

use serde_json::Value;

use crate::message::{Reader, Typed, reads, words};

/// The attribute map, how records are read, and the event routes.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct MappingWire {
    /// By the name of the resource type, `User` or `Group`. Types that are not here are not offered.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, TypeMapWire>"))]
    pub types: Vec<(String, TypeMapWire)>,
    /// By the name of the event; without it, events go to the events endpoint.
    #[cfg_attr(feature = "schema", schemars(with = "Option<BTreeMap<String, RouteWire>>"))]
    pub routes: Option<Vec<(String, RouteWire)>>,
    /// Directories may read from the same paths.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub shared: bool,
}

reads!(MappingWire { types, routes, shared or false });

/// One resource type in the service's words.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct TypeMapWire {
    /// Where the id is; default `/id`.
    pub id: Option<String>,
    /// Ids are numbers in the service's JSON.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub numeric_ids: bool,
    /// Where the version is, for `if-match`.
    pub version: Option<String>,
    /// What is kept, and where.
    pub attributes: Vec<EntryWire>,
    /// Of groups: where the members are.
    pub members: Option<MembersMapWire>,
    /// Of users: where the groups are, if the record says so.
    pub groups: Option<ReferencesWire>,
    /// How one record is read; default: as in docs/user-service.md.
    pub read: Option<ReadWire>,
    /// How a list is read; default: as in docs/user-service.md.
    pub list: Option<ListWire>,
}

reads!(TypeMapWire { id, numeric_ids or false, version, attributes, members, groups, read, list });

/// One attribute and its field, or a field that is always the same.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct EntryWire {
    /// `name.givenName`, `emails[type eq "work"].value`, `urn:...:User:department`
    pub path: Option<String>,
    /// JSON pointer into the record.
    pub field: String,
    /// The attribute's value when the field is missing, null, or none of `values`.
    pub default: Option<Value>,
    /// The attribute's values and the field's.
    #[cfg_attr(feature = "schema", schemars(with = "Option<BTreeMap<String, Value>>"))]
    pub values: Option<Vec<(String, Value)>>,
    /// The field is a list of plain values: which part of the attribute's values they are.
    pub each: Option<String>,
    /// The attribute is text and the field a number.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub number: bool,
    /// The service fills the field by itself.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub read_only: bool,
    /// Without a path: what is written there.
    pub constant: Option<Value>,
    /// Without a path: what of the directory is written there.
    pub from: Option<FactWire>,
}

reads!(EntryWire {
    path,
    field,
    default,
    values,
    each,
    number or false,
    read_only or false,
    constant,
    from,
});

/// What is known of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
pub enum FactWire {
    /// Its id.
    Directory,
    /// Its tenant.
    Tenant,
    /// Its product.
    Product,
}

words!(FactWire { "directory" => Directory, "tenant" => Tenant, "product" => Product });

/// The members of a group: in its record, or in a list of their own.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case", deny_unknown_fields))]
pub enum MembersMapWire {
    /// In the group's record.
    Record(ReferencesWire),
    /// At a path of their own.
    Apart(ApartWire),
}

impl Typed for MembersMapWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        reader.variant(value, &["record", "apart"], |name, inner, reader| match name {
            "apart" => Self::Apart(ApartWire::read(inner, reader)),
            _ => Self::Record(ReferencesWire::read(inner, reader)),
        })
    }
}

/// A list of ids, or of objects with an id.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ReferencesWire {
    /// JSON pointer to the list.
    pub field: String,
    /// JSON pointer to the id within one of its objects; without it they are ids.
    pub id: Option<String>,
    /// JSON pointer to the name within one of its objects.
    pub name: Option<String>,
    /// The ids are numbers.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub numeric_ids: bool,
}

reads!(ReferencesWire { field, id, name, numeric_ids or false });

/// Members at a path of their own.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ApartWire {
    /// How their list is read.
    pub list: ListWire,
    /// JSON pointer to the id within one of its objects; without it they are ids.
    pub id: Option<String>,
}

reads!(ApartWire { list, id });

/// How one record is read.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ReadWire {
    /// `/users/{id}`
    pub path: String,
    /// JSON pointer to the record in the answer; default: the answer.
    pub record: Option<String>,
    /// More headers.
    #[cfg_attr(
        feature = "schema",
        schemars(default = "BTreeMap::<String, String>::new", with = "BTreeMap<String, String>")
    )]
    pub headers: Vec<(String, String)>,
}

reads!(ReadWire { path, record, headers or Vec::new() });

/// How a list is read.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ListWire {
    /// `/users`
    pub path: String,
    /// JSON pointer to the records in the answer; default: the answer.
    pub items: Option<String>,
    /// Where the number of all records is said.
    pub total: Option<TotalWire>,
    /// Which look-ups the service understands, and by which parameter.
    #[cfg_attr(
        feature = "schema",
        schemars(default = "BTreeMap::<String, String>::new", with = "BTreeMap<String, String>")
    )]
    pub look_up: Vec<(String, String)>,
    /// How a page is asked for.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub paging: PagingWire,
    /// More headers.
    #[cfg_attr(
        feature = "schema",
        schemars(default = "BTreeMap::<String, String>::new", with = "BTreeMap<String, String>")
    )]
    pub headers: Vec<(String, String)>,
}

reads!(ListWire {
    path,
    items,
    total,
    look_up or Vec::new(),
    paging or PagingWire::None,
    headers or Vec::new(),
});

/// Where the number of all records is.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case", deny_unknown_fields))]
pub enum TotalWire {
    /// JSON pointer into the answer.
    Pointer(String),
    /// The name of a header; of `0-24/319` the last number counts.
    Header(String),
}

impl Typed for TotalWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        reader.variant(value, &["pointer", "header"], |name, inner, reader| match name {
            "header" => Self::Header(String::read(inner, reader)),
            _ => Self::Pointer(String::read(inner, reader)),
        })
    }
}

/// How a page is asked for.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case", deny_unknown_fields))]
pub enum PagingWire {
    /// Not at all: every answer has everything.
    #[default]
    None,
    /// By the place of the first record, which is 1.
    Index(PageWire),
    /// By how many records come before.
    Offset(PageWire),
    /// By the number of the page, which is 1.
    Page(PageWire),
}

impl Typed for PagingWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        reader.variant(value, &["none", "index", "offset", "page"], |name, inner, reader| match name {
            "index" => Self::Index(PageWire::read(inner, reader)),
            "offset" => Self::Offset(PageWire::read(inner, reader)),
            "page" => Self::Page(PageWire::read(inner, reader)),
            _ => reader.nothing(inner, Self::None),
        })
    }
}

/// The parameters of a page.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct PageWire {
    /// Where it begins, or which it is.
    pub from: String,
    /// How many records.
    pub count: String,
    /// The most that the service gives at once; default 100.
    pub most: Option<usize>,
}

reads!(PageWire { from, count, most });

/// Where an event goes.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case", deny_unknown_fields))]
pub enum RouteWire {
    /// Nowhere, and that is meant.
    Ignore,
    /// To the events endpoint.
    Events,
    /// Of members: the group is told, whose record has them.
    Group,
    /// A request.
    Post(CallWire),
    /// A request.
    Put(CallWire),
    /// A request.
    Patch(CallWire),
    /// A request.
    Delete(CallWire),
}

impl Typed for RouteWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        let names = ["ignore", "events", "group", "post", "put", "patch", "delete"];
        reader.variant(value, &names, |name, inner, reader| match name {
            "events" => reader.nothing(inner, Self::Events),
            "group" => reader.nothing(inner, Self::Group),
            "post" => Self::Post(CallWire::read(inner, reader)),
            "put" => Self::Put(CallWire::read(inner, reader)),
            "patch" => Self::Patch(CallWire::read(inner, reader)),
            "delete" => Self::Delete(CallWire::read(inner, reader)),
            _ => reader.nothing(inner, Self::Ignore),
        })
    }
}

/// The request that an event becomes.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct CallWire {
    /// `/users/{id}`, `/groups/{group.id}/members/{id}`
    pub path: String,
    /// Default: `data` for POST and PUT, `changed` for PATCH, `none` for DELETE and for members.
    pub body: Option<BodyWire>,
    /// Default `application/json`.
    pub content_type: Option<String>,
    /// More headers.
    #[cfg_attr(
        feature = "schema",
        schemars(default = "BTreeMap::<String, String>::new", with = "BTreeMap<String, String>")
    )]
    pub headers: Vec<(String, String)>,
    /// Of creations: the id that Usher made is in the body.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub with_id: bool,
    /// What a 2xx answer says; default `id`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub answer: AnswerWire,
}

reads!(CallWire {
    path,
    body,
    content_type,
    headers or Vec::new(),
    with_id or false,
    answer or AnswerWire::default(),
});

/// What is sent.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case", deny_unknown_fields))]
pub enum BodyWire {
    /// Nothing.
    None,
    /// The whole record.
    Data,
    /// Only the fields that changed.
    Changed,
    /// Only the fields that changed, those of the top whole.
    ChangedWhole,
    /// This, with its placeholders filled.
    Template(Value),
}

impl Typed for BodyWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        let names = ["none", "data", "changed", "changed_whole", "template"];
        reader.variant(value, &names, |name, inner, reader| match name {
            "data" => reader.nothing(inner, Self::Data),
            "changed" => reader.nothing(inner, Self::Changed),
            "changed_whole" => reader.nothing(inner, Self::ChangedWhole),
            "template" => Self::Template(inner.clone()),
            _ => reader.nothing(inner, Self::None),
        })
    }
}

/// What a 2xx answer says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
pub enum AnswerWire {
    /// Perhaps the id of what was made.
    #[default]
    Id,
    /// The record as it is now.
    Record,
}

words!(AnswerWire { "id" => Id, "record" => Record });

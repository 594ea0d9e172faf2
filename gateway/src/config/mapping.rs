//! A service with a shape of its own, as it is written (docs/mapping.md).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The attribute map, how records are read, and the event routes.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MappingWire {
    /// By the name of the resource type, `User` or `Group`. Types that are not here are not offered.
    pub types: BTreeMap<String, TypeMapWire>,
    /// By the name of the event; without it, events go to the events endpoint.
    pub routes: Option<BTreeMap<String, RouteWire>>,
    /// Directories may read from the same paths.
    #[serde(default)]
    pub shared: bool,
}

/// One resource type in the service's words.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TypeMapWire {
    /// Where the id is; default `/id`.
    pub id: Option<String>,
    /// Ids are numbers in the service's JSON.
    #[serde(default)]
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

/// One attribute and its field, or a field that is always the same.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EntryWire {
    /// `name.givenName`, `emails[type eq "work"].value`, `urn:...:User:department`
    pub path: Option<String>,
    /// JSON pointer into the record.
    pub field: String,
    /// The attribute's value when the field is missing, null, or none of `values`.
    pub default: Option<Value>,
    /// The attribute's values and the field's.
    pub values: Option<BTreeMap<String, Value>>,
    /// The field is a list of plain values: which part of the attribute's values they are.
    pub each: Option<String>,
    /// The attribute is text and the field a number.
    #[serde(default)]
    pub number: bool,
    /// The service fills the field by itself.
    #[serde(default)]
    pub read_only: bool,
    /// Without a path: what is written there.
    pub constant: Option<Value>,
    /// Without a path: what of the directory is written there.
    pub from: Option<FactWire>,
}

/// What is known of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FactWire {
    /// Its id.
    Directory,
    /// Its tenant.
    Tenant,
    /// Its product.
    Product,
}

/// The members of a group: in its record, or in a list of their own.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MembersMapWire {
    /// In the group's record.
    Record(ReferencesWire),
    /// At a path of their own.
    Apart(ApartWire),
}

/// A list of ids, or of objects with an id.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReferencesWire {
    /// JSON pointer to the list.
    pub field: String,
    /// JSON pointer to the id within one of its objects; without it they are ids.
    pub id: Option<String>,
    /// JSON pointer to the name within one of its objects.
    pub name: Option<String>,
    /// The ids are numbers.
    #[serde(default)]
    pub numeric_ids: bool,
}

/// Members at a path of their own.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApartWire {
    /// How their list is read.
    pub list: ListWire,
    /// JSON pointer to the id within one of its objects; without it they are ids.
    pub id: Option<String>,
}

/// How one record is read.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadWire {
    /// `/users/{id}`
    pub path: String,
    /// JSON pointer to the record in the answer; default: the answer.
    pub record: Option<String>,
    /// More headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// How a list is read.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListWire {
    /// `/users`
    pub path: String,
    /// JSON pointer to the records in the answer; default: the answer.
    pub items: Option<String>,
    /// Where the number of all records is said.
    pub total: Option<TotalWire>,
    /// Which look-ups the service understands, and by which parameter.
    #[serde(default)]
    pub look_up: BTreeMap<String, String>,
    /// How a page is asked for.
    #[serde(default)]
    pub paging: PagingWire,
    /// More headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// Where the number of all records is.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TotalWire {
    /// JSON pointer into the answer.
    Pointer(String),
    /// The name of a header; of `0-24/319` the last number counts.
    Header(String),
}

/// How a page is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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

/// The parameters of a page.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageWire {
    /// Where it begins, or which it is.
    pub from: String,
    /// How many records.
    pub count: String,
    /// The most that the service gives at once; default 100.
    pub most: Option<usize>,
}

/// Where an event goes.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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

/// The request that an event becomes.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallWire {
    /// `/users/{id}`, `/groups/{group.id}/members/{id}`
    pub path: String,
    /// Default: `data` for POST and PUT, `changed` for PATCH, `none` for DELETE and for members.
    pub body: Option<BodyWire>,
    /// Default `application/json`.
    pub content_type: Option<String>,
    /// More headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Of creations: the id that Usher made is in the body.
    #[serde(default)]
    pub with_id: bool,
    /// What a 2xx answer says; default `id`.
    #[serde(default)]
    pub answer: AnswerWire,
}

/// What is sent.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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

/// What a 2xx answer says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerWire {
    /// Perhaps the id of what was made.
    #[default]
    Id,
    /// The record as it is now.
    Record,
}

//! How records are read from a service that has paths, lists and parameters of its own.

use super::pointer::Pointer;
use super::template::Template;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// With `{id}`.
    pub path: Template,
    /// Where the record is in the answer.
    pub record: Pointer,
    /// More headers.
    pub headers: Vec<(String, String)>,
}

/// A list of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Of members with `{id}`, the group's.
    pub path: Template,
    /// Where the records are in the answer.
    pub items: Pointer,
    /// Where it says how many there are.
    pub total: Total,
    /// By the names of docs/user-service.md.
    pub look_up: Vec<(String, Template)>,
    /// How a page is asked for.
    pub paging: Paging,
    /// More headers.
    pub headers: Vec<(String, String)>,
}

impl List {
    /// How the service takes this look-up, if it does.
    pub fn look_up(&self, name: &str) -> Option<&Template> {
        self.look_up.iter().find(|(known, _)| known == name).map(|(_, template)| template)
    }
}

/// Where a list says how many records there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Total {
    /// It does not.
    Unsaid,
    /// In the answer.
    At(Pointer),
    /// In this header, the last number of it.
    Header(String),
}

/// How a page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// Not at all.
    Everything,
    /// From the record with this number on.
    By(Pages),
}

/// The parameters of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// What `from` counts.
    pub style: Style,
    /// Parameter: where the page begins.
    pub from: String,
    /// Parameter: how many records.
    pub count: String,
    /// The most that the service gives at once.
    pub most: usize,
}

/// What says where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The number of its first record; the first is 1.
    Index,
    /// How many records come before it.
    Offset,
    /// The number of the page; the first is 1.
    Page,
}

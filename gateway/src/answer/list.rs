//! A list (RFC 7644 section 3.4.2, RFC 9865). Its numbers are JSON numbers: Okta reads nothing else.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::LIST_RESPONSE;

/// One page of a list.
pub struct ListPage<'r> {
    /// How many there are on all pages, when that is known.
    pub total: Option<usize>,
    /// The index of the first on this page, when paging by index.
    pub start: Option<usize>,
    /// The cursor of the next page, when paging by cursor and there is one.
    pub next: Option<String>,
    /// The resources of this page.
    pub resources: &'r [Map<String, Value>],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse<'r> {
    schemas: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    total_results: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_index: Option<usize>,
    items_per_page: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<&'r str>,
    #[serde(rename = "Resources")]
    resources: &'r [Map<String, Value>],
}

/// The body of a list; `Resources` is there even when it is empty.
pub fn list_response(page: &ListPage<'_>) -> Vec<u8> {
    let list = ListResponse {
        schemas: [LIST_RESPONSE],
        total_results: page.total,
        start_index: page.start,
        items_per_page: page.resources.len(),
        next_cursor: page.next.as_deref(),
        resources: page.resources,
    };
    serde_json::to_vec(&list).unwrap_or_default()
}

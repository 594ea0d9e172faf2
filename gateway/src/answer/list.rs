//! A list (RFC 7644 section 3.4.2). Its numbers are JSON numbers: Okta reads nothing else.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::LIST_RESPONSE;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse<'r> {
    schemas: [&'static str; 1],
    total_results: usize,
    start_index: usize,
    items_per_page: usize,
    #[serde(rename = "Resources")]
    resources: &'r [Map<String, Value>],
}

/// The body of a list; `Resources` is there even when it is empty.
pub fn list_response(total: usize, start: usize, resources: &[Map<String, Value>]) -> Vec<u8> {
    let list = ListResponse {
        schemas: [LIST_RESPONSE],
        total_results: total,
        start_index: start,
        items_per_page: resources.len(),
        resources,
    };
    serde_json::to_vec(&list).unwrap_or_default()
}

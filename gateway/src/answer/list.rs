//! A list (RFC 7644 section 3.4.2, RFC 9865). Its numbers are JSON numbers: Okta reads nothing else.

use serde_json::json;
use usher_json::Object;

use crate::message::LIST_RESPONSE;

/// One page of a list.
pub struct ListPage<'r> {
    /// How many there are on all pages, when that is known.
    pub total: Option<usize>,
    /// The index of the first on this page, when paging by index.
    pub start: Option<usize>,
    /// The cursor of the next page, when paging by cursor and there is one.
    pub next: Option<String>,
    /// The resources of this page, as JSON.
    pub resources: &'r [Vec<u8>],
}

/// The body of a list; `Resources` is there even when it is empty.
pub fn list_response(page: &ListPage<'_>) -> Vec<u8> {
    let mut body = Vec::with_capacity(page.resources.iter().map(|resource| resource.len() + 1).sum::<usize>() + 256);
    let mut list = Object::new(&mut body);
    list.value("schemas", &json!([LIST_RESPONSE]));
    let mut number = |name, number: Option<usize>| {
        if let Some(number) = number {
            list.value(name, &number.into());
        }
    };
    number("totalResults", page.total);
    number("startIndex", page.start);
    number("itemsPerPage", Some(page.resources.len()));
    if let Some(next) = &page.next {
        list.text("nextCursor", next);
    }
    let out = list.field("Resources");
    out.push(b'[');
    for (i, resource) in page.resources.iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"" } else { b"," });
        out.extend_from_slice(resource);
    }
    out.push(b']');
    list.end();
    body
}

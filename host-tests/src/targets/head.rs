//! The head of a request as the proxy gives it to the filter.

use crate::conversation::Request;
use crate::stack::Directory;

/// Names in lower case, the pseudo-headers first.
pub fn head(directory: &Directory, request: &Request) -> Vec<(String, String)> {
    let mut headers = request.all_headers();
    if !request.anonymous {
        headers.entry("authorization".into()).or_insert_with(|| format!("Bearer {}", directory.token));
    }
    if let Some(body) = request.payload() {
        headers.insert("content-length".into(), body.len().to_string());
    }
    let path = format!("{}{}", request.base.clone().unwrap_or_else(|| directory.base("")), request.path);
    let authority = headers.remove("host").unwrap_or_else(|| "scim.example.test".into());
    let first = [
        (":authority", authority.as_str()),
        (":path", path.as_str()),
        (":method", request.method.as_str()),
        (":scheme", "https"),
        ("x-request-id", "8f6f2f4e-0000-4000-8000-000000000001"),
    ];
    let first = first.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    first.chain(headers).collect()
}

//! The shapes of bodies: JSON, PATCH requests, list responses, error messages (RFC 7644 section 3).
//!
//! Knows keys and types, not what attributes mean.

mod bulk;
mod error;
mod json;
mod members;
mod patch;
mod typed;

pub(crate) use bulk::{BULK_REQUEST, BULK_RESPONSE};
pub use bulk::{BulkOperation, BulkRequest, BulkResult, bulk_response};
pub use error::render_error;
pub use json::{kind_of, parse, parse_object, read, written};
pub use members::MembersPatch;
pub use patch::{Op, Operation, PatchRequest};
pub(crate) use typed::{Members, reads, words};
pub use typed::{Reader, Typed, typed};

use serde_json::{Map, Value};

/// `schemas` of a PATCH request.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// `schemas` of a search.
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// `schemas` of a list.
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// `schemas` of a failure.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// An object of these members. `collect` would do, but it sorts, and brings a sort of its own for every kind of
/// iterator into the module.
pub fn object_of<K: Into<String>>(members: impl IntoIterator<Item = (K, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    members.into_iter().for_each(|(name, value)| drop(object.insert(name.into(), value)));
    object
}

/// Take a key out of an object; names ignore case here as everywhere (RFC 7643 section 2.1).
pub(crate) fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    object.remove(name).or_else(|| {
        let key = object.keys().find(|k| k.eq_ignore_ascii_case(name))?.clone();
        object.remove(&key)
    })
}

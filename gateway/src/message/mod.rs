//! The shapes of bodies: JSON, PATCH requests, list responses, error messages (RFC 7644 section 3).
//!
//! Knows keys and types, not what attributes mean.

mod error;
mod json;
mod patch;

pub use error::render_error;
pub use json::{kind_of, parse, parse_object};
pub use patch::{Op, Operation, PatchRequest};

/// `schemas` of a PATCH request.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// `schemas` of a search.
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// `schemas` of a list.
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// `schemas` of a failure.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

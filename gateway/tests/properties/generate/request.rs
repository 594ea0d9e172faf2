//! The body of a PATCH request.

use proptest::prelude::*;
use serde_json::{Value, json};
use usher_gateway::error::ScimError;
use usher_gateway::leniency::Leniencies;
use usher_gateway::limits::Limits;
use usher_gateway::message::{PATCH_OP, PatchRequest};
use usher_gateway::schema::ResourceType;

use super::operation::operation;

/// One to three operations.
pub(crate) fn request(of: &ResourceType) -> BoxedStrategy<Value> {
    proptest::collection::vec(operation(of), 1..4).prop_map(body).boxed()
}

/// These operations as a request.
pub(crate) fn body(operations: Vec<Value>) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

/// The request that this body is.
pub(crate) fn parsed(body: &Value, leniencies: Leniencies) -> Result<PatchRequest, ScimError> {
    PatchRequest::parse(body.to_string().as_bytes(), leniencies, &Limits::default())
}

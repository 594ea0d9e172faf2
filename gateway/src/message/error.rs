//! A failure as a SCIM message (RFC 7644 section 3.12); `status` is a string there.

use serde::Serialize;

use super::ERROR;
use crate::error::ScimError;

#[derive(Serialize)]
struct Message<'e> {
    schemas: [&'static str; 1],
    status: String,
    #[serde(rename = "scimType", skip_serializing_if = "Option::is_none")]
    scim_type: Option<&'static str>,
    detail: &'e str,
}

/// The body of an error answer.
pub fn render_error(error: &ScimError) -> Vec<u8> {
    let detail = error.to_string();
    let message = Message {
        schemas: [ERROR],
        status: error.kind.status().to_string(),
        scim_type: error.kind.scim_type(),
        detail: &detail,
    };
    serde_json::to_vec(&message).unwrap_or_default()
}

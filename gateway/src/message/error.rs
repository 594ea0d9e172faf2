//! A failure as a SCIM message (RFC 7644 section 3.12); `status` is a string there.

use usher_json::Object;

use super::ERROR;
use crate::error::ScimError;

/// The body of an error answer.
pub fn render_error(error: &ScimError) -> Vec<u8> {
    let mut body = Vec::new();
    let mut message = Object::new(&mut body);
    message.json("schemas", format!("[\"{ERROR}\"]").as_bytes());
    message.text("status", &error.kind.status().to_string());
    if let Some(scim_type) = error.kind.scim_type() {
        message.text("scimType", scim_type);
    }
    message.text("detail", &error.to_string());
    message.end();
    body
}

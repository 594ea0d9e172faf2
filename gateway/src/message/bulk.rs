//! Bulk requests and responses (RFC 7644 section 3.7).

use serde_json::{Map, Value};
use usher_json::Object;

use super::take;
use crate::error::{ErrorKind, ScimError};
use crate::limits::Limits;

/// `schemas` of a bulk request.
pub(crate) const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// `schemas` of a bulk response.
pub(crate) const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// Many operations in one request.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// Stop after this many failures.
    pub fail_on_errors: Option<usize>,
    /// At least one.
    pub operations: Vec<BulkOperation>,
}

/// One of them. What is wrong with it is that operation's own failure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BulkOperation {
    /// `POST`, `PUT`, `PATCH` or `DELETE`, in capitals.
    pub method: String,
    /// The client's name for what a POST will make.
    pub bulk_id: Option<String>,
    /// Relative to the directory: `/Users`, `/Groups/bulkId:g1`.
    pub path: String,
    /// `If-Match`, as it were.
    pub version: Option<String>,
    /// The body.
    pub data: Option<Map<String, Value>>,
}

/// What became of an operation.
#[derive(Debug)]
pub struct BulkResult {
    /// As in the request.
    pub method: String,
    /// As in the request.
    pub bulk_id: Option<String>,
    /// Entity tag of the resource now.
    pub version: Option<String>,
    /// Where the resource is.
    pub location: Option<String>,
    /// The HTTP status, as a string.
    pub status: String,
    /// The error message of a failure.
    pub response: Option<Value>,
}

impl BulkRequest {
    /// Read a body.
    ///
    /// # Errors
    /// `invalidSyntax` when it is no bulk request, 413 when it has too many operations.
    pub fn from_object(mut body: Map<String, Value>, limits: &Limits) -> Result<Self, ScimError> {
        let schemas = take(&mut body, "schemas");
        let is_bulk = |urns: &Vec<Value>| urns.iter().any(|u| u == BULK_REQUEST);
        if !schemas.as_ref().and_then(Value::as_array).is_some_and(is_bulk) {
            return Err(syntax(&format!("must contain `{BULK_REQUEST}`")).under("schemas"));
        }
        let operations = match take(&mut body, "Operations") {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => return Err(syntax("expected a list of at least one operation").under("Operations")),
        };
        if operations.len() > limits.bulk_operations {
            let reason = format!("more than {} operations", limits.bulk_operations);
            return Err(ScimError::new(ErrorKind::PayloadTooLarge, reason));
        }
        let fail_on_errors = take(&mut body, "failOnErrors").and_then(|n| usize::try_from(n.as_u64()?).ok());
        let parsed = operations.into_iter().enumerate();
        let parsed = parsed.map(|(i, o)| BulkOperation::parse(o).map_err(|e| e.under(&format!("Operations[{i}]"))));
        Ok(Self { fail_on_errors: fail_on_errors.filter(|n| *n > 0), operations: parsed.collect::<Result<_, _>>()? })
    }
}

impl BulkOperation {
    fn parse(operation: Value) -> Result<Self, ScimError> {
        let Value::Object(mut operation) = operation else { return Err(syntax("expected an object")) };
        let mut text = |name: &str| match take(&mut operation, name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(syntax("expected a string").under(name)),
        };
        let (method, bulk_id, path, version) = (text("method")?, text("bulkId")?, text("path")?, text("version")?);
        let data = match take(&mut operation, "data") {
            None | Some(Value::Null) => None,
            Some(Value::Object(data)) => Some(data),
            Some(_) => return Err(syntax("expected an object").under("data")),
        };
        let method = method.unwrap_or_default().to_ascii_uppercase();
        Ok(Self { method, bulk_id, path: path.unwrap_or_default(), version, data })
    }
}

/// The body of a bulk response.
pub fn bulk_response(results: &[BulkResult]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut response = Object::new(&mut body);
    response.json("schemas", format!("[\"{BULK_RESPONSE}\"]").as_bytes());
    let out = response.field("Operations");
    out.push(b'[');
    for (i, result) in results.iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"" } else { b"," });
        result.write(out);
    }
    out.push(b']');
    response.end();
    body
}

impl BulkResult {
    fn write(&self, out: &mut Vec<u8>) {
        let mut result = Object::new(out);
        result.text("method", &self.method);
        for (name, text) in [("bulkId", &self.bulk_id), ("version", &self.version), ("location", &self.location)] {
            if let Some(text) = text {
                result.text(name, text);
            }
        }
        result.text("status", &self.status);
        if let Some(response) = &self.response {
            result.value("response", response);
        }
        result.end();
    }
}

fn syntax(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::InvalidSyntax, reason)
}

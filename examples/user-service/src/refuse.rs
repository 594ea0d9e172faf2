//! Says no: every error is a status that Usher understands and a `detail` that a person does.

use std::fmt::Display;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error answer.
pub(crate) struct Refusal(StatusCode, String);

impl Refusal {
    pub(crate) fn new(status: StatusCode, detail: impl Display) -> Self {
        Self(status, detail.to_string())
    }

    pub(crate) fn invalid(detail: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn missing(what: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} does not exist"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "detail": self.1 }))).into_response()
    }
}

/// Any other error is our own, and its cause is for our log: it means nothing to a customer's administrator.
impl<E: std::error::Error> From<E> for Refusal {
    fn from(cause: E) -> Self {
        eprintln!("user-service: {cause}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the user service has a problem of its own")
    }
}

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

    fn own(cause: impl Display) -> Self {
        eprintln!("user-service: {cause}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the user service has a problem of its own")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "detail": self.1 }))).into_response()
    }
}

/// Any other error is our own, and its cause is for our log: it means nothing to a customer's administrator.
impl From<serde_json::Error> for Refusal {
    fn from(cause: serde_json::Error) -> Self {
        Self::own(cause)
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(cause: sqlx::Error) -> Self {
        let code = cause.as_database_error().and_then(|cause| cause.code());
        match code.as_deref() {
            // PostgreSQL has no room for a zero byte in a text, nor for several thousand bytes in an index.
            Some("22021" | "54000") => Self::invalid(cause),
            _ => Self::own(cause),
        }
    }
}

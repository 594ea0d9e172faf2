//! Media types in and out (RFC 7644 sections 3.1 and 3.8).

use super::head::RequestHead;
use crate::error::{ErrorKind, ScimError};

/// What an answer is labelled as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/scim+json`
    Scim,
    /// `application/json`, for clients that accept only that: OneLogin documents it so.
    Json,
}

impl MediaType {
    /// The value of `content-type`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Scim => "application/scim+json",
            Self::Json => "application/json",
        }
    }

    /// What `accept` calls it.
    fn ranges(self) -> &'static [&'static str] {
        match self {
            Self::Scim => &["application/scim+json"],
            Self::Json => &["application/json", "text/json"],
        }
    }
}

/// Which of the two the client takes; the preferred one when it takes both.
///
/// # Errors
/// 406 when it takes neither.
pub fn accepted(head: &RequestHead, preferred: MediaType) -> Result<MediaType, ScimError> {
    let lines: Vec<String> = head.all("accept").map(|v| String::from_utf8_lossy(v).to_ascii_lowercase()).collect();
    let ranges = || lines.iter().flat_map(|l| l.split(',')).map(|r| r.split(';').next().unwrap_or_default().trim());
    let takes = |wanted: &[&str]| ranges().any(|r| wanted.contains(&r));
    let any = ranges().all(str::is_empty) || takes(&["*/*", "application/*"]);
    let fits = |media: &MediaType| any || takes(media.ranges());
    let found = [preferred, MediaType::Scim, MediaType::Json].into_iter().find(fits);
    let reason = "answers are application/scim+json or application/json";
    found.ok_or_else(|| ScimError::new(ErrorKind::NotAcceptable, reason))
}

/// Whether the body is something we read.
///
/// # Errors
/// 415 for another type, charset or coding; 413 when the announced length is over the limit.
pub fn check_content(head: &RequestHead, body_bytes: usize) -> Result<(), ScimError> {
    if let Some(kind) = head.one("content-type")? {
        check_type(kind)?;
    }
    let coding = head.one("content-encoding")?.unwrap_or("identity");
    if !coding.trim().eq_ignore_ascii_case("identity") {
        return Err(unsupported("encoded bodies are not taken"));
    }
    let length = head.one("content-length")?.and_then(|l| l.parse::<usize>().ok());
    if length.is_some_and(|l| l > body_bytes) {
        return Err(too_large(body_bytes));
    }
    Ok(())
}

/// The failure of a body over the limit.
pub(crate) fn too_large(body_bytes: usize) -> ScimError {
    ScimError::new(ErrorKind::PayloadTooLarge, format!("the body is larger than {body_bytes} bytes"))
}

fn check_type(text: &str) -> Result<(), ScimError> {
    let mut parts = text.split(';').map(|p| p.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    if essence != "application/scim+json" && essence != "application/json" {
        return Err(unsupported("expected application/scim+json or application/json"));
    }
    let charset = parts.find_map(|p| p.strip_prefix("charset=").map(|c| c.trim_matches('"').to_owned()));
    match charset.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(_) => Err(unsupported("the only charset is utf-8")),
    }
}

fn unsupported(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::UnsupportedMediaType, reason)
}

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

/// Both.
const EITHER: [&str; 2] = ["*/*", "application/*"];

/// Which of the two the client takes; the preferred one when it takes both.
///
/// # Errors
/// 406 when it takes neither.
pub fn accepted(head: &RequestHead, preferred: MediaType) -> Result<MediaType, ScimError> {
    let (mut any, mut scim, mut json) = (true, false, false);
    for range in head.all("accept").flat_map(|line| line.split(|b| *b == b',')).map(without_parameters) {
        let is = |ranges: &[&str]| ranges.iter().any(|known| range.eq_ignore_ascii_case(known.as_bytes()));
        any &= range.is_empty();
        scim |= is(MediaType::Scim.ranges()) || is(&EITHER);
        json |= is(MediaType::Json.ranges()) || is(&EITHER);
    }
    let fits = |media: &MediaType| any || if *media == MediaType::Scim { scim } else { json };
    let found = [preferred, MediaType::Scim, MediaType::Json].into_iter().find(fits);
    let reason = "answers are application/scim+json or application/json";
    found.ok_or_else(|| ScimError::new(ErrorKind::NotAcceptable, reason))
}

fn without_parameters(range: &[u8]) -> &[u8] {
    range.split(|b| *b == b';').next().unwrap_or_default().trim_ascii()
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
    let is_one_of = |text: &str, known: &[&str]| known.iter().any(|k| k.eq_ignore_ascii_case(text));
    let mut parts = text.split(';').map(str::trim);
    if !is_one_of(parts.next().unwrap_or_default(), &["application/scim+json", "application/json"]) {
        return Err(unsupported("expected application/scim+json or application/json"));
    }
    let parameters = parts.filter_map(|p| p.split_once('='));
    let charset =
        parameters.filter(|(name, _)| name.eq_ignore_ascii_case("charset")).map(|(_, c)| c.trim_matches('"')).next();
    if charset.is_none_or(|charset| is_one_of(charset, &["utf-8", "utf8", "us-ascii"])) {
        Ok(())
    } else {
        Err(unsupported("the only charset is utf-8"))
    }
}

fn unsupported(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::UnsupportedMediaType, reason)
}

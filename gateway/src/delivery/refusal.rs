//! From what the service answers to what the provider sees.
//!
//! The provider's credentials were fine, so it never gets the service's 401 or 403 (Entra quarantines a job on
//! one). What may pass by itself is 503 with `Retry-After`: the provider's retry is the queue.

use super::Service;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{CallFailure, CallResult, ServiceAnswer};
use crate::instant::Instant;

/// Seconds a provider should wait when nobody said how long.
const RETRY_SECONDS: u32 = 10;
/// More of a service's sentence than this is not for an administrator.
const DETAIL_CHARS: usize = 500;

/// The answer, if there is a whole one.
pub(super) fn answered(result: CallResult) -> Result<ServiceAnswer, ScimError> {
    match result {
        CallResult::Answered(answer) => Ok(answer),
        CallResult::Failed(CallFailure::NoHost) => Err(unavailable("the user service cannot be reached")),
        CallResult::Failed(CallFailure::Reset) => Err(unavailable("the user service broke off its answer")),
        CallResult::Failed(CallFailure::TooLarge) => Err(unavailable("the user service gave too large an answer")),
    }
}

impl Service<'_> {
    /// The failure that an answer other than 2xx is.
    pub(super) async fn refusal(&self, answer: &ServiceAnswer) -> ScimError {
        refused(answer, self.wait(answer).await)
    }

    /// Seconds to wait: the service says it in either form of RFC 9110 section 10.2.3, and Okta reads but the one.
    async fn wait(&self, answer: &ServiceAnswer) -> u32 {
        let Some(said) = answer.header("retry-after").map(str::trim) else { return RETRY_SECONDS };
        if let Ok(seconds) = said.parse() {
            return seconds;
        }
        let Some(then) = Instant::from_http(said) else { return RETRY_SECONDS };
        let now = Instant::from_nanos(self.world.now().await);
        u32::try_from((then.millis() - now.millis() + 999) / 1_000).map_or(1, |seconds| seconds.max(1))
    }
}

fn refused(answer: &ServiceAnswer, wait: u32) -> ScimError {
    let told = |kind, otherwise: &str| match detail(&answer.body) {
        Some(sentence) => ScimError { told_by_service: true, ..ScimError::new(kind, sentence) },
        None => ScimError::new(kind, otherwise),
    };
    match answer.status {
        400 | 422 => told(ErrorKind::InvalidValue, "the user service does not take these values"),
        401 | 403 => ScimError::new(ErrorKind::BadGateway, "the user service refuses the gateway"),
        404 => told(ErrorKind::NotFound, "the resource does not exist"),
        409 => told(ErrorKind::Uniqueness, "a value that must be unique is taken"),
        412 => ScimError::new(ErrorKind::PreconditionFailed, "the resource was changed by somebody else"),
        429 => told(ErrorKind::TooManyRequests(wait), "the user service wants fewer requests"),
        503 => ScimError::new(ErrorKind::Unavailable(wait), "the user service is not available"),
        504 => unavailable("the user service did not answer in time"),
        status => unavailable(&format!("the user service failed (status {status})")),
    }
}

/// A failure that the provider should retry.
pub(crate) fn unavailable(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::Unavailable(RETRY_SECONDS), reason)
}

fn detail(body: &[u8]) -> Option<String> {
    let body = usher_json::read_any(body)?;
    let detail = body.get("detail").or_else(|| body.get("message")).or_else(|| body.get("error"))?.as_str()?;
    Some(detail.chars().filter(|c| !c.is_control()).take(DETAIL_CHARS).collect())
}

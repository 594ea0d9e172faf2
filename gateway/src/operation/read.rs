//! GET of one resource (RFC 7644 section 3.4.1).

use super::session::Session;
use crate::error::ScimError;
use crate::exchange::{Answer, Outcome};
use crate::record::etag;
use crate::schema::ResourceType;

pub(super) async fn read(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, ScimError> {
    let record = session.service.fetch(&of.kind, id).await?;
    session.service.remember(&record).await;
    if session.has_already(&record)? {
        return Ok(Answer::empty(304).header("etag", etag(&record.resource)));
    }
    Ok(session.show(200, of, record, Outcome::Answered, 0))
}

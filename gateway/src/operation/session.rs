//! One authenticated request: everything an operation may touch, and nothing of other directories.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::answer;
use crate::change::Rules;
use crate::config::Directory;
use crate::delivery::{Batch, Service};
use crate::error::{ErrorKind, ScimError};
use crate::events::Unread;
use crate::exchange::{Answer, Body, Outcome, World};
use crate::gateway::Gateway;
use crate::legacy::Version;
use crate::leniency::{Leniencies, Leniency};
use crate::limits::Limits;
use crate::mapping::nothing_lost;
use crate::message::parse_object;
use crate::record::{Record, etag};
use crate::request::{Query, RequestHead, too_large};
use crate::schema::{Coercion, ResourceType, SchemaSet};

pub(super) struct Session<'x> {
    pub(super) gateway: &'x Gateway,
    pub(super) world: &'x World,
    pub(super) directory: &'x Rc<Directory>,
    pub(super) service: Service<'x>,
    pub(super) query: &'x Query,
    /// The directory as the client sees it.
    pub(super) url: String,
    head: &'x RequestHead,
    content: Content,
}

/// Where the body and what belongs to it come from.
pub(super) enum Content {
    /// The request itself.
    Incoming,
    /// One operation of a bulk request.
    Given {
        /// Its `data`, until it is taken.
        body: Cell<Map<String, Value>>,
        /// The id of what it makes.
        id: Option<String>,
        /// Its `version`.
        if_match: Option<String>,
    },
}

impl<'x> Session<'x> {
    pub(super) fn new(
        gateway: &'x Gateway,
        world: &'x World,
        head: &'x RequestHead,
        directory: &'x Rc<Directory>,
        query: &'x Query,
        url: String,
    ) -> Self {
        let service = Service::new(world, &gateway.config, directory, head);
        Self { gateway, world, directory, service, query, url, head, content: Content::Incoming }
    }

    /// One operation of a bulk request, as if it had come alone.
    pub(super) fn within<'y>(&'y self, query: &'y Query, content: Content, batch: Option<&'y Batch>) -> Session<'y> {
        let Self { gateway, world, directory, head, .. } = *self;
        let service = self.service.with_batch(batch);
        Session { gateway, world, directory, service, query, url: self.url.clone(), head, content }
    }

    /// The id that is waiting for what this request makes.
    pub(super) fn given_id(&self) -> Option<String> {
        match &self.content {
            Content::Given { id, .. } => id.clone(),
            Content::Incoming => None,
        }
    }

    /// The resource type at this endpoint.
    pub(super) fn resource_type(&self, endpoint: &str) -> Result<&'x ResourceType, ScimError> {
        self.types().at_endpoint(endpoint).ok_or_else(super::no_endpoint)
    }

    /// The resource types of this directory. A lenient one understands what its service does not keep.
    pub(super) fn types(&self) -> &'x SchemaSet {
        match &self.directory.mapping {
            Some(mapping) if self.directory.leniencies == Leniencies::STRICT => &mapping.advertised,
            Some(mapping) => &mapping.full,
            None => &self.gateway.config.schemas,
        }
    }

    /// The resource types as they are told.
    pub(super) fn advertised(&self) -> &'x SchemaSet {
        self.directory.mapping.as_ref().map_or(&self.gateway.config.schemas, |mapping| &mapping.advertised)
    }

    /// What the service will give back of a resource. A service with its own shape may have no field for some of it:
    /// that is left out as an unknown attribute is, and refused where those are refused.
    pub(super) fn kept(
        &self,
        of: &ResourceType,
        before: Option<&Record>,
        resource: Map<String, Value>,
    ) -> Result<Map<String, Value>, ScimError> {
        let Some(map) = self.directory.map(&of.kind) else { return Ok(resource) };
        let kept = map.kept(before, &resource)?;
        if !self.directory.leniencies.allow(Leniency::UnknownAttributes) {
            nothing_lost(&resource, &kept)?;
        }
        Ok(kept)
    }

    /// The same of what is never read back.
    pub(super) fn kept_unread(&self, of: &ResourceType, mut unread: Unread) -> Unread {
        if let Some(map) = self.directory.map(&of.kind) {
            unread.retain(|(path, _)| map.keeps_secret(path));
        }
        unread
    }

    pub(super) fn limits(&self) -> &'x Limits {
        &self.gateway.config.limits
    }

    /// The whole body.
    async fn body(&self) -> Result<Vec<u8>, ScimError> {
        match self.world.body().await {
            Body::Whole(body) if body.len() <= self.limits().body_bytes => Ok(body),
            _ => Err(too_large(self.limits().body_bytes)),
        }
    }

    /// The body as a JSON object.
    pub(super) async fn object(&self) -> Result<Map<String, Value>, ScimError> {
        match &self.content {
            Content::Given { body, .. } => Ok(body.take()),
            Content::Incoming => parse_object(&self.body().await?, self.limits()),
        }
    }

    /// The body as it came, where it came alone and is SCIM 2.0.
    pub(super) async fn text(&self) -> Result<Option<Vec<u8>>, ScimError> {
        match &self.content {
            Content::Incoming if self.directory.version == Version::V2 => self.body().await.map(Some),
            _ => Ok(None),
        }
    }

    /// How this directory wants values to be read.
    pub(super) fn coercion(&self) -> Coercion {
        Coercion {
            leniencies: self.directory.leniencies,
            string_bytes: self.limits().string_bytes,
            in_extension: false,
        }
    }

    /// How this directory wants a PATCH to be read.
    pub(super) fn rules(&self) -> Rules {
        Rules { coercion: self.coercion(), limits: *self.limits() }
    }

    /// The preconditions of a write (RFC 7644 section 3.14).
    pub(super) fn check(&self, record: &Record) -> Result<(), ScimError> {
        self.check_match(record)?;
        self.check_none_match(record)
    }

    /// `If-Match`: the client's picture of the resource must be the present one.
    fn check_match(&self, record: &Record) -> Result<(), ScimError> {
        let wanted = match &self.content {
            Content::Given { if_match, .. } => if_match.as_deref(),
            Content::Incoming => self.head.one("if-match")?,
        };
        let Some(wanted) = wanted else { return Ok(()) };
        if names(wanted, &etag(&record.resource)) {
            return Ok(());
        }
        Err(ScimError::new(ErrorKind::PreconditionFailed, "the resource has another version than `If-Match` says"))
    }

    /// `If-None-Match` on a write: `*` wants nothing to be there, a tag wants another version (RFC 9110 section 13.1.2).
    fn check_none_match(&self, record: &Record) -> Result<(), ScimError> {
        if !self.has_already(record)? {
            return Ok(());
        }
        Err(ScimError::new(ErrorKind::PreconditionFailed, "the resource is what `If-None-Match` does not want"))
    }

    /// Whether the client has this version already (`If-None-Match`).
    pub(super) fn has_already(&self, record: &Record) -> Result<bool, ScimError> {
        let held = match &self.content {
            Content::Given { .. } => None,
            Content::Incoming => self.head.one("if-none-match")?,
        };
        Ok(held.is_some_and(|held| names(held, &etag(&record.resource))))
    }

    /// Whether the whole record is needed, be it to compare versions or to show parts of it; and in a batch, where it is
    /// kept for those that follow.
    pub(super) fn wants_whole(&self) -> bool {
        let compared = ["if-match", "if-none-match"].iter().any(|name| self.head.all(name).next().is_some());
        let shown = ["attributes", "excludedAttributes"].iter().any(|name| self.query.get(name).is_some());
        compared || shown || matches!(self.content, Content::Given { .. })
    }

    /// The answer that shows a record. What is known in part only cannot be shown (RFC 7644 section 3.5.2: "MAY return
    /// HTTP status code 204 (No Content)").
    pub(super) fn show(
        &self,
        status: u16,
        of: &ResourceType,
        record: Record,
        outcome: Outcome,
        events: usize,
    ) -> Answer {
        if record.named_only {
            let mut answer = Answer::empty(204);
            answer.account.outcome = outcome;
            answer.account.events = events;
            return answer;
        }
        let shown = match self.content {
            // A bulk response says where it is and which version it has, not what it is (RFC 7644 section 3.7.3).
            Content::Given { .. } => answer::refer(&self.url, of, &record),
            Content::Incoming => answer::show(&self.url, of, record, &super::projection(self)),
        };
        let mut answer = Answer::json(status, shown.body)
            .header("etag", shown.etag)
            .header(if status == 201 { "location" } else { "content-location" }, shown.location);
        answer.account.outcome = outcome;
        answer.account.events = events;
        answer
    }
}

/// Whether a list of entity tags has this one; weakly compared, since all of ours are weak.
fn names(list: &str, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

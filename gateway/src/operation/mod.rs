//! The operations of SCIM, one a file, each a straight line from request to answer (RFC 7644 section 3).

mod bulk;
mod change;
mod create;
mod delete;
mod discover;
mod list;
mod members;
mod moment;
mod named;
mod read;
mod session;

use std::rc::Rc;

use crate::answer::Projection;
use crate::authenticate::authenticate;
use crate::config::{Directory, State};
use crate::console;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{Account, Answer, Apart, Locker, Outcome, World, apart};
use crate::gateway::Gateway;
use crate::legacy::{self, Version};
use crate::lookup;
use crate::request::{Endpoint, MediaType, Method, RequestHead, Route, accepted, check_content, locate};
use crate::schema::{ResourceKind, ResourceType};
use crate::throttle::{self, too_many};
use session::Session;

/// Directories whose requests are counted; where two share a slot, the later one begins with a full bucket.
const RATE_SLOTS: u32 = 16_384;

/// Answer one request, whatever it is.
pub(crate) async fn answer(gateway: &Gateway, world: &World, head: &RequestHead) -> Answer {
    if let Some(answer) = console::answer(gateway, world, head).await {
        return answer;
    }
    if let Some(answer) = lookup::forget(gateway, world, head).await {
        return answer;
    }
    let began = console::begin(gateway, world).await;
    let mut account = Account { outcome: Outcome::Refused, ..Account::default() };
    let result = handle(gateway, world, head, &mut account).await;
    let answer = result.unwrap_or_else(|error| Answer::failure(&error));
    let answer = label(answer, account, head);
    console::note(gateway, world, head, began, &answer).await;
    answer
}

/// The media type, and the account of the exchange.
fn label(mut answer: Answer, account: Account, head: &RequestHead) -> Answer {
    let Account { directory, operation, .. } = account;
    answer.account = Account { directory, operation, ..answer.account };
    match answer.body {
        Some(_) if !answer.headers.iter().any(|(name, _)| *name == "content-type") => {
            let media = accepted(head, MediaType::Scim).unwrap_or(MediaType::Scim);
            answer.header("content-type", media.text().to_owned())
        }
        _ => answer,
    }
}

async fn handle(
    gateway: &Gateway,
    world: &World,
    head: &RequestHead,
    account: &mut Account,
) -> Result<Answer, ScimError> {
    let limits = &gateway.config.limits;
    let target = head.check()?;
    let host = gateway.config.directories.at_host(head.one(":authority")?.unwrap_or_default());
    let route = locate(&gateway.config.base, host, target, limits.target_bytes)?.ok_or_else(no_endpoint)?;
    let method = Method::parse(head.one(":method")?.unwrap_or_default());
    account.operation = method.as_ref().map_or("unknown", |method| name_of(gateway, *method, &route.endpoint));
    let directory = authenticate(gateway, world, head, &route.directory).await?;
    account.directory = Some(directory.id.clone());
    let result = match admit(world, &directory).await {
        Ok(()) => serve(gateway, world, head, &directory, method, route).await,
        Err(error) => Err(error),
    };
    match directory.version {
        Version::V2 => result,
        Version::V1 => Ok(in_1_1(result.unwrap_or_else(|error| Answer::failure(&error)), head)),
    }
}

/// Whether the directory is served, and has not asked too often.
async fn admit(world: &World, directory: &Directory) -> Result<(), ScimError> {
    if directory.state == State::Deactivated {
        return Err(ScimError::new(ErrorKind::Forbidden, "this directory is deactivated"));
    }
    let Some(rate) = directory.rate_limit else { return Ok(()) };
    let locker = Locker::of(&directory.id, "requests", RATE_SLOTS, &[]);
    let taken = throttle::take(world, &locker, rate).await;
    taken.map_err(|wait| too_many(wait, "this directory sends too many requests; please try again later"))
}

/// The same answer in the words and the media type of SCIM 1.1, which knows no `application/scim+json`.
fn in_1_1(answer: Answer, head: &RequestHead) -> Answer {
    let Some(body) = answer.body else { return answer };
    let media = accepted(head, MediaType::Json).unwrap_or(MediaType::Json);
    Answer { body: Some(legacy::answer(body)), ..answer }.header("content-type", media.text().to_owned())
}

async fn serve(
    gateway: &Gateway,
    world: &World,
    head: &RequestHead,
    directory: &Rc<Directory>,
    method: Result<Method, ScimError>,
    route: Route,
) -> Result<Answer, ScimError> {
    let limits = &gateway.config.limits;
    let method = method?;
    accepted(head, MediaType::Scim)?;
    if matches!(method, Method::Post | Method::Put | Method::Patch) {
        check_content(head, limits.body_bytes)?;
    }
    let query = directory.version.query(route.query);
    let url = gateway.config.url(head, (!route.by_host).then_some(directory));
    let session = Session::new(gateway, world, head, directory, &query, url);
    dispatch(&session, method, route.endpoint).await
}

/// What an operation will answer.
type Answering<'s> = Apart<'s, Result<Answer, ScimError>>;

async fn dispatch(session: &Session<'_>, method: Method, endpoint: Endpoint) -> Result<Answer, ScimError> {
    let answering: Answering<'_> = match endpoint {
        Endpoint::Collection(_) | Endpoint::Resource(..) => return on_type(session, method, endpoint).await,
        Endpoint::Search(name) => on_search(session, method, Some(session.resource_type(&name)?))?,
        Endpoint::SearchAll => on_search(session, method, None)?,
        Endpoint::Root if method == Method::Get => apart(list::list_all(session)),
        Endpoint::Root => return Err(no_endpoint()),
        Endpoint::Bulk if method == Method::Post => apart(bulk::bulk(session)),
        Endpoint::Bulk => return Err(ScimError::new(ErrorKind::MethodNotAllowed("POST"), "bulk is a POST")),
        Endpoint::Me => return Err(ScimError::new(ErrorKind::NotImplemented, "this endpoint is not supported")),
        Endpoint::Unknown => return Err(no_endpoint()),
        discovery => return discover::discover(session, method, discovery),
    };
    answering.await
}

/// The endpoints that a bulk request can name as well.
async fn on_type(session: &Session<'_>, method: Method, endpoint: Endpoint) -> Result<Answer, ScimError> {
    match endpoint {
        Endpoint::Collection(name) => on_collection(session, method, session.resource_type(&name)?)?.await,
        Endpoint::Resource(name, id) => on_resource(session, method, session.resource_type(&name)?, &id)?.await,
        _ => Err(no_endpoint()),
    }
}

fn on_collection<'s>(
    session: &'s Session<'_>,
    method: Method,
    of: &'s ResourceType,
) -> Result<Answering<'s>, ScimError> {
    match method {
        Method::Get => Ok(apart(list::list(session, of))),
        Method::Post => Ok(apart(create::create(session, of))),
        _ => Err(ScimError::new(ErrorKind::MethodNotAllowed("GET, POST"), "a collection can be read and added to")),
    }
}

fn on_search<'s>(
    session: &'s Session<'_>,
    method: Method,
    of: Option<&'s ResourceType>,
) -> Result<Answering<'s>, ScimError> {
    match method {
        Method::Post => Ok(apart(list::search(session, of))),
        _ => Err(ScimError::new(ErrorKind::MethodNotAllowed("POST"), "a search is a POST")),
    }
}

fn on_resource<'s>(
    session: &'s Session<'_>,
    method: Method,
    of: &'s ResourceType,
    id: &'s str,
) -> Result<Answering<'s>, ScimError> {
    match method {
        Method::Get => Ok(apart(read::read(session, of, id))),
        Method::Put => Ok(apart(change::replace(session, of, id))),
        Method::Patch => Ok(apart(change::patch(session, of, id))),
        Method::Delete => Ok(apart(delete::delete(session, of, id))),
        Method::Post => {
            let allow = ErrorKind::MethodNotAllowed("GET, PUT, PATCH, DELETE");
            Err(ScimError::new(allow, "a resource can be read, replaced, changed and deleted"))
        }
    }
}

fn no_endpoint() -> ScimError {
    ScimError::new(ErrorKind::NotFound, "there is no such endpoint")
}

/// A word of a small fixed set for log and statistics.
fn name_of(gateway: &Gateway, method: Method, endpoint: &Endpoint) -> &'static str {
    let kind = |name: &str| gateway.config.schemas.at_endpoint(name).map(|t| &t.kind);
    match endpoint {
        Endpoint::Collection(name) => match (kind(name), method) {
            (Some(ResourceKind::User), Method::Get) => "list_users",
            (Some(ResourceKind::User), Method::Post) => "create_user",
            (Some(ResourceKind::Group), Method::Get) => "list_groups",
            (Some(ResourceKind::Group), Method::Post) => "create_group",
            (Some(ResourceKind::Other(_)), Method::Get) => "list_others",
            (Some(ResourceKind::Other(_)), Method::Post) => "create_other",
            _ => "unknown",
        },
        Endpoint::Resource(name, _) => match (kind(name), method) {
            (Some(ResourceKind::User), Method::Get) => "get_user",
            (Some(ResourceKind::User), Method::Put) => "replace_user",
            (Some(ResourceKind::User), Method::Patch) => "patch_user",
            (Some(ResourceKind::User), Method::Delete) => "delete_user",
            (Some(ResourceKind::Group), Method::Get) => "get_group",
            (Some(ResourceKind::Group), Method::Put) => "replace_group",
            (Some(ResourceKind::Group), Method::Patch) => "patch_group",
            (Some(ResourceKind::Group), Method::Delete) => "delete_group",
            (Some(ResourceKind::Other(_)), Method::Get) => "get_other",
            (Some(ResourceKind::Other(_)), Method::Put) => "replace_other",
            (Some(ResourceKind::Other(_)), Method::Patch) => "patch_other",
            (Some(ResourceKind::Other(_)), Method::Delete) => "delete_other",
            _ => "unknown",
        },
        Endpoint::Root | Endpoint::Search(_) | Endpoint::SearchAll => "search",
        Endpoint::ServiceProviderConfig | Endpoint::ResourceTypes(_) | Endpoint::Schemas(_) => "discover",
        Endpoint::Bulk => "bulk",
        Endpoint::Me | Endpoint::Unknown => "unknown",
    }
}

/// What every operation needs to show a resource.
fn projection(session: &Session<'_>) -> Projection {
    Projection::parse(session.query, &session.gateway.config.limits)
}

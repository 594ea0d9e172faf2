//! The reference user service: all that `docs/user-service.md` asks for, one write and two reads, on SQLite or
//! PostgreSQL.
//!
//! Read it in this order: here is what is asked over HTTP, `parse` reads a delivery, `open` has the tables,
//! `store` keeps in them what a delivery says, `publish` passes it on, `refuse` says no.

mod directory;
mod open;
mod parse;
mod publish;
mod refuse;
mod store;

use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode, request::Parts};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

pub use directory::with_directories;
pub use open::Store;
use refuse::Refusal;
use store::{Fields, Kind};

/// The whole service, ready to be served or to be driven in-process by a test.
pub fn app(store: Store) -> Router {
    Router::new()
        .route("/healthz", get(|| async {}))
        .route("/provisioning/events", post(accept))
        .route("/provisioning/{kind}", get(list))
        .route("/provisioning/{kind}/{id}", get(read))
        .fallback(|| async { Refusal::missing("this address") })
        .method_not_allowed_fallback(|| async { Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "not by this method") })
        // One SCIM request may change thousands of members. Usher limits it, and nobody else calls.
        .layer(DefaultBodyLimit::disable())
        .with_state(store)
}

/// What a list is narrowed by. Given together, all must hold.
#[derive(Default, Deserialize)]
struct Search {
    user_name: Option<String>,
    external_id: Option<String>,
    email: Option<String>,
    display_name: Option<String>,
    ids: Option<String>,
    member: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
}

#[derive(Serialize)]
struct Page {
    total: i64,
    items: Vec<Fields>,
}

/// The record that a delivery is about, and the version it must still have for the events to make sense.
struct Subject<'a> {
    kind: Kind,
    id: &'a str,
    version: Option<&'a str>,
}

/// The write: all of the events, or none.
async fn accept(
    State(store): State<Store>,
    Directory { directory }: Directory,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, Refusal> {
    let events = parse::events(&body)?;
    let version = store.accept(directory, subject(&headers)?, &events).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders(version.map(|version| (ETAG, version)))))
}

/// One record, by its id.
async fn read(
    State(store): State<Store>,
    path: Result<Path<(Kind, String)>, PathRejection>,
    Directory { directory }: Directory,
    named: Result<Query<Named>, QueryRejection>,
) -> Result<Json<Fields>, Refusal> {
    let Path((kind, id)) = path.map_err(|_| Refusal::missing("this address"))?;
    let Query(Named { members, include }) = named.map_err(Refusal::invalid)?;
    let mut records = store.records(directory).await?;
    let mut record = records.read(&kind, &id, members.as_deref()).await?;
    if let (Kind::Groups, Some(members), Some("users")) = (kind, members, include.as_deref()) {
        records.add_users(&mut record, &members).await?;
    }
    Ok(Json(record))
}

/// One page of the records that match.
async fn list(
    State(store): State<Store>,
    path: Result<Path<Kind>, PathRejection>,
    Directory { directory }: Directory,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<Page>, Refusal> {
    let Path(kind) = path.map_err(|_| Refusal::missing("this address"))?;
    let Query(search) = search.map_err(Refusal::invalid)?;
    Ok(Json(store.records(directory).await?.list(&kind, &search).await?))
}

/// The members that matter, ids with commas between them; all, where nobody says. And whether their records are wanted.
#[derive(Deserialize)]
struct Named {
    members: Option<String>,
    include: Option<String>,
}

/// Whose records a call is about. No call goes without: it keeps one customer from another's users.
#[derive(Deserialize)]
struct Directory {
    directory: String,
}

impl<S: Sync> FromRequestParts<S> for Directory {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Query(found) = Query::<Self>::try_from_uri(&parts.uri).map_err(Refusal::invalid)?;
        match found.directory.is_empty() {
            true => Err(Refusal::invalid("the query parameter directory is empty")),
            false => Ok(found),
        }
    }
}

/// What `usher-resource` names must still have the version of `if-match`.
fn subject(headers: &HeaderMap) -> Result<Option<Subject<'_>>, Refusal> {
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let version = header("if-match");
    match header("usher-resource").unwrap_or_default().split_once('/') {
        Some((kind, id)) => Ok(Some(Subject { kind: kind.to_owned().into(), id, version })),
        None if version.is_none() => Ok(None),
        None => Err(Refusal::invalid("if-match needs usher-resource: users/<id> or groups/<id>")),
    }
}

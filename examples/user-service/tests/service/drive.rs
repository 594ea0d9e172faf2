//! Drives the service: deliveries in, answers out.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use tower::ServiceExt;
use usher_user_service::{Store, app};

pub(crate) type Answer = (u16, Value);

pub(crate) struct Service(Router);

impl Service {
    pub(crate) async fn new() -> Self {
        Self::journaled(None).await
    }

    /// On an empty database, the fastest there is.
    pub(crate) async fn journaled(events_file: Option<&Path>) -> Self {
        let database_url = match env::var(SERVER) {
            Ok(server) => schema(&server).await,
            Err(_) => "sqlite::memory:".into(),
        };
        Self::open(&database_url, events_file).await
    }

    pub(crate) async fn open(database_url: &str, events_file: Option<&Path>) -> Self {
        Self(app(Store::open(database_url, events_file).await.unwrap()))
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(format!("/provisioning/{address}")).body(Body::empty()).unwrap()).await
    }

    /// Reads what must be there.
    pub(crate) async fn read(&self, address: &str) -> Value {
        let (status, record) = self.get(address).await;
        assert_eq!(status, 200, "{address}: {record}");
        record
    }

    /// The ids that a list gives, in its order.
    pub(crate) async fn ids(&self, address: &str) -> Vec<String> {
        let page = self.read(address).await;
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn post(&self, directory: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::post(format!("/provisioning/events?directory={directory}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn deliver(&self, events: Value) -> Answer {
        self.post("acme", &[], events.to_string()).await
    }

    /// Delivers what must be accepted.
    pub(crate) async fn accept(&self, events: Value) {
        let answer = self.deliver(events).await;
        assert_eq!(answer, (204, Value::Null));
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (status, body) = self.text(request).await;
        (status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() })
    }

    pub(crate) async fn text(&self, request: Request<Body>) -> (u16, String) {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// An error must explain itself.
#[track_caller]
pub(crate) fn refused((status, body): Answer, expected: u16) {
    assert_eq!(status, expected, "{body}");
    assert!(body["detail"].as_str().unwrap().len() > 5, "{body}");
}

pub(crate) fn event(id: &str, name: &str, data: Value) -> Value {
    json!({ "id": id, "event": name, "time": "2026-11-21T20:00:00.123Z", "directory_id": "acme", "data": data })
}

pub(crate) fn user(id: &str, user_name: &str) -> Value {
    json!({ "id": id, "active": true, "raw": { "userName": user_name } })
}

pub(crate) fn group(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "raw": { "displayName": name } })
}

/// The data of a membership event.
pub(crate) fn member(user: &str, group: Value) -> Value {
    json!({ "id": user, "group": group })
}

/// `u1` (ada) and `u2` (bob); `g1` (Engineers) with ada in it.
pub(crate) async fn staffed() -> Service {
    let service = Service::new().await;
    service.accept(staff()).await;
    service
}

pub(crate) fn staff() -> Value {
    json!([
        event("e1", "user.created", user("u1", "ada")),
        event("e2", "user.created", user("u2", "bob")),
        event("e3", "group.created", group("g1", "Engineers")),
        event("e4", "group.user_added", member("u1", group("g1", "Engineers"))),
    ])
}

/// An empty database that outlives the service, in a file unless the tests run on PostgreSQL.
pub(crate) async fn database(folder: &Path) -> String {
    match env::var(SERVER) {
        Ok(server) => schema(&server).await,
        Err(_) => format!("sqlite://{}?mode=rwc", folder.join("users.db").display()),
    }
}

/// Names the PostgreSQL server to run on. Each test has a schema of its own there.
pub(crate) const SERVER: &str = "TEST_POSTGRESQL";

async fn schema(server: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let pool = PgPool::connect(server).await.unwrap();
    raw_sql(AssertSqlSafe(format!("create schema {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    format!("{server}?options[search_path]={name}")
}

/// A place for a test's own files, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let run = if env::var_os(SERVER).is_some() { "postgresql" } else { "sqlite" };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(run).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

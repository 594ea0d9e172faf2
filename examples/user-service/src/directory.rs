//! Directories that Usher asks for: a folder with a file of JSON for each, `acme.json`.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::fs::read;

use crate::refuse::Refusal;

/// The same service, which knows directories as well.
pub fn with_directories(service: Router, folder: PathBuf) -> Router {
    let folder = Arc::new(folder);
    service.route("/provisioning/directories/{id}", get(move |Path(id): Path<String>| directory(folder, id)))
}

/// What is configured for this directory, to the letter.
async fn directory(folder: Arc<PathBuf>, id: String) -> Result<impl IntoResponse, Refusal> {
    let fit = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    let name = Some(&id).filter(|id| id.chars().all(fit)).ok_or_else(|| Refusal::missing("this directory"))?;
    let text = read(folder.join(format!("{name}.json"))).await.map_err(|_| Refusal::missing("this directory"))?;
    Ok(([(CONTENT_TYPE, "application/json")], Bytes::from(text)))
}

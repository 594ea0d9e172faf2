//! The REST service of the tests as a process: `LISTEN` is its address, `EVENTS_FILE` where accepted writes go.

use std::path::PathBuf;

use anyhow::{Context, Result};
use usher_host_tests::rest::app;

#[tokio::main]
async fn main() -> Result<()> {
    let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let listener = tokio::net::TcpListener::bind(variable("LISTEN")?).await?;
    axum::serve(listener, app(PathBuf::from(variable("EVENTS_FILE")?))).await.context("cannot serve")
}

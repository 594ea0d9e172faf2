//! Runs the reference user service until it is told to stop.

use std::env;
use std::path::Path;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use usher_user_service::{Store, app, with_directories};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let database = setting("DATABASE_URL", "sqlite://users.db?mode=rwc");
    let events = setting("EVENTS_FILE", "events.jsonl");
    let store = Store::open(&database, Some(Path::new(&events))).await?;
    let service = with_directories(app(store), setting("DIRECTORIES", "directories").into());
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:9000")).await?;
    println!("user-service listens on http://{}", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.into())
}

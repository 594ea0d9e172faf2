//! Appends accepted events to a file, one per line: those that are committed, and only those.
//!
//! They are posted to an outbox within the transaction, with their place in the file, and leave it when they are in the
//! file. So a crash of the service or a full disk at any moment loses nothing, and doubles nothing: a second attempt
//! writes the same lines at the same place.

use std::io::SeekFrom;
use std::path::Path;

use sqlx::{AnyConnection, AnyPool, query, query_as};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::parse::Event;

pub(crate) struct Journal(Option<File>);

impl Journal {
    pub(crate) async fn open(path: Option<&Path>) -> std::io::Result<Self> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).await?;
        Ok(Self(Some(file)))
    }

    /// Notes, as part of a delivery, what is to be written once it is committed.
    pub(crate) async fn post(&self, tx: &mut AnyConnection, events: &[&Event<'_>]) -> sqlx::Result<()> {
        let Some(file) = &self.0 else { return Ok(()) };
        let end = file.metadata().await?.len().cast_signed();
        // JSON breaks lines only between its tokens, where a space says the same.
        let lines: String = events.iter().map(|event| event.text.replace(['\n', '\r'], " ") + "\n").collect();
        query("insert into outbox (position, lines) values ($1, $2)").bind(end).bind(lines).execute(tx).await?;
        Ok(())
    }

    /// Writes what has been committed since.
    pub(crate) async fn publish(&mut self, pool: &AnyPool) -> sqlx::Result<()> {
        let Some(file) = &mut self.0 else {
            return Ok(());
        };
        let posted: Vec<(i64, String)> = query_as("select position, lines from outbox").fetch_all(pool).await?;
        for (position, lines) in posted {
            file.seek(SeekFrom::Start(position.cast_unsigned())).await?;
            file.write_all(lines.as_bytes()).await?;
            file.sync_data().await?;
            query("delete from outbox").execute(pool).await?;
        }
        Ok(())
    }
}

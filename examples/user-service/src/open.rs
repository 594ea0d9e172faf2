//! Opens the database, SQLite or PostgreSQL: its tables, its one writer, its readers.

use std::path::Path;
use std::sync::Arc;

use axum::BoxError;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, raw_sql};
use tokio::sync::Mutex;

use crate::Subject;
use crate::parse::Event;
use crate::publish::Journal;
use crate::refuse::Refusal;
use crate::store::Records;

/// `seq` is the order of creation and the key inside the database: an `id` is known only within its directory and kind.
/// Names and addresses are stored in lower case, by Rust: a database's own `lower` may know nothing but ASCII.
/// A membership holds ids, since a user may be put into a group before it is created, or without ever being.
/// What is looked for comes first in an index, for PostgreSQL knows nothing yet of a table that has just been filled: of
/// several that begin with the directory it would take any.
const SCHEMA: &str = "
create table if not exists records (
    directory text not null, kind text not null, seq bigint not null unique, id text not null,
    unique_name text, display_name text, external_id text, label text,
    version bigint not null, data text not null,
    primary key (directory, kind, seq), unique (id, directory, kind), unique (unique_name, directory, kind));
create index if not exists by_display_name on records (display_name, directory, kind);
create index if not exists by_external_id on records (external_id, directory, kind);
create table if not exists emails (
    seq bigint not null references records (seq) on delete cascade, email text not null, primary key (seq, email));
create index if not exists by_email on emails (email);
create table if not exists memberships (
    directory text not null, group_id text not null, user_id text not null,
    primary key (group_id, user_id, directory));
create index if not exists by_user on memberships (user_id, directory);
create table if not exists accepted (directory text not null, id text not null, primary key (directory, id));
create table if not exists outbox (position bigint primary key, lines text not null);
";

/// The system of record. Clones share the database and the events file.
#[derive(Clone)]
pub struct Store {
    writer: AnyPool,
    readers: AnyPool,
    journal: Arc<Mutex<Journal>>,
}

impl Store {
    /// Opens, or makes, the database and the file that accepted events are appended to. Both belong to one service: only
    /// one at a time can know where the file ends.
    pub async fn open(database_url: &str, events_file: Option<&Path>) -> Result<Self, BoxError> {
        install_default_drivers();
        let writer = connect(database_url, 1).await?;
        // `sqlite::memory:` lives and dies with its connection, so there everybody uses the same.
        let readers = match database_url.contains("memory") {
            true => writer.clone(),
            false => connect(database_url, 4).await?,
        };
        raw_sql(SCHEMA).execute(&writer).await?;
        let mut journal = Journal::open(events_file).await?;
        journal.publish(&writer).await?;
        Ok(Self { writer, readers, journal: Arc::new(Mutex::new(journal)) })
    }

    /// Takes all of the events or none, and tells the new version of what they are about. The lock makes the order of the file that of the commits, and lets nobody wait
    /// for a database that is locked.
    pub(crate) async fn accept(
        &self,
        directory: String,
        subject: Option<Subject<'_>>,
        events: &[Event<'_>],
    ) -> Result<Option<String>, Refusal> {
        let mut journal = self.journal.lock().await;
        // What an earlier delivery has committed but failed to write goes first.
        journal.publish(&self.writer).await?;
        let mut records = Records::of(directory, &self.writer).await?;
        let taken = records.take(subject.as_ref(), events).await?;
        let version = records.version(subject.as_ref()).await?;
        journal.post(&mut records.tx, &taken).await?;
        records.tx.commit().await?;
        journal.publish(&self.writer).await?;
        Ok(version)
    }

    /// The records of a directory as they are at one moment.
    pub(crate) async fn records(&self, directory: String) -> sqlx::Result<Records> {
        Records::of(directory, &self.readers).await
    }
}

/// All that the two databases are told differently. In both a transaction sees one moment. SQLite loses nothing when the
/// service crashes; what `normal` saves in time is at the risk that a power cut takes the last commits.
async fn connect(database_url: &str, connections: u32) -> sqlx::Result<AnyPool> {
    let setting = match database_url.starts_with("sqlite:") {
        true => "pragma journal_mode = wal; pragma synchronous = normal",
        false => "set default_transaction_isolation = 'repeatable read'",
    };
    let pool = AnyPoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None);
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move { raw_sql(setting).execute(connection).await.map(drop) })
    });
    pool.connect(database_url).await
}

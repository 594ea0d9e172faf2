//! Keeps records, memberships and accepted events, in the SQL that SQLite and PostgreSQL have in common.

use std::collections::{BTreeMap, HashSet};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use sqlx::{Any, AnyPool, AssertSqlSafe, Transaction, query, query_as, query_scalar};

use crate::parse::{self, Event, Raw, Record};
use crate::refuse::Refusal;
use crate::{Page, Search, Subject};

const JOIN: &str = "insert into memberships (directory, group_id, user_id) values ($1, $2, $3) on conflict do nothing";
const LEAVE: &str = "delete from memberships where directory = $1 and group_id = $2 and user_id = $3";

/// A record as it is read: what was stored, to the letter, and beside it `version` and `members` or `groups`.
pub(crate) type Fields = BTreeMap<String, Box<RawValue>>;

/// A collection of records.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub(crate) enum Kind {
    Users,
    Groups,
    /// Of a type that Usher's configuration declares: only kept, and known by its name alone.
    Other(String),
}

impl From<String> for Kind {
    fn from(collection: String) -> Self {
        match collection.as_str() {
            "users" => Self::Users,
            "groups" => Self::Groups,
            _ => Self::Other(collection),
        }
    }
}

impl Kind {
    /// What `user.created` and `role.created` are about: `users`, `roles`.
    fn of(noun: &str) -> Self {
        format!("{noun}s").into()
    }

    fn name(&self) -> &str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Other(name) => name,
        }
    }

    fn side(&self) -> Option<Side> {
        match self {
            Self::Users => {
                Some(Side { column: "user_id", others: "groups", of_others: "group_id", shown_as: "groups" })
            }
            Self::Groups => {
                Some(Side { column: "group_id", others: "users", of_others: "user_id", shown_as: "members" })
            }
            Self::Other(_) => None,
        }
    }
}

/// One side of a membership: its column there, who is on the other side, and how a record shows those.
struct Side {
    column: &'static str,
    others: &'static str,
    of_others: &'static str,
    shown_as: &'static str,
}

/// Somebody, or something, on the other side of a membership: the id alone when there is no such record (yet).
#[derive(sqlx::FromRow, Serialize)]
struct Other {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The records of one directory, within one transaction. Dropped without a commit, nothing has happened.
pub(crate) struct Records {
    pub(crate) tx: Transaction<'static, Any>,
    directory: String,
    /// Groups that have a new version because of their members.
    regrouped: HashSet<i64>,
}

impl Records {
    pub(crate) async fn of(directory: String, database: &AnyPool) -> sqlx::Result<Self> {
        Ok(Self { tx: database.begin().await?, directory, regrouped: HashSet::new() })
    }

    pub(crate) async fn read(&mut self, kind: &Kind, id: &str, members: Option<&str>) -> Result<Fields, Refusal> {
        let row = self.find(kind, id).await?;
        match (kind, members) {
            (Kind::Groups, Some(members)) if self.is_large(id).await? => self.in_part(row, members).await,
            _ => self.complete(kind, row).await,
        }
    }

    /// A group with so many members that nobody wants to read them all to add one.
    async fn is_large(&mut self, group: &str) -> sqlx::Result<bool> {
        let sql = "select user_id from memberships where directory = $1 and group_id = $2 limit 1 offset 100";
        let found = query(sql).bind(&self.directory).bind(group).fetch_optional(&mut *self.tx).await?;
        Ok(found.is_some())
    }

    /// A group with those of these members that it has.
    async fn in_part(&mut self, row: Row, members: &str) -> Result<Fields, Refusal> {
        let sql = "select 1 from memberships where directory = $1 and group_id = $2 and user_id = $3";
        let mut there = Vec::new();
        for id in members.split(',') {
            let found = query(sql).bind(&self.directory).bind(&row.id).bind(id).fetch_optional(&mut *self.tx).await?;
            there.extend(found.map(|_| id));
        }
        let mut fields: Fields = serde_json::from_str(&row.data)?;
        fields.insert("version".into(), to_raw_value(&row.version.to_string())?);
        fields.insert("members".into(), to_raw_value(&there)?);
        fields.insert("members_partial".into(), to_raw_value(&true)?);
        Ok(fields)
    }

    /// The records of those of these users that there are, beside a group that they may be in.
    pub(crate) async fn add_users(&mut self, group: &mut Fields, ids: &str) -> Result<(), Refusal> {
        let search = Search { ids: Some(ids.to_owned()), ..Search::default() };
        let Page { items, .. } = self.list(&Kind::Users, &search).await?;
        group.insert("users".into(), to_raw_value(&items)?);
        Ok(())
    }

    pub(crate) async fn list(&mut self, kind: &Kind, search: &Search) -> Result<Page, Refusal> {
        let (matching, values) = self.matching(kind, search);
        let total = AssertSqlSafe(format!("select count(*) {matching}"));
        let total = values.iter().fold(query_scalar(total), |query, value| query.bind(value));
        let total = total.fetch_one(&mut *self.tx).await?;
        let (count, skipped) = (search.count.unwrap_or(100).max(0), search.start_index.unwrap_or(1).max(1) - 1);
        let page = format!("select seq, id, version, data {matching} order by seq limit {count} offset {skipped}");
        let page = values.iter().fold(query_as(AssertSqlSafe(page)), |query, value| query.bind(value));
        let mut items = Vec::new();
        for row in page.fetch_all(&mut *self.tx).await? {
            items.push(self.complete(kind, row).await?);
        }
        Ok(Page { total, items })
    }

    /// A search in SQL, and the values of its parameters.
    fn matching(&self, kind: &Kind, search: &Search) -> (String, Vec<String>) {
        let mut sql = "from records where directory = $1 and kind = $2".to_owned();
        let mut values = vec![self.directory.clone(), kind.name().to_owned()];
        let mut and = |condition: &str, value: &Option<String>| {
            if let Some(value) = value {
                values.push(value.clone());
                sql += &format!(" and {}", condition.replace('?', &format!("${}", values.len())));
            }
        };
        and("external_id = ?", &search.external_id);
        and("display_name = ?", &lower(&search.display_name));
        match kind {
            Kind::Users => {
                and("unique_name = ?", &lower(&search.user_name));
                and("seq in (select seq from emails where email = ?)", &lower(&search.email));
            }
            Kind::Groups => and(
                "id in (select group_id from memberships m where m.directory = records.directory and user_id = ?)",
                &search.member,
            ),
            Kind::Other(_) => {}
        }
        if let Some(ids) = &search.ids {
            let first = values.len() + 1;
            values.extend(ids.split(',').map(str::to_owned));
            let ids: Vec<_> = (first..=values.len()).map(|n| format!("${n}")).collect();
            sql += &format!(" and id in ({})", ids.join(", "));
        }
        (sql, values)
    }

    /// What is read beside what was stored.
    async fn complete(&mut self, kind: &Kind, row: Row) -> Result<Fields, Refusal> {
        let mut fields: Fields = serde_json::from_str(&row.data)?;
        fields.insert("version".into(), to_raw_value(&row.version.to_string())?);
        if let Some(side) = kind.side() {
            fields.insert(side.shown_as.into(), to_raw_value(&self.others(&side, &row.id).await?)?);
        }
        Ok(fields)
    }

    async fn others(&mut self, side: &Side, id: &str) -> sqlx::Result<Vec<Other>> {
        let sql = format!(
            "select m.{other} as id, label as name from memberships m
             left join records r on r.directory = m.directory and r.kind = $3 and r.id = m.{other}
             where m.directory = $1 and m.{this} = $2 order by seq nulls last, m.{other}",
            this = side.column,
            other = side.of_others
        );
        query_as(AssertSqlSafe(sql)).bind(&self.directory).bind(id).bind(side.others).fetch_all(&mut *self.tx).await
    }

    async fn find(&mut self, kind: &Kind, id: &str) -> Result<Row, Refusal> {
        self.seek(kind, id).await?.ok_or_else(|| Refusal::missing(id))
    }

    async fn seek(&mut self, kind: &Kind, id: &str) -> sqlx::Result<Option<Row>> {
        let sql = "select seq, id, version, data from records where directory = $1 and kind = $2 and id = $3";
        query_as(sql).bind(&self.directory).bind(kind.name()).bind(id).fetch_optional(&mut *self.tx).await
    }

    /// Applies the events that are new, and returns them. A delivery that is known already passes without a look at its
    /// `if-match`: it is this very delivery that has changed the version.
    pub(crate) async fn take<'e>(
        &mut self,
        subject: Option<&Subject<'_>>,
        events: &'e [Event<'e>],
    ) -> Result<Vec<&'e Event<'e>>, Refusal> {
        let mut fresh = Vec::new();
        for event in events {
            if self.is_new(event).await? {
                fresh.push(event);
            }
        }
        if let Some(subject) = subject.filter(|_| !fresh.is_empty()) {
            self.check(subject).await?;
        }
        for event in &fresh {
            self.apply(event).await?;
        }
        Ok(fresh)
    }

    async fn is_new(&mut self, event: &Event<'_>) -> sqlx::Result<bool> {
        let sql = "insert into accepted (directory, id) values ($1, $2) on conflict do nothing";
        let done = query(sql).bind(&self.directory).bind(&event.id).execute(&mut *self.tx).await?;
        Ok(done.rows_affected() == 1)
    }

    /// A record that is gone has no version, so it is not the expected one either.
    async fn check(&mut self, subject: &Subject<'_>) -> Result<(), Refusal> {
        let Subject { kind, id, version: Some(expected) } = subject else { return Ok(()) };
        match self.seek(kind, id).await? {
            Some(row) if row.version.to_string() == *expected => Ok(()),
            _ => Err(Refusal::new(StatusCode::PRECONDITION_FAILED, format!("{id:?} has changed in the meantime"))),
        }
    }

    /// The version that what a delivery is about has now.
    pub(crate) async fn version(&mut self, subject: Option<&Subject<'_>>) -> sqlx::Result<Option<String>> {
        let Some(Subject { kind, id, .. }) = subject else { return Ok(None) };
        Ok(self.seek(kind, id).await?.map(|row| row.version.to_string()))
    }

    async fn apply(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        let record = || parse::record(event.data);
        let (noun, what) = event.name.split_once('.').unwrap_or_default();
        let kind = Kind::of(noun);
        match (&kind, what) {
            // Nothing is stored of these; they are in the log of events.
            _ if noun == "directory" => Ok(()),
            (_, "created") => self.create(&kind, &record()?).await,
            (_, "updated" | "deactivated" | "reactivated") => self.update(&kind, &record()?).await,
            (_, "deleted") => Ok(self.delete(&kind, &record()?.id).await?),
            (Kind::Groups, "user_added") => self.regroup(JOIN, &record()?).await,
            (Kind::Groups, "user_removed") => self.regroup(LEAVE, &record()?).await,
            _ => {
                // Accepted all the same: a newer Usher may tell more than this service wants to know.
                eprintln!("user-service: nothing to do for {:?}", event.name);
                Ok(())
            }
        }
    }

    /// Makes room for the record, then fills it like any other.
    async fn create(&mut self, kind: &Kind, record: &Record<'_>) -> Result<(), Refusal> {
        let sql = "insert into records (seq, directory, kind, id, version, data)
                   select coalesce(max(seq), 0) + 1, $1, $2, $3, 0, '' from records";
        let insert = query(sql).bind(&self.directory).bind(kind.name()).bind(&record.id);
        insert.execute(&mut *self.tx).await.map_err(|error| taken(error, &record.id))?;
        self.update(kind, record).await
    }

    /// Whether a name is free is the database's to say: a look before the write could be outrun by another write.
    async fn update(&mut self, kind: &Kind, record: &Record<'_>) -> Result<(), Refusal> {
        let sql = "update records set version = version + 1, data = $2, external_id = $3, display_name = $4,
                   unique_name = $5, label = $6 where seq = $1";
        let Row { seq, .. } = self.find(kind, &record.id).await?;
        let Raw { user_name, display_name, external_id, .. } = &record.raw;
        let name = match kind {
            Kind::Users => user_name,
            Kind::Groups => display_name,
            Kind::Other(_) => &None,
        };
        let update = query(sql).bind(seq).bind(record.text).bind(external_id).bind(lower(display_name));
        let update = update.bind(lower(name)).bind(display_name.as_ref().or(name.as_ref()));
        let done = update.execute(&mut *self.tx).await;
        done.map_err(|error| taken(error, name.as_deref().unwrap_or_default()))?;
        Ok(self.address(seq, record).await?)
    }

    async fn address(&mut self, seq: i64, record: &Record<'_>) -> sqlx::Result<()> {
        query("delete from emails where seq = $1").bind(seq).execute(&mut *self.tx).await?;
        for email in record.raw.emails.iter().flatten().filter_map(|email| email.value.as_ref()) {
            let sql = "insert into emails (seq, email) values ($1, $2) on conflict do nothing";
            query(sql).bind(seq).bind(email.to_lowercase()).execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    /// Takes the record's memberships along. Whoever was on their other side has changed by that.
    async fn delete(&mut self, kind: &Kind, id: &str) -> sqlx::Result<()> {
        if let Some(side) = kind.side() {
            self.part(&side, id).await?;
        }
        let forget = "delete from records where directory = $1 and id = $2 and kind = $3";
        query(forget).bind(&self.directory).bind(id).bind(kind.name()).execute(&mut *self.tx).await?;
        Ok(())
    }

    async fn part(&mut self, Side { column, others, of_others, .. }: &Side, id: &str) -> sqlx::Result<()> {
        let touch = format!(
            "update records set version = version + 1 where directory = $1 and kind = $3
             and id in (select {of_others} from memberships where directory = $1 and {column} = $2)"
        );
        let part = format!("delete from memberships where directory = $1 and {column} = $2");
        query(AssertSqlSafe(touch)).bind(&self.directory).bind(id).bind(*others).execute(&mut *self.tx).await?;
        query(AssertSqlSafe(part)).bind(&self.directory).bind(id).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Changes a membership of a group that is there and a user that need not be. Both sides show it, so both get a new
    /// version; the group's comes with its record. Thousands of events may bring the same record: the first one counts.
    async fn regroup(&mut self, sql: &'static str, user: &Record<'_>) -> Result<(), Refusal> {
        let group = parse::record(user.group)?;
        let known = self.find(&Kind::Groups, &group.id).await?;
        let change = query(sql).bind(&self.directory).bind(&group.id).bind(&user.id);
        let changed = change.execute(&mut *self.tx).await?.rows_affected() == 1;
        if sql == LEAVE && !changed {
            return Ok(());
        }
        if self.regrouped.insert(known.seq) || known.data != group.text {
            self.update(&Kind::Groups, &group).await?;
        }
        let touch = "update records set version = version + 1 where directory = $1 and kind = $2 and id = $3";
        query(touch).bind(&self.directory).bind(Kind::Users.name()).bind(&user.id).execute(&mut *self.tx).await?;
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: String,
    version: i64,
    data: String,
}

fn lower(value: &Option<String>) -> Option<String> {
    value.as_deref().map(str::to_lowercase)
}

fn taken(error: sqlx::Error, name: &str) -> Refusal {
    match error.as_database_error().is_some_and(|cause| cause.is_unique_violation()) {
        true => Refusal::new(StatusCode::CONFLICT, format!("{name:?} is taken")),
        false => error.into(),
    }
}

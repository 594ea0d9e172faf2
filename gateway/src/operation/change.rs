//! PUT and PATCH (RFC 7644 section 3.5): read, compute, deliver; again when somebody else was faster.

use serde_json::{Map, Value};

use super::create::unread;
use super::members::{check_members, joined, settle};
use super::moment;
use super::named::{few_members, named_members};
use super::session::Session;
use crate::change::{changes, patch as apply, patch_members};
use crate::delivery::{Delivery, Raw, Refused};
use crate::error::{ErrorKind, ScimError};
use crate::events::{Event, Unread, updated};
use crate::exchange::{Answer, Outcome};
use crate::leniency::Leniency;
use crate::message::{MembersPatch, PatchRequest, parse_object};
use crate::record::{Record, Resource};
use crate::schema::{Attribute, Extension, Mutability, ResourceKind, ResourceType, Schema, list_schemas, normalize};

/// Conflicts in a row after which the provider is told.
const ATTEMPTS: usize = 4;

/// PUT.
pub(super) async fn replace(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, ScimError> {
    let body = session.directory.version.resource(of, session.object().await?);
    let keeps = session.directory.leniencies.allow(Leniency::KeepAbsent);
    let absent = |name: &&str| keeps && !body.keys().any(|given| given.eq_ignore_ascii_case(name));
    let absent: Vec<&str> = KEPT.into_iter().filter(absent).collect();
    let resource = normalize(of, body, &session.coercion())?;
    let compute = |before: &Record| {
        // So it is with most that comes from a provider that sends everybody again and again.
        if before.resource.is(&resource, &["id", "meta", "schemas", "groups"], &absent) {
            return Ok(None);
        }
        let after = keep_absent(before, resource.clone(), &absent);
        keep_immutable(of, before, after).map(Some)
    };
    change(session, of, id, (&[], Resource::read), &compute).await
}

/// An immutable attribute that is set stays as it is: the same again or nothing is fine (RFC 7644 section 3.5.1).
fn keep_immutable(
    of: &ResourceType,
    before: &Record,
    mut after: Map<String, Value>,
) -> Result<Map<String, Value>, ScimError> {
    keep_set(&of.schema, &before.resource, &mut after)?;
    let is_immutable = |attribute: &Attribute| attribute.mutability == Mutability::Immutable;
    for Extension { schema, .. } in of.extensions.iter().filter(|e| e.schema.attributes.iter().any(is_immutable)) {
        let Some(Value::Object(before)) = before.resource.get(&schema.id) else { continue };
        let mut data = match after.remove(&schema.id) {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        keep_set(schema, before, &mut data)?;
        if !data.is_empty() {
            after.insert(schema.id.clone(), Value::Object(data));
        }
    }
    Ok(after)
}

fn keep_set(schema: &Schema, before: &Map<String, Value>, after: &mut Map<String, Value>) -> Result<(), ScimError> {
    let immutable = schema.attributes.iter().filter(|a| a.mutability == Mutability::Immutable);
    for attribute in immutable {
        let Some(set) = before.get(&attribute.name) else { continue };
        let wanted = after.entry(attribute.name.clone()).or_insert_with(|| set.clone());
        if wanted != set {
            let reason = format!("`{}` cannot be changed once set", attribute.name);
            return Err(ScimError::new(ErrorKind::Mutability, reason));
        }
    }
    Ok(())
}

/// PATCH.
pub(super) async fn patch(session: &Session<'_>, of: &ResourceType, id: &str) -> Result<Answer, ScimError> {
    let text = match of.kind {
        ResourceKind::Group => session.text().await?,
        _ => None,
    };
    let limits = session.limits();
    if let Some(text) = &text
        && let Some(patch) = MembersPatch::read(text, session.directory.leniencies, limits)
    {
        let named = few_members(session, &patch).unwrap_or_default();
        let compute = |before: &Record| patch_members(of, &before.resource, &patch).map(Some);
        return change(session, of, id, (&named, Resource::read_values), &compute).await;
    }
    let body = match text {
        Some(text) => parse_object(&text, limits)?,
        None => session.directory.version.patch(of, session.object().await?)?,
    };
    let request = PatchRequest::from_object(body, session.directory.leniencies, limits)?;
    let named = named_members(session, &of.kind, &request).unwrap_or_default();
    let compute = |before: &Record| apply(of, &before.resource, request.clone(), &session.rules()).map(Some);
    change(session, of, id, (&named, Resource::read_values), &compute).await
}

/// RFC 7644 section 3.5.1 lets a server clear what a PUT does not mention. Some things are left out by clients that
/// do not mean to clear them: `active`, `externalId`, and the members of a group (authentik, which sends those by
/// PATCH). In strict mode absent is absent.
fn keep_absent(before: &Record, mut resource: Map<String, Value>, absent: &[&str]) -> Map<String, Value> {
    for name in absent.iter().chain(&["id", "meta"]) {
        if let Some(value) = before.resource.get(*name) {
            resource.insert((*name).to_owned(), value.clone());
        }
    }
    resource
}

const KEPT: [&str; 3] = ["active", "externalId", "members"];

/// What a record's resource becomes; nothing, where it stays as it is.
type Computed = Result<Option<Map<String, Value>>, ScimError>;

/// How it is computed, from whichever state the record is in. Not a type parameter: all that follows would be there for
/// each kind of change.
type Compute<'c> = &'c dyn Fn(&Record) -> Computed;

/// `wanted` of the record are these members, and its resource read in this way.
async fn change(
    session: &Session<'_>,
    of: &ResourceType,
    id: &str,
    wanted: (&[String], Raw),
    compute: Compute<'_>,
) -> Result<Answer, ScimError> {
    let unchanged = match from_memory(session, of, id, wanted.1, compute).await {
        Some(FromMemory::Answered(result)) => return result,
        Some(FromMemory::Unchanged(before)) => Some(before),
        None => None,
    };
    retried(async || attempt(session, of, id, wanted, compute, unchanged.as_ref()).await).await
}

/// Read, compute and deliver until nobody else was faster, or too often.
pub(super) async fn retried(attempt: impl AsyncFn() -> Result<Answer, Refused>) -> Result<Answer, ScimError> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        match attempt().await {
            Err(Refused::Stale) if left > 0 => {}
            done => return done.map_err(ScimError::from),
        }
    }
}

/// What came of a record that was kept.
enum FromMemory {
    /// All there is to do is done.
    Answered(Result<Answer, ScimError>),
    /// Of this record nothing would change.
    Unchanged(Record),
}

/// From the record as it was lately, without asking for it. Only a delivery comes of that, which the service checks;
/// to refuse or to do nothing takes the record as it is now.
async fn from_memory(
    session: &Session<'_>,
    of: &ResourceType,
    id: &str,
    raw: Raw,
    compute: Compute<'_>,
) -> Option<FromMemory> {
    let before = session.service.recall(&of.kind, id, raw).await?;
    session.check(&before).ok()?;
    let Some(prepared) = prepare(session, of, &before, compute(&before)).await.ok()? else {
        return Some(FromMemory::Unchanged(before));
    };
    // Used once: should the answer be lost, the provider's retry takes the record as it is then.
    session.service.forget(&of.kind, id).await;
    match deliver(session, of, before, prepared).await {
        Ok(answer) => Some(FromMemory::Answered(Ok(answer))),
        Err(Refused::For(error)) => Some(FromMemory::Answered(Err(error))),
        Err(Refused::Stale) => None,
    }
}

async fn attempt(
    session: &Session<'_>,
    of: &ResourceType,
    id: &str,
    (named, raw): (&[String], Raw),
    compute: Compute<'_>,
    unchanged: Option<&Record>,
) -> Result<Answer, Refused> {
    let before = session.service.fetch_with(&of.kind, id, named, raw).await.map_err(Refused::For)?;
    session.check(&before).map_err(Refused::For)?;
    let prepared = if unchanged.is_some_and(|kept| kept.is_still(&before)) {
        None
    } else {
        prepare(session, of, &before, compute(&before)).await.map_err(Refused::For)?
    };
    match prepared {
        Some(prepared) => deliver(session, of, before, prepared).await,
        None => {
            session.service.remember(&before).await;
            Ok(session.show(200, of, before, Outcome::Unchanged, 0))
        }
    }
}

/// A change that is yet to be delivered.
struct Prepared {
    after: Record,
    unread: Unread,
    events: Vec<Event>,
    time: String,
}

/// What this resource in place of the present one means; nothing, when nothing changes.
async fn prepare(
    session: &Session<'_>,
    of: &ResourceType,
    before: &Record,
    computed: Computed,
) -> Result<Option<Prepared>, ScimError> {
    let Some(mut resource) = computed? else { return Ok(None) };
    let unread = session.kept_unread(of, unread(of, &mut resource));
    if of.kind == ResourceKind::Group {
        check_members(&resource)?;
    }
    let mut resource = session.kept(of, Some(before), resource)?;
    list_schemas(of, &mut resource);
    let changes = changes(of, &before.resource, &resource);
    settle(&mut resource);
    let mut after = before.with(resource);
    let membership = joined(session, Some(before), &after).await?;
    if changes.is_empty() && unread.is_empty() && membership.is_empty() {
        return Ok(None);
    }
    let time = moment::text(moment::after(before, session.world.now().await));
    touch(session, &mut after, &time);
    let events = updated(session.directory, before, &after, changes, &unread, membership, &time);
    Ok(Some(Prepared { after, unread, events, time }))
}

async fn deliver(
    session: &Session<'_>,
    of: &ResourceType,
    before: Record,
    prepared: Prepared,
) -> Result<Answer, Refused> {
    let Prepared { after, unread, events, time } = prepared;
    let delivery = Delivery {
        kind: &of.kind,
        id: &before.id,
        before: Some(&before),
        groups: &[],
        unread: &unread,
        events: &events,
        time: &time,
    };
    let settled = session.service.deliver(delivery, after).await?;
    Ok(session.show(200, of, settled, Outcome::Accepted, events.len()))
}

/// When it was changed. A service that says so by itself has not yet, and one that keeps no such thing will not.
fn touch(session: &Session<'_>, after: &mut Record, time: &str) {
    let ours = session.directory.map(&after.kind).is_none_or(|map| map.meta_is_ours("lastModified"));
    if ours {
        let meta = after.resource.entry("meta").or_insert_with(|| Value::Object(Map::new()));
        meta.as_object_mut().map(|meta| meta.insert("lastModified".into(), time.into()));
    } else if let Some(Value::Object(meta)) = after.resource.get_mut("meta") {
        meta.remove("lastModified");
    }
}

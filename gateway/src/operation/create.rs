//! POST of a resource (RFC 7644 section 3.3).

use serde_json::{Map, Value, json};

use super::members::{check_members, joined, settle};
use super::moment;
use super::session::Session;
use crate::delivery::Delivery;
use crate::error::ScimError;
use crate::events::{Unread, created};
use crate::exchange::{Answer, Outcome};
use crate::record::Record;
use crate::schema::{Extension, ResourceKind, ResourceType, Returned, Schema, list_schemas, normalize};

pub(super) async fn create(session: &Session<'_>, of: &ResourceType) -> Result<Answer, ScimError> {
    let body = session.directory.version.resource(of, session.object().await?);
    let resource = normalize(of, body, &session.coercion())?;
    check_members(&resource)?;
    let nanos = session.world.now().await;
    let id = match session.given_id() {
        Some(id) => id,
        None => mint(nanos, session.world.random().await),
    };
    let time = moment::text(nanos);
    let (mut record, unread) = born(session, of, resource, id, &time)?;
    settle(&mut record.resource);
    let membership = joined(session, None, &record).await?;
    let events = created(session.directory, &record, &unread, membership);
    let (kind, id) = (&of.kind, &record.id.clone());
    let delivery = Delivery { kind, id, before: None, groups: &[], unread: &unread, events: &events, time: &time };
    let settled = session.service.deliver(delivery, record).await.map_err(ScimError::from)?;
    Ok(session.show(201, of, settled, Outcome::Accepted, events.len()))
}

/// Time-ordered and never derived from anything a client chose (CVE-2025-41115).
pub(super) fn mint(nanos: u64, random: [u8; 16]) -> String {
    let [a, b, c, d, e, f, g, h, i, j, ..] = random;
    uuid::Builder::from_unix_timestamp_millis(nanos / 1_000_000, &[a, b, c, d, e, f, g, h, i, j])
        .into_uuid()
        .to_string()
}

fn born(
    session: &Session<'_>,
    of: &ResourceType,
    mut resource: Map<String, Value>,
    id: String,
    time: &str,
) -> Result<(Record, Unread), ScimError> {
    let unread = session.kept_unread(of, unread(of, &mut resource));
    if of.kind == ResourceKind::User {
        resource.entry("active").or_insert(Value::Bool(true));
    }
    resource.insert("meta".into(), json!({"resourceType": of.name, "created": time, "lastModified": time}));
    let mut resource = session.kept(of, None, resource)?;
    list_schemas(of, &mut resource);
    resource.insert("id".into(), id.as_str().into());
    Ok((Record::new(of.kind.clone(), id, resource), unread))
}

/// Take out what is written and never read, such as `password`.
pub(super) fn unread(of: &ResourceType, resource: &mut Map<String, Value>) -> Unread {
    let mut unread = take_unread(&of.schema, resource);
    for Extension { schema, .. } in &of.extensions {
        let Some(Value::Object(data)) = resource.get_mut(&schema.id) else { continue };
        let taken = take_unread(schema, data);
        if data.is_empty() {
            resource.remove(&schema.id);
        }
        unread.extend(taken.into_iter().map(|(name, value)| (format!("{}:{name}", schema.id), value)));
    }
    unread
}

fn take_unread(schema: &Schema, data: &mut Map<String, Value>) -> Unread {
    let never = schema.attributes.iter().filter(|a| a.returned == Returned::Never);
    never.filter_map(|a| Some((a.name.clone(), data.remove(&a.name)?))).collect()
}

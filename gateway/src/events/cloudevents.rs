//! CloudEvents 1.0: structured, in batches, and in binary mode (its HTTP protocol binding, section 3).

use serde::Serialize;
use serde_json::value::RawValue;

use super::Event;
use super::parcel::Parcel;
use crate::change::Change;
use crate::config::Directory;
use crate::request::encode;

/// One CloudEvent. (`source`, `id`) is unique, as the specification asks; `tenant`, `product` and `directory` are
/// extension attributes.
#[derive(Serialize)]
pub(super) struct CloudEvent<'e> {
    specversion: &'static str,
    id: &'e str,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    time: &'e str,
    datacontenttype: &'static str,
    tenant: &'e str,
    product: &'e str,
    directory: &'e str,
    data: Data<'e>,
}

/// The record and, beside it, what changed.
#[derive(Serialize)]
struct Data<'e> {
    record: &'e RawValue,
    #[serde(skip_serializing_if = "<[Change]>::is_empty")]
    changes: &'e [Change],
}

impl<'e> CloudEvent<'e> {
    pub(super) fn new(
        directory: &'e Directory,
        type_prefix: &str,
        source: Option<&str>,
        time: &'e str,
        event: &'e Event,
    ) -> Self {
        let source = source.map_or_else(|| format!("/{}/{}", directory.tenant, directory.id), str::to_owned);
        Self {
            specversion: "1.0",
            id: &event.id,
            source,
            kind: format!("{type_prefix}{}", event.name),
            subject: subject(event),
            time,
            datacontenttype: "application/json",
            tenant: &directory.tenant,
            product: &directory.product,
            directory: &directory.id,
            data: Data { record: &event.data, changes: &event.changes },
        }
    }
}

/// `Users/u1`, `Groups/g1/members/u1`.
fn subject(event: &Event) -> String {
    let resource = event.subject.uri().trim_start_matches('/').to_owned();
    match &event.subject.member {
        Some(member) => format!("{resource}/members/{}", encode(member)),
        None => resource,
    }
}

/// Context in `ce-*` headers, the data alone as body.
pub(super) fn binary(event: &CloudEvent<'_>) -> Parcel {
    let context = [
        ("ce-specversion", event.specversion),
        ("ce-id", event.id),
        ("ce-source", &event.source),
        ("ce-type", &event.kind),
        ("ce-subject", &event.subject),
        ("ce-time", event.time),
        ("ce-tenant", event.tenant),
        ("ce-product", event.product),
        ("ce-directory", event.directory),
    ];
    Parcel {
        id: event.id.to_owned(),
        content_type: event.datacontenttype,
        headers: context.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: serde_json::to_vec(&event.data).unwrap_or_default(),
    }
}

//! CloudEvents 1.0: structured, in batches, and in binary mode (its HTTP protocol binding, section 3).

use usher_json::Object;

use super::Event;
use super::parcel::Parcel;
use crate::change::write_changes;
use crate::request::encode;

const CONTENT_TYPE: &str = "application/json";

/// What all CloudEvents of a delivery share.
#[derive(Clone, Copy)]
pub(super) struct Context<'e> {
    pub(super) type_prefix: &'e str,
    pub(super) source: Option<&'e str>,
    pub(super) time: &'e str,
}

/// One CloudEvent. (`source`, `id`) is unique, as the specification asks; `tenant`, `product` and `directory` are
/// extension attributes.
pub(super) struct CloudEvent<'e> {
    event: &'e Event,
    shared: Context<'e>,
    source: String,
    kind: String,
    subject: String,
}

impl<'e> CloudEvent<'e> {
    pub(super) fn new(shared: Context<'e>, event: &'e Event) -> Self {
        let (Context { type_prefix, source, .. }, directory) = (shared, &event.directory);
        let source = source.map_or_else(|| format!("/{}/{}", directory.tenant, directory.id), str::to_owned);
        Self { event, shared, source, kind: format!("{type_prefix}{}", event.name), subject: subject(event) }
    }

    /// Everything but the data, by the names of the attributes.
    fn context(&self) -> [(&'static str, &str); 9] {
        [
            ("specversion", "1.0"),
            ("id", &self.event.id),
            ("source", &self.source),
            ("type", &self.kind),
            ("subject", &self.subject),
            ("time", self.shared.time),
            ("tenant", &self.event.directory.tenant),
            ("product", &self.event.directory.product),
            ("directory", &self.event.directory.id),
        ]
    }

    /// Structured: context and data in one object.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut object = Object::new(out);
        self.context().iter().for_each(|(name, value)| object.text(name, value));
        object.text("datacontenttype", CONTENT_TYPE);
        self.write_data(object.field("data"));
        object.end();
    }

    /// Context in `ce-*` headers, the data alone as body.
    pub(super) fn binary(&self) -> Parcel {
        let header = |(name, value): &(&str, &str)| (format!("ce-{name}"), (*value).to_owned());
        let mut body = Vec::with_capacity(self.event.data.size() + 256);
        self.write_data(&mut body);
        let headers = self.context().iter().map(header).collect();
        Parcel { id: self.event.id.clone(), content_type: CONTENT_TYPE, headers, body }
    }

    /// The record and, beside it, what changed.
    fn write_data(&self, out: &mut Vec<u8>) {
        let mut data = Object::new(out);
        self.event.data.write(data.field("record"));
        if !self.event.changes.is_empty() {
            write_changes(data.field("changes"), &self.event.changes);
        }
        data.end();
    }
}

/// `Users/u1`, `Groups/g1/members/u1`.
fn subject(event: &Event) -> String {
    let resource = event.subject.uri().trim_start_matches('/').to_owned();
    match &event.member {
        Some(member) => format!("{resource}/members/{}", encode(member)),
        None => resource,
    }
}

//! A record: what the user service stores and gives back, which is exactly an event's `data`.
//!
//! `raw` holds the SCIM resource; the flat fields beside it are for services that want nothing else.

mod data;
mod load;
mod member;
mod resource;
mod stamp;

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::schema::ResourceKind;

pub use data::data_of;
pub(crate) use load::text_of;
pub use load::{as_all, as_member};
pub use member::Member;
pub use resource::Resource;
pub use stamp::{etag, state_of};

/// One user or group as the service knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Which of the two.
    pub kind: ResourceKind,
    /// The service's id.
    pub id: String,
    /// The SCIM resource in canonical form; for a group with its `members`.
    pub resource: Resource,
    /// The service's version, for `if-match`.
    pub version: Option<String>,
    /// The groups a user is in, when the service says so.
    pub groups: Option<Vec<Reference>>,
    /// The service's own JSON as it was read, where the shape is the service's own.
    pub source: Option<Rc<Map<String, Value>>>,
    /// A group whose members are yet to be read.
    pub partial: bool,
    /// For one that comes from memory: until when it is kept, in nanoseconds since 1970. It may be old, and what is
    /// computed from it must not have the id of what was computed from this very version before.
    pub recalled: Option<u64>,
    /// A group of whose members only those are known that were asked for by name.
    pub named_only: bool,
    /// Users that came with a group.
    pub users: Vec<Member>,
}

/// Another record, by id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its id.
    pub id: String,
    /// Its name, when it is known.
    pub name: Option<String>,
}

impl Record {
    /// The same record with this resource in place of its own, which may have ten thousand members and is not copied.
    pub fn with(&self, resource: Map<String, Value>) -> Self {
        let Self { version, groups, source, partial, recalled, named_only, .. } = self;
        let (version, groups, source) = (version.clone(), groups.clone(), source.clone());
        let (partial, recalled, named_only) = (*partial, *recalled, *named_only);
        let new = Self::new(self.kind.clone(), self.id.clone(), resource);
        Self { version, groups, source, partial, recalled, named_only, ..new }
    }

    /// Whether the service has it as it was here: whatever comes of the one comes of the other.
    pub fn is_still(&self, now: &Self) -> bool {
        let whole = !now.partial && !now.named_only;
        whole && self.version == now.version && self.resource == now.resource && self.source == now.source
    }

    /// A record that the service has not given.
    pub fn new(kind: ResourceKind, id: String, resource: Map<String, Value>) -> Self {
        let (version, groups, source, recalled) = (None, None, None, None);
        let resource = Resource::from(resource);
        let (partial, named_only, users) = (false, false, Vec::new());
        Self { kind, id, resource, version, groups, source, partial, recalled, named_only, users }
    }

    /// The same record by another id.
    pub fn called(mut self, id: String) -> Self {
        self.resource.insert("id".into(), id.clone().into());
        Self { id, ..self }
    }

    /// The ids in `members`.
    pub fn member_ids(&self) -> impl Iterator<Item = &str> {
        let members = self.resource.get("members").and_then(Value::as_array);
        members.into_iter().flatten().filter_map(|m| m.get("value")?.as_str())
    }

    /// What people call it.
    pub fn name(&self) -> Option<&str> {
        let text = |name| self.resource.get(name).and_then(Value::as_str);
        text("displayName").or_else(|| text("userName"))
    }
}

//! A resource type with only what the service keeps (Okta: "only include the attributes that you support").

use super::entry::Entry;
use super::form::Form;
use super::type_map::TypeMap;
use crate::schema::{Attribute, Kind, Mutability, ResourceKind, ResourceType, Schema};

impl TypeMap {
    /// The type as it is told to providers, and as a strict directory understands it.
    pub(super) fn advertised(&self) -> ResourceType {
        let mut of = self.full.clone();
        of.schema.attributes = self.of_schema(None, &of.schema);
        for extension in &mut of.extensions {
            let urn = extension.schema.id.clone();
            extension.schema.attributes = self.of_schema(Some(&urn), &extension.schema);
        }
        of.extensions.retain(|extension| !extension.schema.attributes.is_empty());
        let bookkeeping = ["schemas", "id", "meta"];
        let common = std::mem::take(&mut of.common).into_iter();
        of.common = common.filter(|a| bookkeeping.contains(&a.name.as_str()) || self.has(None, &a.name)).collect();
        of
    }

    fn of_schema(&self, urn: Option<&str>, schema: &Schema) -> Vec<Attribute> {
        schema.attributes.iter().filter_map(|attribute| self.of_attribute(urn, attribute)).collect()
    }

    fn of_attribute(&self, urn: Option<&str>, attribute: &Attribute) -> Option<Attribute> {
        let of_its_own = match attribute.name.as_str() {
            "members" => self.kind == ResourceKind::Group && self.members.is_some(),
            "groups" => self.kind == ResourceKind::User && self.groups.is_some(),
            _ => false,
        };
        if of_its_own && urn.is_none() {
            return Some(attribute.clone());
        }
        let entries: Vec<&Entry> = self.of(urn, &attribute.name).collect();
        let first = entries.first()?;
        let mut shown = attribute.clone();
        if first.place.sub.is_none() && first.place.select.is_empty() {
            whole(&mut shown, first);
        } else {
            shown.sub_attributes.retain_mut(|sub| part(sub, &entries));
        }
        Some(shown)
    }

    fn has(&self, urn: Option<&str>, name: &str) -> bool {
        self.of(urn, name).next().is_some()
    }

    fn of<'m>(&'m self, urn: Option<&'m str>, name: &'m str) -> impl Iterator<Item = &'m Entry> {
        self.entries.iter().filter(move |e| e.place.urn.as_deref() == urn && e.place.name == name)
    }
}

fn whole(attribute: &mut Attribute, entry: &Entry) {
    if let Form::Each(name) = &entry.form {
        attribute.sub_attributes.retain(|sub| sub.name == *name);
    }
    narrow(attribute, entry);
}

/// Whether a part is kept: because it has a field, or because a filter says what it is.
fn part(sub: &mut Attribute, entries: &[&Entry]) -> bool {
    if let Some(entry) = entries.iter().find(|e| e.place.sub.as_ref() == Some(&sub.name)) {
        narrow(sub, entry);
        return true;
    }
    let said = || entries.iter().flat_map(|e| &e.place.select).filter(|(name, _)| *name == sub.name).map(|(_, v)| v);
    if sub.kind == Kind::String {
        let words = said().filter_map(|v| v.as_str().map(str::to_owned));
        sub.canonical_values = words.fold(Vec::new(), |mut known, word| {
            if !known.contains(&word) {
                known.push(word);
            }
            known
        });
    }
    said().next().is_some()
}

fn narrow(attribute: &mut Attribute, entry: &Entry) {
    if entry.read_only {
        attribute.mutability = Mutability::ReadOnly;
    }
    if let (Form::OneOf(pairs), Kind::String) = (&entry.form, attribute.kind) {
        attribute.canonical_values = pairs.iter().filter_map(|(scim, _)| scim.as_str().map(str::to_owned)).collect();
    }
}

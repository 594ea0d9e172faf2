//! Paths with placeholders: `/groups/{group.id}/members/{id}`.
//!
//! What fills a placeholder is chosen by clients and by the service. It is percent-encoded whole, and in a path nothing
//! is taken that a server behind us could read as a way out of its segment (`..`, also inside of `a/../b`, since many
//! servers decode `%2F` before they look).

use serde_json::Value;

use super::type_map::id_of;
use crate::request::encode;

/// What may stand in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// `{id}`: the record; of a membership the user.
    Id,
    /// `{group.id}`: the group of a membership.
    GroupId,
    /// `{directory}`
    Directory,
    /// `{tenant}`
    Tenant,
    /// `{product}`
    Product,
    /// `{value}`: what is looked up.
    Value,
}

const SLOTS: [(Slot, &str); 6] = [
    (Slot::Id, "id"),
    (Slot::GroupId, "group.id"),
    (Slot::Directory, "directory"),
    (Slot::Tenant, "tenant"),
    (Slot::Product, "product"),
    (Slot::Value, "value"),
];

/// What of a directory may stand everywhere.
pub(super) const OF_DIRECTORY: [Slot; 3] = [Slot::Directory, Slot::Tenant, Slot::Product];

/// What fills the placeholders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filling<'f> {
    /// `{id}`
    pub id: &'f str,
    /// Ids of its type are numbers.
    pub numeric_id: bool,
    /// `{group.id}`
    pub group: &'f str,
    /// Ids of groups are numbers.
    pub numeric_group: bool,
    /// `{directory}`
    pub directory: &'f str,
    /// `{tenant}`
    pub tenant: &'f str,
    /// `{product}`
    pub product: &'f str,
    /// `{value}`
    pub value: &'f str,
}

impl<'f> Filling<'f> {
    fn json(&self, slot: Slot) -> Value {
        let numeric = match slot {
            Slot::Id => self.numeric_id,
            Slot::GroupId => self.numeric_group,
            _ => false,
        };
        id_of(self.of(slot), numeric)
    }

    fn of(&self, slot: Slot) -> &'f str {
        match slot {
            Slot::Id => self.id,
            Slot::GroupId => self.group,
            Slot::Directory => self.directory,
            Slot::Tenant => self.tenant,
            Slot::Product => self.product,
            Slot::Value => self.value,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    InPath(Slot),
    InQuery(Slot),
}

/// A path and query with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

impl Template {
    /// Read a path with these placeholders, and those of the directory.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn path(text: &str, slots: &[Slot]) -> Result<Self, String> {
        let (path, _) = text.split_once('?').unwrap_or((text, ""));
        let dots = path.split('/').any(|segment| segment == "." || segment == "..");
        if !path.starts_with('/') || path.contains("//") || dots {
            return Err("expected a path such as `/users/{id}`".to_owned());
        }
        Self::parse(text, slots, false)
    }

    /// Read a look-up: the name of a parameter, or `login=eq.{value}`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parameter(text: &str) -> Result<Self, String> {
        match text.contains('=') {
            true => Self::parse(text, &[Slot::Value], true),
            false => Self::parse(&format!("{text}={{value}}"), &[Slot::Value], true),
        }
    }

    fn parse(text: &str, slots: &[Slot], mut in_query: bool) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a `{` is not closed")?;
            in_query |= before.contains('?');
            let known =
                SLOTS.iter().find(|(slot, n)| *n == name && (slots.contains(slot) || OF_DIRECTORY.contains(slot)));
            let (slot, _) = known.ok_or_else(|| format!("there is no `{{{name}}}` here"))?;
            parts.push(Part::Text(literal(before)?));
            parts.push(if in_query { Part::InQuery(*slot) } else { Part::InPath(*slot) });
            rest = after;
        }
        parts.push(Part::Text(literal(rest)?));
        Ok(Self(parts))
    }

    /// Whether this placeholder is in it.
    pub fn has(&self, slot: Slot) -> bool {
        self.0.iter().any(|part| matches!(part, Part::InPath(s) | Part::InQuery(s) if *s == slot))
    }

    /// The path; nothing when a value does not fit into its segment.
    pub fn fill(&self, with: &Filling<'_>) -> Option<String> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::InPath(slot) => filled.push_str(&encode(segment(with.of(*slot))?)),
                Part::InQuery(slot) => filled.push_str(&encode(with.of(*slot))),
            }
        }
        Some(filled)
    }
}

/// Only what needs no encoding, so that what is written is what is sent.
fn literal(text: &str) -> Result<String, String> {
    let fit = |c: char| c.is_ascii_alphanumeric() || "/-_.~?&=,:;@!$'()*+%".contains(c);
    match text.chars().find(|c| !fit(*c)) {
        None => Ok(text.to_owned()),
        Some(c) => Err(format!("`{}` cannot stand in a path; encode it", c.escape_debug())),
    }
}

/// A value that stays in its segment, however often and by whomever it is decoded.
fn segment(value: &str) -> Option<&str> {
    let climbs = |part: &str| matches!(part, "" | "." | "..");
    let escapes = value
        .as_bytes()
        .windows(3)
        .any(|b| matches!(b, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()));
    let bad = escapes || value.contains(char::is_control) || value.split(['/', '\\']).any(climbs);
    (!bad).then_some(value)
}

/// A JSON document whose texts may be placeholders, with them filled.
pub fn filled(template: &Value, with: &Filling<'_>) -> Value {
    match template {
        Value::String(text) => slot_of(text).map_or_else(|| template.clone(), |slot| with.json(slot)),
        Value::Array(items) => items.iter().map(|item| filled(item, with)).collect(),
        Value::Object(object) => {
            let mut out = serde_json::Map::new();
            object.iter().for_each(|(name, value)| drop(out.insert(name.clone(), filled(value, with))));
            Value::Object(out)
        }
        plain => plain.clone(),
    }
}

/// The text is one placeholder and nothing else.
pub(super) fn slot_of(text: &str) -> Option<Slot> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    SLOTS.iter().find(|(slot, known)| *known == name && *slot != Slot::Value).map(|(slot, _)| *slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled_with(id: &str) -> Option<String> {
        let template = Template::path("/orgs/{tenant}/users/{id}?q={id}", &[Slot::Id]).unwrap();
        template.fill(&Filling { id, tenant: "acme", ..Filling::default() })
    }

    #[test]
    fn values_are_encoded_where_they_stand() {
        assert_eq!(filled_with("a b&c").unwrap(), "/orgs/acme/users/a%20b%26c?q=a%20b%26c");
        assert_eq!(filled_with("a/b?x#y").unwrap(), "/orgs/acme/users/a%2Fb%3Fx%23y?q=a%2Fb%3Fx%23y");
        assert_eq!(filled_with("50%").unwrap(), "/orgs/acme/users/50%25?q=50%25");
    }

    #[test]
    fn a_value_that_would_leave_its_segment_is_refused() {
        for id in ["", ".", "..", "../x", "a/../b", "a\\..\\b", "a/", "/", "%2e%2e", "a%2fb", "a\nb", "a\0"] {
            assert_eq!(filled_with(id), None, "{id:?}");
        }
    }

    #[test]
    fn a_template_is_read_strictly() {
        for text in ["users", "/users/{name}", "/users/{id", "/a b", "/a#b", "/a/../b", "//host/x", "/{group.id}", "/é"]
        {
            assert!(Template::path(text, &[Slot::Id]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_look_up_is_a_name_or_a_template() {
        let with = Filling { value: "a&b=c", ..Filling::default() };
        assert_eq!(Template::parameter("login").unwrap().fill(&with).unwrap(), "login=a%26b%3Dc");
        assert_eq!(Template::parameter("login=ilike.{value}").unwrap().fill(&with).unwrap(), "login=ilike.a%26b%3Dc");
        assert!(Template::parameter("a b").is_err());
    }
}

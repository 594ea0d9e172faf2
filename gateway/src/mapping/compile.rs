//! From the written attribute map to one that can be relied on: every path names something that a resource can have
//! once, every field is written by one entry alone, and nothing that must be kept is left out.

use serde_json::Value;

use super::compile_reads;
use super::entry::{Entry, Where};
use super::form::Form;
use super::pointer::Pointer;
use super::template::Slot;
use super::type_map::{Constant, Members, References, TypeMap};
use crate::change::{Rules, described};
use crate::config::{ConfigError, EntryWire, MembersMapWire, ReferencesWire, TypeMapWire};
use crate::leniency::Leniencies;
use crate::limits::Limits;
use crate::message::written;
use crate::path::PatchPath;
use crate::schema::{Attribute, Coercion, Kind, Place, Resolved, ResourceKind, ResourceType, Returned, coerce};

type Checked<T> = Result<T, ConfigError>;

/// Values of a configuration are what they are, no text for a number.
const RULES: Rules = Rules {
    coercion: Coercion {
        leniencies: Leniencies::STRICT.with(crate::leniency::Leniency::AddMakesValue),
        string_bytes: usize::MAX,
        in_extension: false,
    },
    limits: Limits::DEFAULT,
};

/// Check one type's map.
///
/// # Errors
/// What is wrong, with its key.
pub(super) fn type_map(key: &str, of: &ResourceType, wire: &TypeMapWire) -> Checked<TypeMap> {
    let (mut entries, mut constants) = (Vec::new(), Vec::new());
    for (i, wire) in wire.attributes.iter().enumerate() {
        let key = format!("{key}.attributes[{i}]");
        match &wire.path {
            Some(path) => entries.push((key.clone(), entry(&key, of, path, wire)?)),
            None => constants.push((key.clone(), constant(&key, wire)?)),
        }
    }
    distinct(&mut entries)?;
    complete(key, of, &entries)?;
    let map = TypeMap {
        kind: of.kind.clone(),
        full: of.clone(),
        id: field(&format!("{key}.id"), wire.id.as_deref().unwrap_or("/id"))?,
        numeric_ids: wire.numeric_ids,
        version: wire.version.as_ref().map(|text| pointer(&format!("{key}.version"), text)).transpose()?,
        entries: entries.iter().map(|(_, entry)| entry.clone()).collect(),
        constants: constants.iter().map(|(_, constant)| constant.clone()).collect(),
        members: members(key, of, wire.members.as_ref())?,
        groups: groups(key, of, wire.groups.as_ref())?,
        read: wire.read.as_ref().map(|read| compile_reads::read(&format!("{key}.read"), read)).transpose()?,
        list: wire.list.as_ref().map(|list| compile_reads::list(&format!("{key}.list"), list, &[])).transpose()?,
    };
    apart(key, &map, &entries, &constants)?;
    Ok(map)
}

fn entry(key: &str, of: &ResourceType, path: &str, wire: &EntryWire) -> Checked<Entry> {
    let wrong = |reason: String| ConfigError::new(format!("{key}.path"), reason);
    if wire.constant.is_some() || wire.from.is_some() {
        return Err(ConfigError::new(key, "a `constant` or `from` is written into a field that has no `path`"));
    }
    let path = PatchPath::parse(path, &Limits::DEFAULT).map_err(|e| wrong(e.to_string()))?;
    let Resolved::Attribute(place) = of.resolve(&path.attr) else {
        return Err(wrong(format!("no schema of {} defines the attribute `{}`", of.name, path.attr)));
    };
    let meta = place.attribute.name == "meta";
    mappable(&place, &path, meta).map_err(wrong)?;
    let (attribute, sub) = (place.attribute, part(&place, &path).map_err(wrong)?);
    let target = sub.unwrap_or(attribute);
    let select = match &path.selection {
        Some(selection) => described(attribute, selection, &RULES).map_err(|e| wrong(only_equal(&e.reason)))?,
        None => serde_json::Map::new(),
    };
    let form = form(key, target, sub.is_none(), wire)?;
    Ok(Entry {
        place: Where {
            urn: place.extension.map(|schema| schema.id.clone()),
            name: attribute.name.clone(),
            sub: sub.map(|sub| sub.name.clone()),
            select: select.into_iter().collect(),
            lone: false,
        },
        field: field(&format!("{key}.field"), &wire.field)?,
        default: default(key, target, wire)?,
        empty: if target.multi_valued { Value::Array(Vec::new()) } else { Value::Null },
        form,
        kind: target.kind,
        read_only: wire.read_only,
        secret: attribute.returned == Returned::Never,
        path,
    })
}

fn only_equal(reason: &str) -> String {
    format!("{reason}; a filter must say what the value is, as `type eq \"work\"` does")
}

/// What has keys of its own, and what is not the client's.
fn mappable(place: &Place<'_>, path: &PatchPath, meta: bool) -> Result<(), String> {
    let sub = place.sub.map_or("", |sub| sub.name.as_str());
    match place.attribute.name.as_str() {
        "id" => Err("the id has a key of its own, `id`".to_owned()),
        "schemas" => Err("`schemas` follows from the other attributes".to_owned()),
        "members" | "groups" if place.extension.is_none() => {
            Err(format!("`{0}` has a key of its own, `{0}`", place.attribute.name))
        }
        _ if meta && !matches!(sub, "created" | "lastModified") => {
            Err("of `meta`, only `created` and `lastModified` can be kept".to_owned())
        }
        _ if !meta && (place.attribute.is_read_only() || place.sub.is_some_and(Attribute::is_read_only)) => {
            Err(format!("`{}` is read-only", path.attr))
        }
        _ => Ok(()),
    }
}

/// The part that is mapped; an error when the path selects several values.
fn part<'s>(place: &Place<'s>, path: &PatchPath) -> Result<Option<&'s Attribute>, String> {
    let attribute = place.attribute;
    match &path.selection {
        None if attribute.multi_valued && place.sub.is_some() => Err(format!(
            "selects the parts of all values; choose one by a filter, such as `{}[type eq \"work\"]`, or map the whole list",
            attribute.name
        )),
        None => Ok(place.sub),
        Some(selection) => {
            let name = selection.sub.as_ref().ok_or("selects a whole value; name a part of it, such as `.value`")?;
            attribute.sub(name).map(Some).ok_or_else(|| format!("`{}` has no part `{name}`", attribute.name))
        }
    }
}

fn form(key: &str, target: &Attribute, whole: bool, wire: &EntryWire) -> Checked<Form> {
    let wrong = |of: &str, reason: &str| Err(ConfigError::new(format!("{key}.{of}"), reason));
    match (&wire.values, &wire.each, wire.number) {
        (None, None, false) => Ok(Form::Same),
        (Some(values), None, false) => values_of(&format!("{key}.values"), target, values),
        (None, Some(name), false) => match target.sub(name) {
            Some(sub) if target.is_complex_list() && whole => Ok(Form::Each(sub.name.clone())),
            _ => wrong("each", "expected a part of an attribute that has many values, such as `value`"),
        },
        (None, None, true) if target.kind == Kind::String && !target.multi_valued => Ok(Form::Number),
        (None, None, true) => wrong("number", "is for attributes that are text"),
        _ => Err(ConfigError::new(key, "expected only one of `values`, `each` and `number`")),
    }
}

/// Each value in the attribute's own type, and none of the service's for two of them.
fn values_of(key: &str, target: &Attribute, values: &[(String, Value)]) -> Checked<Form> {
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for (word, ours) in values {
        let key = format!("{key}.{word}");
        let scim = match target.kind {
            Kind::String | Kind::Reference => Value::from(word.as_str()),
            _ => usher_json::read_any(word.as_bytes()).unwrap_or_else(|| word.as_str().into()),
        };
        let scim = typed(&key, target, &scim)?;
        if let Some((other, _)) = pairs.iter().find(|(_, known)| known == ours) {
            return Err(ConfigError::new(
                key,
                format!("{} is what {} is as well, so it could not be read back", written(ours), written(other)),
            ));
        }
        if ours.is_null() || ours.is_object() || ours.is_array() {
            return Err(ConfigError::new(key, "expected a text, a number or a boolean"));
        }
        pairs.push((scim, ours.clone()));
    }
    match (target.kind, pairs.len()) {
        (Kind::Boolean, 2) => Ok(Form::OneOf(pairs)),
        (Kind::Boolean, _) => Err(ConfigError::new(key, "expected `true` and `false`")),
        (Kind::Complex, _) => Err(ConfigError::new(key, "a complex attribute has no such values")),
        (_, 0) => Err(ConfigError::new(key, "expected at least one value")),
        _ => Ok(Form::OneOf(pairs)),
    }
}

fn default(key: &str, target: &Attribute, wire: &EntryWire) -> Checked<Option<Value>> {
    wire.default.as_ref().map(|value| typed(&format!("{key}.default"), target, value)).transpose()
}

fn typed(key: &str, target: &Attribute, value: &Value) -> Checked<Value> {
    let value = coerce(target, value.clone(), &RULES.coercion).map_err(|e| ConfigError::new(key, e.to_string()))?;
    value.ok_or_else(|| ConfigError::new(key, "expected a value"))
}

fn constant(key: &str, wire: &EntryWire) -> Checked<(Pointer, Constant)> {
    let nothing_else = wire.default.is_none() && wire.values.is_none() && wire.each.is_none() && !wire.number;
    let constant = match (&wire.constant, wire.from) {
        (Some(value), None) => Constant::Value(value.clone()),
        (None, Some(fact)) => Constant::Of(fact),
        _ => return Err(ConfigError::new(key, "expected a `path`, a `constant` or `from`")),
    };
    match nothing_else && !wire.read_only {
        true => Ok((field(&format!("{key}.field"), &wire.field)?, constant)),
        false => Err(ConfigError::new(key, "a field without a `path` has nothing but its `constant` or `from`")),
    }
}

/// No attribute is kept twice, and no two filters can mean the same value.
fn distinct(entries: &mut [(String, Entry)]) -> Checked<()> {
    for i in 0..entries.len() {
        let (before, rest) = entries.split_at_mut(i);
        let Some((key, entry)) = rest.first_mut() else { continue };
        let mut lone = true;
        for (_, other) in before.iter().filter(|(_, other)| other.place.same_attribute(&entry.place)) {
            lone &= other.place.select == entry.place.select;
            if let Some(reason) = overlap(&other.place, &entry.place) {
                let reason = format!("{reason}, see `{}`", other.path);
                return Err(ConfigError::new(format!("{key}.path"), reason));
            }
        }
        entry.place.lone = lone;
        let of_it = before.iter_mut().filter(|(_, other)| other.place.same_attribute(&entry.place));
        of_it.for_each(|(_, other)| other.place.lone = lone);
    }
    Ok(())
}

fn overlap(a: &Where, b: &Where) -> Option<&'static str> {
    let whole = a.sub.is_none() || b.sub.is_none();
    let exclude = a.select.iter().any(|(name, part)| b.select.iter().any(|(n, p)| n == name && p != part));
    match a.select == b.select {
        true if whole || a.sub == b.sub => Some("is mapped already"),
        true => None,
        false if exclude => None,
        false => Some("could mean the same value as another filter"),
    }
}

/// What a resource must have, the service must keep. Without `active`, a provider would take somebody's access away
/// and nothing would happen.
fn complete(key: &str, of: &ResourceType, entries: &[(String, Entry)]) -> Checked<()> {
    let mapped = |urn: Option<&str>, name: &str| {
        entries.iter().any(|(_, e)| !e.read_only && e.place.urn.as_deref() == urn && e.place.name == name)
    };
    let missing = of.schema.attributes.iter().find(|a| a.required && !mapped(None, &a.name));
    if let Some(attribute) = missing {
        let reason = format!("`{}` is required, and has no field", attribute.name);
        return Err(ConfigError::new(format!("{key}.attributes"), reason));
    }
    for extension in &of.extensions {
        let urn = &extension.schema.id;
        let has = |name: &str| mapped(Some(urn), name);
        let used = extension.required || extension.schema.attributes.iter().any(|a| has(&a.name));
        if let Some(attribute) = extension.schema.attributes.iter().find(|a| used && a.required && !has(&a.name)) {
            let reason = format!("`{urn}:{}` is required, and has no field", attribute.name);
            return Err(ConfigError::new(format!("{key}.attributes"), reason));
        }
        if extension.required && !extension.schema.attributes.iter().any(|a| has(&a.name)) {
            return Err(ConfigError::new(
                format!("{key}.attributes"),
                format!("`{urn}` is required, and has no field"),
            ));
        }
    }
    if of.kind == ResourceKind::User && !mapped(None, "active") {
        let reason = "`active` has no field: a provider would deactivate people, and nothing would happen";
        return Err(ConfigError::new(format!("{key}.attributes"), reason));
    }
    Ok(())
}

/// Every field is one's alone.
fn apart(
    key: &str,
    map: &TypeMap,
    entries: &[(String, Entry)],
    constants: &[(String, (Pointer, Constant))],
) -> Checked<()> {
    let mut taken: Vec<(String, &Pointer)> = vec![(format!("{key}.id"), &map.id)];
    taken.extend(map.version.iter().map(|at| (format!("{key}.version"), at)));
    if let Some(Members::Inside(references)) = &map.members {
        taken.push((format!("{key}.members.record"), &references.field));
    }
    taken.extend(map.groups.iter().map(|references| (format!("{key}.groups"), &references.field)));
    taken.extend(entries.iter().map(|(key, entry)| (key.clone(), &entry.field)));
    taken.extend(constants.iter().map(|(key, (field, _))| (key.clone(), field)));
    for (i, (key, field)) in taken.iter().enumerate() {
        if let Some((other, _)) = taken.iter().take(i).find(|(_, other)| other.touches(field)) {
            return Err(ConfigError::new(
                format!("{key}.field"),
                format!("`{}` is in the way of the field of {other}", field.text()),
            ));
        }
    }
    Ok(())
}

fn members(key: &str, of: &ResourceType, wire: Option<&MembersMapWire>) -> Checked<Option<Members>> {
    let key = format!("{key}.members");
    match (&of.kind, wire) {
        (ResourceKind::Group, None) => Err(ConfigError::new(key, "expected where the members of a group are")),
        (ResourceKind::Group, Some(MembersMapWire::Record(wire))) => {
            references(&format!("{key}.record"), wire).map(Members::Inside).map(Some)
        }
        (ResourceKind::Group, Some(MembersMapWire::Apart(wire))) => {
            let key = format!("{key}.apart");
            let list = compile_reads::list(&format!("{key}.list"), &wire.list, &[Slot::Id])?;
            let id = pointer(&format!("{key}.id"), wire.id.as_deref().unwrap_or_default())?;
            Ok(Some(Members::Apart(list, id)))
        }
        (_, Some(_)) => Err(ConfigError::new(key, "only groups have members")),
        (_, None) => Ok(None),
    }
}

fn groups(key: &str, of: &ResourceType, wire: Option<&ReferencesWire>) -> Checked<Option<References>> {
    let key = format!("{key}.groups");
    match wire {
        Some(_) if of.kind != ResourceKind::User => Err(ConfigError::new(key, "only users are in groups")),
        wire => wire.map(|wire| references(&key, wire)).transpose(),
    }
}

fn references(key: &str, wire: &ReferencesWire) -> Checked<References> {
    let inner =
        |name: &str, text: &Option<String>| text.as_ref().map(|text| field(&format!("{key}.{name}"), text)).transpose();
    if wire.id.is_none() && wire.name.is_some() {
        return Err(ConfigError::new(format!("{key}.name"), "what has a name has an `id` as well"));
    }
    Ok(References {
        field: field(&format!("{key}.field"), &wire.field)?,
        id: inner("id", &wire.id)?,
        name: inner("name", &wire.name)?,
        numeric: wire.numeric_ids,
    })
}

fn field(key: &str, text: &str) -> Checked<Pointer> {
    Pointer::field(text).map_err(|reason| ConfigError::new(key, reason))
}

pub(super) fn pointer(key: &str, text: &str) -> Checked<Pointer> {
    Pointer::parse(text).map_err(|reason| ConfigError::new(key, reason))
}

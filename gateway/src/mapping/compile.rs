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
use crate::config::{ConfigError, EntryWire, Key, MembersMapWire, ReferencesWire, TypeMapWire};
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
#[inline(never)]
pub(super) fn type_map(key: &Key<'_>, of: &ResourceType, wire: &TypeMapWire) -> Checked<TypeMap> {
    let (mut entries, mut constants) = (Vec::new(), Vec::new());
    for (i, wire) in wire.attributes.iter().enumerate() {
        let key = key.nth("attributes", i);
        match &wire.path {
            Some(path) => entries.push((i, entry(&key, of, path, wire)?)),
            None => constants.push((i, constant(&key, wire)?)),
        }
    }
    distinct(key, &mut entries)?;
    complete(key, of, &entries)?;
    let map = TypeMap {
        kind: of.kind.clone(),
        full: of.clone(),
        id: field(&key.at("id"), wire.id.as_deref().unwrap_or("/id"))?,
        numeric_ids: wire.numeric_ids,
        version: wire.version.as_ref().map(|text| pointer(&key.at("version"), text)).transpose()?,
        entries: entries.iter().map(|(_, entry)| entry.clone()).collect(),
        constants: constants.iter().map(|(_, constant)| constant.clone()).collect(),
        members: members(key, of, wire.members.as_ref())?,
        groups: groups(key, of, wire.groups.as_ref())?,
        read: wire.read.as_ref().map(|read| compile_reads::read(&key.at("read"), read)).transpose()?,
        list: wire.list.as_ref().map(|list| compile_reads::list(&key.at("list"), list, &[])).transpose()?,
    };
    apart(key, &map, &entries, &constants)?;
    Ok(map)
}

#[inline(never)]
fn entry(key: &Key<'_>, of: &ResourceType, path: &str, wire: &EntryWire) -> Checked<Entry> {
    let wrong = |reason: String| key.at("path").wrong(reason);
    if wire.constant.is_some() || wire.from.is_some() {
        return Err(key.wrong("a `constant` or `from` is written into a field that has no `path`"));
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
        field: field(&key.at("field"), &wire.field)?,
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

fn form(key: &Key<'_>, target: &Attribute, whole: bool, wire: &EntryWire) -> Checked<Form> {
    let wrong = |of: &str, reason: &str| Err(key.at(of).wrong(reason));
    match (&wire.values, &wire.each, wire.number) {
        (None, None, false) => Ok(Form::Same),
        (Some(values), None, false) => values_of(&key.at("values"), target, values),
        (None, Some(name), false) => match target.sub(name) {
            Some(sub) if target.is_complex_list() && whole => Ok(Form::Each(sub.name.clone())),
            _ => wrong("each", "expected a part of an attribute that has many values, such as `value`"),
        },
        (None, None, true) if target.kind == Kind::String && !target.multi_valued => Ok(Form::Number),
        (None, None, true) => wrong("number", "is for attributes that are text"),
        _ => Err(key.wrong("expected only one of `values`, `each` and `number`")),
    }
}

/// Each value in the attribute's own type, and none of the service's for two of them.
#[inline(never)]
fn values_of(key: &Key<'_>, target: &Attribute, values: &[(String, Value)]) -> Checked<Form> {
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for (word, ours) in values {
        let key = key.at(word);
        let scim = match target.kind {
            Kind::String | Kind::Reference => Value::from(word.as_str()),
            _ => usher_json::read_any(word.as_bytes()).unwrap_or_else(|| word.as_str().into()),
        };
        let scim = typed(&key, target, &scim)?;
        if let Some((other, _)) = pairs.iter().find(|(_, known)| known == ours) {
            return Err(key.wrong(format!(
                "{} is what {} is as well, so it could not be read back",
                written(ours),
                written(other)
            )));
        }
        if ours.is_null() || ours.is_object() || ours.is_array() {
            return Err(key.wrong("expected a text, a number or a boolean"));
        }
        pairs.push((scim, ours.clone()));
    }
    match (target.kind, pairs.len()) {
        (Kind::Boolean, 2) => Ok(Form::OneOf(pairs)),
        (Kind::Boolean, _) => Err(key.wrong("expected `true` and `false`")),
        (Kind::Complex, _) => Err(key.wrong("a complex attribute has no such values")),
        (_, 0) => Err(key.wrong("expected at least one value")),
        _ => Ok(Form::OneOf(pairs)),
    }
}

fn default(key: &Key<'_>, target: &Attribute, wire: &EntryWire) -> Checked<Option<Value>> {
    wire.default.as_ref().map(|value| typed(&key.at("default"), target, value)).transpose()
}

fn typed(key: &Key<'_>, target: &Attribute, value: &Value) -> Checked<Value> {
    let value = coerce(target, value.clone(), &RULES.coercion).map_err(|e| key.wrong(e.to_string()))?;
    value.ok_or_else(|| key.wrong("expected a value"))
}

fn constant(key: &Key<'_>, wire: &EntryWire) -> Checked<(Pointer, Constant)> {
    let nothing_else = wire.default.is_none() && wire.values.is_none() && wire.each.is_none() && !wire.number;
    let constant = match (&wire.constant, wire.from) {
        (Some(value), None) => Constant::Value(value.clone()),
        (None, Some(fact)) => Constant::Of(fact),
        _ => return Err(key.wrong("expected a `path`, a `constant` or `from`")),
    };
    match nothing_else && !wire.read_only {
        true => Ok((field(&key.at("field"), &wire.field)?, constant)),
        false => Err(key.wrong("a field without a `path` has nothing but its `constant` or `from`")),
    }
}

/// No attribute is kept twice, and no two filters can mean the same value.
fn distinct(key: &Key<'_>, entries: &mut [(usize, Entry)]) -> Checked<()> {
    for i in 0..entries.len() {
        let (before, rest) = entries.split_at_mut(i);
        let Some((nth, entry)) = rest.first_mut() else { continue };
        let mut lone = true;
        for (_, other) in before.iter().filter(|(_, other)| other.place.same_attribute(&entry.place)) {
            lone &= other.place.select == entry.place.select;
            if let Some(reason) = overlap(&other.place, &entry.place) {
                let reason = format!("{reason}, see `{}`", other.path);
                return Err(key.nth("attributes", *nth).at("path").wrong(reason));
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
#[inline(never)]
fn complete(key: &Key<'_>, of: &ResourceType, entries: &[(usize, Entry)]) -> Checked<()> {
    let mapped = |urn: Option<&str>, name: &str| {
        entries.iter().any(|(_, e)| !e.read_only && e.place.urn.as_deref() == urn && e.place.name == name)
    };
    let missing = of.schema.attributes.iter().find(|a| a.required && !mapped(None, &a.name));
    if let Some(attribute) = missing {
        let reason = format!("`{}` is required, and has no field", attribute.name);
        return Err(key.at("attributes").wrong(reason));
    }
    for extension in &of.extensions {
        let urn = &extension.schema.id;
        let has = |name: &str| mapped(Some(urn), name);
        let used = extension.required || extension.schema.attributes.iter().any(|a| has(&a.name));
        if let Some(attribute) = extension.schema.attributes.iter().find(|a| used && a.required && !has(&a.name)) {
            let reason = format!("`{urn}:{}` is required, and has no field", attribute.name);
            return Err(key.at("attributes").wrong(reason));
        }
        if extension.required && !extension.schema.attributes.iter().any(|a| has(&a.name)) {
            return Err(key.at("attributes").wrong(format!("`{urn}` is required, and has no field")));
        }
    }
    if of.kind == ResourceKind::User && !mapped(None, "active") {
        let reason = "`active` has no field: a provider would deactivate people, and nothing would happen";
        return Err(key.at("attributes").wrong(reason));
    }
    Ok(())
}

/// Every field is one's alone.
#[inline(never)]
fn apart(
    key: &Key<'_>,
    map: &TypeMap,
    entries: &[(usize, Entry)],
    constants: &[(usize, (Pointer, Constant))],
) -> Checked<()> {
    let in_members = key.at("members");
    let mut taken: Vec<(Key<'_>, &Pointer)> = vec![(key.at("id"), &map.id)];
    taken.extend(map.version.iter().map(|at| (key.at("version"), at)));
    if let Some(Members::Inside(references)) = &map.members {
        taken.push((in_members.at("record"), &references.field));
    }
    taken.extend(map.groups.iter().map(|references| (key.at("groups"), &references.field)));
    taken.extend(entries.iter().map(|(nth, entry)| (key.nth("attributes", *nth), &entry.field)));
    taken.extend(constants.iter().map(|(nth, (field, _))| (key.nth("attributes", *nth), field)));
    for (i, (key, field)) in taken.iter().enumerate() {
        if let Some((other, _)) = taken.iter().take(i).find(|(_, other)| other.touches(field)) {
            return Err(key.at("field").wrong(format!("`{}` is in the way of the field of {other}", field.text())));
        }
    }
    Ok(())
}

#[inline(never)]
fn members(key: &Key<'_>, of: &ResourceType, wire: Option<&MembersMapWire>) -> Checked<Option<Members>> {
    let key = key.at("members");
    match (&of.kind, wire) {
        (ResourceKind::Group, None) => Err(key.wrong("expected where the members of a group are")),
        (ResourceKind::Group, Some(MembersMapWire::Record(wire))) => {
            references(&key.at("record"), wire).map(Members::Inside).map(Some)
        }
        (ResourceKind::Group, Some(MembersMapWire::Apart(wire))) => {
            let key = key.at("apart");
            let list = compile_reads::list(&key.at("list"), &wire.list, &[Slot::Id])?;
            let id = pointer(&key.at("id"), wire.id.as_deref().unwrap_or_default())?;
            Ok(Some(Members::Apart(list, id)))
        }
        (_, Some(_)) => Err(key.wrong("only groups have members")),
        (_, None) => Ok(None),
    }
}

fn groups(key: &Key<'_>, of: &ResourceType, wire: Option<&ReferencesWire>) -> Checked<Option<References>> {
    let key = key.at("groups");
    match wire {
        Some(_) if of.kind != ResourceKind::User => Err(key.wrong("only users are in groups")),
        wire => wire.map(|wire| references(&key, wire)).transpose(),
    }
}

fn references(key: &Key<'_>, wire: &ReferencesWire) -> Checked<References> {
    let inner = |name: &str, text: &Option<String>| text.as_ref().map(|text| field(&key.at(name), text)).transpose();
    if wire.id.is_none() && wire.name.is_some() {
        return Err(key.at("name").wrong("what has a name has an `id` as well"));
    }
    Ok(References {
        field: field(&key.at("field"), &wire.field)?,
        id: inner("id", &wire.id)?,
        name: inner("name", &wire.name)?,
        numeric: wire.numeric_ids,
    })
}

fn field(key: &Key<'_>, text: &str) -> Checked<Pointer> {
    Pointer::field(text).map_err(|reason| key.wrong(reason))
}

pub(super) fn pointer(key: &Key<'_>, text: &str) -> Checked<Pointer> {
    Pointer::parse(text).map_err(|reason| key.wrong(reason))
}

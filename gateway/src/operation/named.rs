//! The members that a PATCH of a group is about, where it is about nothing else.
//!
//! A group of a hundred thousand costs as much as a group of ten then: the service is asked for these members alone.

use serde_json::Value;

use super::session::Session;
use crate::filter::{Filter, Literal, Operator};
use crate::message::{MembersPatch, Op, Operation, PatchRequest};
use crate::path::PatchPath;
use crate::schema::ResourceKind;

/// More than these in one query would make it longer than some services read.
const MOST: usize = 100;

/// The ids; nothing where the whole group is needed, to change more of it, to compare it or to show it.
pub(super) fn named_members(session: &Session<'_>, kind: &ResourceKind, request: &PatchRequest) -> Option<Vec<String>> {
    if *kind != ResourceKind::Group || session.wants_whole() {
        return None;
    }
    let mut ids = Vec::new();
    for operation in &request.operations {
        ids.extend(named(operation)?);
        // An id with a comma would be two in the list.
        if ids.len() > MOST || ids.iter().any(|id: &String| id.contains(',')) {
            return None;
        }
    }
    Some(ids)
}

/// The same of a request that is about nothing else.
pub(super) fn few_members(session: &Session<'_>, patch: &MembersPatch<'_>) -> Option<Vec<String>> {
    let few = patch.ids().nth(MOST).is_none() && !patch.ids().any(|id| id.contains(','));
    (few && !session.wants_whole()).then(|| patch.ids().map(str::to_owned).collect())
}

fn named(operation: &Operation) -> Option<Vec<String>> {
    let path = operation.path.as_ref().filter(|path| is_members(path))?;
    match (operation.op, &path.selection, &operation.value) {
        (Op::Add | Op::Remove, None, Some(value)) => ids_of(value),
        (Op::Remove, Some(selection), None) if selection.sub.is_none() => Some(vec![only(&selection.filter)?]),
        _ => None,
    }
}

fn is_members(path: &PatchPath) -> bool {
    path.attr.urn.is_none() && path.attr.sub.is_none() && path.attr.name.eq_ignore_ascii_case("members")
}

/// `value eq "u1"`
fn only(filter: &Filter) -> Option<String> {
    match filter {
        Filter::Compare(path, Operator::Equal, Literal::Text(id))
            if path.urn.is_none() && path.sub.is_none() && path.name.eq_ignore_ascii_case("value") =>
        {
            Some(id.clone())
        }
        _ => None,
    }
}

/// At least one, in the plainest of spellings; whoever is written in another way costs a look at all.
fn ids_of(value: &Value) -> Option<Vec<String>> {
    let id = |item: &Value| item.get("value").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    let ids: Vec<String> = value.as_array()?.iter().map(id).collect::<Option<_>>()?;
    Some(ids).filter(|ids| !ids.is_empty())
}

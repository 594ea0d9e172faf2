//! Members in and out by their ids: what `add` and `remove` make of such a request, without looking at anything else.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::elements::id_of;
use crate::error::ScimError;
use crate::message::{MembersPatch, Op};
use crate::record::as_member;
use crate::schema::{ResourceType, require};

/// The group after all operations.
///
/// # Errors
/// What a group cannot be without is not there.
pub fn patch_members(
    of: &ResourceType,
    group: &Map<String, Value>,
    patch: &MembersPatch<'_>,
) -> Result<Map<String, Value>, ScimError> {
    require(of, group).map_err(|e| e.under("Operations[0]"))?;
    let mut after = group.clone();
    let mut members = match after.remove("members") {
        Some(Value::Array(members)) => members,
        _ => Vec::new(),
    };
    for (op, ids) in &patch.operations {
        let named = Named::new(ids);
        match op {
            Op::Remove => members.retain(|member| id_of(member).is_none_or(|id| named.place(id).is_none())),
            _ => named.join(&mut members, ids),
        }
    }
    if !members.is_empty() {
        after.insert("members".into(), Value::Array(members));
    }
    Ok(after)
}

/// A request may name ten thousand, and the group have as many.
struct Named<'i>(Vec<&'i str>);

impl<'i> Named<'i> {
    fn new(ids: &'i [Cow<'_, str>]) -> Self {
        let mut sorted: Vec<&str> = ids.iter().map(|id| &**id).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self(sorted)
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.0.binary_search(&id).ok()
    }

    /// Who is not there yet comes at the end, in the order of the request.
    fn join(&self, members: &mut Vec<Value>, ids: &[Cow<'_, str>]) {
        if members.is_empty() && self.0.len() == ids.len() {
            members.extend(ids.iter().map(|id| as_member(id.to_string())));
            return;
        }
        let mut there = vec![false; self.0.len()];
        let mut is_new = |id: &str| {
            let there = self.place(id).and_then(|place| there.get_mut(place));
            there.is_some_and(|there| !std::mem::replace(there, true))
        };
        for id in members.iter().filter_map(id_of) {
            is_new(id);
        }
        members.extend(ids.iter().filter(|id| is_new(id)).map(|id| as_member(id.to_string())));
    }
}

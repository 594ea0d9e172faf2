//! The PATCH that directories send most: members into a group or out of it, and nothing else.
//!
//! It is read as the ids that it names, without a value for anything. Only the plainest of spellings is taken here, and
//! only where nothing is wrong: all else is for [`PatchRequest`](super::PatchRequest), which also says what is wrong.

use std::borrow::Cow;

use usher_json::Reader;

use super::{Op, PATCH_OP};
use crate::leniency::{Leniencies, Leniency};
use crate::limits::Limits;

/// The body, an operation in it, its `value` and a member: so deep it is.
const DEPTH: usize = 5;

/// A request that is about members alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersPatch<'b> {
    /// `add` or `remove`, and whom; at least one.
    pub operations: Vec<(Op, Vec<Cow<'b, str>>)>,
}

impl<'b> MembersPatch<'b> {
    /// Read a body; nothing where it is for somebody else.
    pub fn read(body: &'b [u8], leniencies: Leniencies, limits: &Limits) -> Option<Self> {
        let mut reading = Reading { leniencies, limits, items: 0 };
        let (mut known, mut operations) = (false, Vec::new());
        let mut reader = Reader::new(body)?;
        reader.object(|name, reader| match name {
            "schemas" if !known => reading.schemas(reader).map(|()| known = true),
            "Operations" if operations.is_empty() => reader.array(|reader| {
                operations.push(reading.operation(reader)?);
                Some(())
            }),
            _ => None,
        })?;
        reader.end()?;
        let shallow = limits.json_depth >= DEPTH && limits.json_keys >= 4;
        let few = operations.len() <= limits.operations && reading.items + operations.len() + 2 <= limits.json_items;
        (known && !operations.is_empty() && shallow && few).then_some(Self { operations })
    }

    /// Everybody, in the order of the request.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().flat_map(|(_, ids)| ids).map(|id| &**id)
    }
}

struct Reading<'l> {
    leniencies: Leniencies,
    limits: &'l Limits,
    /// Keys and elements within the two lists at the top.
    items: usize,
}

impl Reading<'_> {
    fn schemas(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let mut known = false;
        reader.array(|reader| {
            self.items += 1;
            known |= reader.text()?.eq_ignore_ascii_case(PATCH_OP);
            Some(())
        })?;
        known.then_some(())
    }

    fn operation<'b>(&mut self, reader: &mut Reader<'b>) -> Option<(Op, Vec<Cow<'b, str>>)> {
        let (mut op, mut path, mut ids) = (None, None, Vec::new());
        reader.object(|name, reader| {
            self.items += 1;
            match name {
                "op" if op.is_none() => op = Some(Op::read(&reader.text()?, self.leniencies)?),
                "path" if path.is_none() => path = Some(reader.text()?),
                "value" if ids.is_empty() => ids = self.members(reader)?,
                _ => return None,
            }
            Some(())
        })?;
        let op = op.filter(|op| match op {
            Op::Add => true,
            Op::Remove => self.leniencies.allow(Leniency::RemoveByValue),
            Op::Replace => false,
        })?;
        (path? == "members" && !ids.is_empty()).then_some((op, ids))
    }

    fn members<'b>(&mut self, reader: &mut Reader<'b>) -> Option<Vec<Cow<'b, str>>> {
        let mut ids = Vec::new();
        reader.array(|reader| {
            self.items += 1;
            ids.push(self.member(reader)?);
            Some(())
        })?;
        Some(ids)
    }

    /// The id of a member; what else is said of it is looked at and left.
    fn member<'b>(&mut self, reader: &mut Reader<'b>) -> Option<Cow<'b, str>> {
        let (mut id, mut others) = (None, [false; 3]);
        reader.object(|name, reader| {
            self.items += 1;
            let text = self.text(reader)?;
            let [display, kind, reference] = &mut others;
            let first = match name {
                "value" => id.replace(text).is_none(),
                // Known to no schema, and sent by everybody.
                "display" if self.leniencies.allow(Leniency::UnknownAttributes) => !std::mem::replace(display, true),
                "$ref" => !std::mem::replace(reference, true),
                "type" => !std::mem::replace(kind, true) && !text.eq_ignore_ascii_case("group"),
                _ => false,
            };
            first.then_some(())
        })?;
        id.filter(|id| !id.is_empty())
    }

    fn text<'b>(&self, reader: &mut Reader<'b>) -> Option<Cow<'b, str>> {
        reader.text().filter(|text| text.len() <= self.limits.string_bytes && !text.contains('\0'))
    }
}

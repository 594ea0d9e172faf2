//! Users by their ids, as members of a group are told of.

use serde_json::{Map, Value};
use usher_json::Reader;

use super::Service;
use super::read::{Found, each, list_of, value};
use crate::error::{ErrorKind, ScimError};
use crate::events::member;
use crate::record::Member;
use crate::schema::ResourceKind;

/// Ids in one look-up: a query of a few kilobytes.
const IDS_AT_ONCE: usize = 100;
const USER: ResourceKind = ResourceKind::User;

impl Service<'_> {
    /// Whether users may come with their group: an event takes more than their ids, or that there are such users, and their
    /// records are written as Usher writes them.
    pub(super) fn takes_users(&self) -> bool {
        let needed = self.directory.tells_members() || !self.directory.unknown_members;
        needed && self.directory.map(&USER).is_none()
    }

    /// The users with these ids, as far as they exist, by their ids. Some are known already.
    ///
    /// # Errors
    /// What the service's failure means.
    pub async fn members(&self, ids: &[&str], known: &[Member]) -> Result<Vec<Member>, ScimError> {
        let mut found = if self.takes_users() { known.to_vec() } else { Vec::new() };
        in_order(&mut found);
        let missing: Vec<&str> = ids.iter().copied().filter(|id| place(&found, id).is_none()).collect();
        for ids in missing.chunks(IDS_AT_ONCE) {
            self.look_up(ids, &mut found).await?;
        }
        in_order(&mut found);
        Ok(found)
    }

    async fn look_up(&self, ids: &[&str], found: &mut Vec<Member>) -> Result<(), ScimError> {
        // An id with a comma would be two in the list, so it goes alone.
        let put_off = |id: &str| self.batch.is_some_and(|b| b.record("users", id).is_some());
        let (mut listed, mut alone): (Vec<&str>, Vec<&str>) =
            ids.iter().partition(|id| !id.contains(',') && !put_off(id));
        listed.sort_unstable();
        if listed.len() > 1 && self.looks_up(&USER, "ids") {
            match self.listed(&listed).await? {
                Some(members) => found.extend(members),
                None => alone.extend(listed),
            }
        } else {
            alone.extend(listed);
        }
        for id in alone {
            found.extend(self.look_up_alone(id).await?);
        }
        Ok(())
    }

    /// Those of these (sorted) ids that are there; nothing where the service does not know the parameter: it answers with
    /// somebody else, or with one page of many.
    async fn listed(&self, ids: &[&str]) -> Result<Option<Vec<Member>>, ScimError> {
        let conditions = [("ids", ids.join(","))];
        let found = match self.directory.map(&USER) {
            Some(_) => self.told(self.page(&USER, &conditions, 1, ids.len()).await?),
            None => {
                let answer = self.listing(&USER, &conditions, 1, ids.len()).await?;
                match list_of(&answer.body, Member::read) {
                    Some((total, items)) => Found::of(total, items, 1)?,
                    None => self.told(self.many(&USER, &answer, 1)?),
                }
            }
        };
        let (mut rest, few) = (ids.iter(), found.items.len() <= ids.len());
        let in_order = found.items.iter().all(|member| rest.any(|id| *id == member.id));
        let asked = |member: &Member| ids.binary_search(&member.id.as_str()).is_ok();
        let understood = found.total.is_none_or(|total| total <= ids.len()) && found.last && few;
        Ok(Some(found.items).filter(|items| understood && (in_order || items.iter().all(asked))))
    }

    fn told(&self, found: Found) -> Found<Member> {
        let items = found.items.iter().map(|user| member(self.directory, user)).collect();
        Found { total: found.total, items, last: found.last }
    }

    async fn look_up_alone(&self, id: &str) -> Result<Option<Member>, ScimError> {
        match self.fetch(&USER, id).await {
            Ok(user) => Ok(Some(member(self.directory, &user))),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn in_order(members: &mut [Member]) {
    members.sort_unstable_by(|one, other| one.id.cmp(&other.id));
}

/// Where a member is among others that are in order.
pub fn place(members: &[Member], id: &str) -> Option<usize> {
    members.binary_search_by(|member| member.id.as_str().cmp(id)).ok()
}

/// A group, and the users that came with it. Those stay text, and of its members only the ids become values.
///
/// # Errors
/// When it is not JSON.
pub(super) fn group(group: &[u8]) -> Result<(Value, Vec<Member>), ScimError> {
    match parted(group) {
        Some((group, users)) => Ok((Value::Object(group), users)),
        None => Ok((value(group)?, Vec::new())),
    }
}

fn parted(group: &[u8]) -> Option<(Map<String, Value>, Vec<Member>)> {
    let (mut fields, mut users) = (Map::new(), Vec::new());
    let mut reader = Reader::new(group)?;
    reader.object(|name, reader| {
        let value = match name {
            "users" => return each(reader, Member::read).map(|found| users = found),
            "members" => Value::Array(each(reader, id)?),
            _ => usher_json::read_any(reader.skip()?.as_bytes())?,
        };
        fields.insert(name.to_owned(), value);
        Some(())
    })?;
    reader.end()?;
    Some((fields, users))
}

/// An id, or that of an object.
fn id(reader: &mut Reader<'_>) -> Option<Value> {
    let mut id = None;
    match reader.peek()? {
        b'{' => reader.object(|name, reader| match name {
            "id" => reader.text().map(|text| id = Some(text)),
            _ => reader.skip().map(drop),
        })?,
        _ => id = Some(reader.text()?),
    }
    Some(Value::String(id?.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn a_list_without_its_items_is_no_empty_list() {
        assert_eq!(list_of(br#"{"total":0,"items":[]}"#, Member::read), Some((0, Vec::new())));
        for broken in [r#"{"total":0}"#, r#"{"items":[]}"#, r#"{"total":0.5,"items":[]}"#, r#"{"total":0,"items":[]}]"#]
        {
            assert_eq!(list_of(broken.as_bytes(), Member::read), None, "{broken}");
        }
    }

    #[test]
    fn a_group_is_the_same_as_text_and_as_values() {
        for (members, read) in [
            (r#"["u1", "u\u0032", ""]"#, true),
            (r#"[{"id": "u1", "name": "Ada"}, {"more": [1], "id": "u2"}, "u3"]"#, true),
            (r#"[{"value": "u1"}, {"id": "u2"}]"#, false),
            (r#"[{"id": 1}, 2, "u3", null, {}]"#, false),
            (r#"{"id": "u1"}"#, false),
            ("null", false),
            ("[]", true),
        ] {
            let text = format!(
                r#"{{"id": "g1", "raw": {{"displayName": "é", "n": 1.50, "members": [{{"value": "old"}}]}},
                     "members": {members}, "version": 7, "members_partial": true, "users": [{{"id": "u1", "raw": {{"id": "u1"}}}}]}}"#
            );
            let load = |json| Record::load(ResourceKind::Group, json, None);
            let (ours, users) = group(text.as_bytes()).unwrap();
            assert_eq!(load(ours), load(value(text.as_bytes()).unwrap()), "{members}");
            assert_eq!(users.len(), usize::from(read), "{members}");
        }
        assert!(group(b"{").is_err());
    }
}

//! The user service says that a directory is not what it was: `DELETE {path}/{directory}`, with a credential of its own.
//! From then on every worker of this proxy asks again.

use subtle::ConstantTimeEq;

use super::SLOTS;
use super::entry::Entry;
use crate::authenticate::Offer;
use crate::config::{DirectoryId, Fingerprint, Forget};
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{Account, Answer, Locker, World, apart};
use crate::gateway::Gateway;
use crate::request::RequestHead;

/// The answer, when the request is for this endpoint.
pub(crate) async fn answer(gateway: &Gateway, world: &World, head: &RequestHead) -> Option<Answer> {
    let lookup = gateway.config.lookup.as_ref()?;
    let rules = lookup.forget.as_ref()?;
    let name = head.all(":path").next()?.strip_prefix(rules.path.as_bytes())?.strip_prefix(b"/")?;
    let answer = match asked(rules, head, name) {
        Ok(id) => {
            apart(forget(world, &id, lookup.slots)).await;
            Answer::empty(204)
        }
        Err(error) => Answer::failure(&error).header("content-type", "application/scim+json".to_owned()),
    };
    let account = Account { operation: "forget_directory", ..answer.account.clone() };
    Some(Answer { account, ..answer })
}

fn asked(rules: &Forget, head: &RequestHead, name: &[u8]) -> Result<DirectoryId, ScimError> {
    let wrong = || ScimError::new(ErrorKind::Unauthorized, "the credential of this endpoint is wanted");
    let offer = Offer::read(head, std::iter::empty());
    if !offer.bearer().is_some_and(|token| Fingerprint::of(token).ct_eq(&rules.token).into()) {
        return Err(wrong());
    }
    if head.one(":method")? != Some("DELETE") {
        return Err(ScimError::new(ErrorKind::MethodNotAllowed("DELETE"), "a directory can only be forgotten here"));
    }
    let id = std::str::from_utf8(name).ok().and_then(DirectoryId::parse);
    id.ok_or_else(|| ScimError::new(ErrorKind::NotFound, "no directory can have this name"))
}

async fn forget(world: &World, id: &DirectoryId, slots: u32) {
    let empty = |kept: Option<&[u8]>| (kept.and_then(Entry::read).unwrap_or_default().forgotten().written(), ());
    Locker::of(id, "directory", slots, &[]).update(world, empty).await;
    Locker::of(id, "nobody", SLOTS, &[]).save(world, &[]).await;
}

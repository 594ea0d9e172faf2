//! Directories that are not in the configuration: asked of the user service, and remembered for a while
//! (docs/directories.md).
//!
//! A directory that is known is served from memory until its time is over; then one request asks again while the others
//! still take what is known, and where the service cannot say, that goes on being good for a while. Work cannot go on
//! behind an answer in a proxy, so that one request is the one that waits. Names that nobody has are remembered too, in a
//! room of their own, and how often strangers may have new ones asked is bounded.

mod compiled;
mod entry;
mod forget;

use std::rc::Rc;

use crate::config::{Directory, DirectoryId, Lookup, RateLimit};
use crate::delivery::unavailable;
use crate::error::ScimError;
use crate::exchange::{CallResult, Fact, Locker, ServiceRequest, World, apart};
use crate::gateway::Gateway;
use crate::request::{RequestHead, encode};
use crate::throttle::{self, source, too_many};
pub(crate) use compiled::Compiled;
use entry::Entry;
pub(crate) use forget::answer as forget;

/// New names from one address: twenty at once, then one a second.
const OF_ONE: RateLimit = RateLimit { interval: 1_000_000_000, burst: 20 };
/// New names from all together: two hundred at once, then fifty a second.
const OF_ALL: RateLimit = RateLimit { interval: 20_000_000, burst: 200 };
const SLOTS: u32 = 4096;

/// The directory of this name, if there is one.
///
/// # Errors
/// 503 when it is the user service's to say and it does not; 429 when too many names are asked for that nobody knows.
pub(crate) async fn find(
    gateway: &Gateway,
    world: &World,
    head: &RequestHead,
    id: &DirectoryId,
) -> Result<Option<Rc<Directory>>, ScimError> {
    let known = gateway.config.directories.get(id);
    match &gateway.config.lookup {
        Some(rules) if known.is_none() => apart(Asking { gateway, world, head, id, rules }.find()).await,
        _ => Ok(known.map(Rc::clone)),
    }
}

struct Asking<'a> {
    gateway: &'a Gateway,
    world: &'a World,
    head: &'a RequestHead,
    id: &'a DirectoryId,
    rules: &'a Lookup,
}

impl Asking<'_> {
    async fn find(&self) -> Result<Option<Rc<Directory>>, ScimError> {
        let now = self.world.now().await;
        let kept = self.locker().load(self.world).await.and_then(|bytes| Entry::read(&bytes)).unwrap_or_default();
        if kept.fresh > now {
            return self.compiled(&kept.text).map(Some);
        }
        if kept.stale > now && !self.is_mine_to_ask(now).await {
            return self.compiled(&kept.text).map(Some);
        }
        if kept.stale <= now {
            if self.is_nobody(now).await {
                return Ok(None);
            }
            self.pay().await?;
        }
        match self.asked(now, kept.generation).await {
            Err(_) if kept.stale > now => self.compiled(&kept.text).map(Some),
            answer => answer,
        }
    }

    fn locker(&self) -> Locker {
        Locker::of(self.id, "directory", self.rules.slots, &[])
    }

    fn nobody(&self) -> Locker {
        Locker::of(self.id, "nobody", SLOTS, &[])
    }

    /// One of those who find it old asks; for the time of a call the others find it new.
    async fn is_mine_to_ask(&self, now: u64) -> bool {
        let patience = self.gateway.config.user_service.timeout_ms.saturating_mul(1_000_000);
        let claim = |kept: Option<&[u8]>| match kept.and_then(Entry::read) {
            Some(entry) if entry.fresh <= now => {
                (Entry { fresh: now.saturating_add(patience), ..entry }.written(), true)
            }
            Some(entry) => (entry.written(), false),
            None => (Vec::new(), true),
        };
        self.locker().update(self.world, claim).await
    }

    async fn is_nobody(&self, now: u64) -> bool {
        let until = self.nobody().load(self.world).await.and_then(|bytes| bytes.try_into().ok());
        until.is_some_and(|until| u64::from_le_bytes(until) > now)
    }

    async fn pay(&self) -> Result<(), ScimError> {
        let address = source(&self.world.fact(Fact::Address).await.pop().unwrap_or_default());
        let purses =
            [(Locker::of_everyone("asks", SLOTS, &[&address]), OF_ONE), (Locker::of_everyone("ask", 1, &[]), OF_ALL)];
        for (purse, rate) in purses {
            let paid = throttle::take(self.world, &purse, rate).await;
            paid.map_err(|wait| too_many(wait, "too many unknown directories are asked for; please try again later"))?;
        }
        Ok(())
    }

    async fn asked(&self, now: u64, generation: u64) -> Result<Option<Rc<Directory>>, ScimError> {
        let CallResult::Answered(answer) = self.world.call(self.id, self.request()).await else { return Err(silent()) };
        match answer.status {
            200 => {
                let directory = self.compiled(&answer.body)?;
                self.keep(Entry::new(now, generation, self.rules, answer.body)).await;
                Ok(Some(directory))
            }
            404 => {
                self.keep(Entry { generation, ..Entry::default() }).await;
                let until = now.saturating_add(self.rules.negative_ttl);
                self.nobody().save(self.world, &until.to_le_bytes()).await;
                Ok(None)
            }
            _ => Err(silent()),
        }
    }

    fn request(&self) -> ServiceRequest {
        let id = encode(self.id);
        let path = format!("{}/directories/{id}?directory={id}", self.gateway.config.user_service.path);
        let mut headers = self.head.trace();
        headers.push(("accept".to_owned(), "application/json".to_owned()));
        ServiceRequest { method: "GET", path, headers, body: None }
    }

    /// Unless it was forgotten while it was asked for: then what was heard may be what was revoked.
    async fn keep(&self, fresh: Entry) {
        let put = |kept: Option<&[u8]>| {
            let now = kept.and_then(Entry::read).unwrap_or_default();
            let chosen = if now.generation == fresh.generation { &fresh } else { &now };
            (chosen.written(), ())
        };
        self.locker().update(self.world, put).await;
    }

    /// A directory that makes no sense is the service's trouble.
    fn compiled(&self, text: &[u8]) -> Result<Rc<Directory>, ScimError> {
        self.gateway.compiled.of(&self.gateway.config, self.id, text).ok_or_else(silent)
    }
}

fn silent() -> ScimError {
    unavailable("the user service does not say whether there is such a directory")
}

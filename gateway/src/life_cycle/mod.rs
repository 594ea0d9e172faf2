//! What becomes of the directories in the configuration, told to the user service (docs/directories.md, `directory_events`).
//!
//! A proxy has no memory but its shared data, so what is told is the difference between the configuration that was and the
//! one that is. One worker tells it, again and again until it is acknowledged; another one would say it under the same id.

mod roster;

use std::rc::Rc;

use crate::config::Directory;
use crate::delivery::{Batch, Service};
use crate::error::ScimError;
use crate::events;
use crate::exchange::{Account, Answer, Locker, Outcome, World, apart};
use crate::gateway::Gateway;
use crate::instant::Instant;
use crate::request::RequestHead;
use roster::{Known, Roster, fingerprint};

/// Ten minutes: within them, every replica takes up the same change of the configuration, and gives it the same id.
const UNIT: u64 = 600_000_000_000;
/// Names of plugins in one proxy; where two share a slot, the later one begins anew.
const SLOTS: u32 = 64;
/// Told before it is written down.
const AT_ONCE: usize = 16;

/// All is told, or a newer configuration speaks for itself.
pub const NOTHING_TO_TELL: u16 = 204;
const ANOTHER_TELLS: u16 = 202;
/// It has to be begun again.
pub const COME_AGAIN: u16 = 503;

/// Tell what is new: the answer is 204 when that is all, 202 when another worker is at it, 503 when it has to be begun again.
/// `anew` when this configuration has just come to hold: then that is noted, and nothing told yet.
pub(crate) async fn tell(gateway: &Gateway, world: &World, plugin: &str, anew: bool) -> Answer {
    let config = fingerprint(&gateway.config.directories);
    // The operator's own list; it says nothing that one directory could learn of another.
    let locker = Locker::of_everyone("roster", SLOTS, &[plugin]);
    let mut round = Round { gateway, config, anew, holds: false, goes_on: !anew, told: Vec::new() };
    let mut events = 0;
    loop {
        let now = world.now().await;
        let (status, changes) = locker.update(world, |kept| round.look(kept, now)).await;
        if changes.is_empty() {
            return answer(status, events);
        }
        round.holds = true;
        round.told.clear();
        for change in changes {
            round.goes_on = apart(announce(gateway, world, &change)).await.is_ok();
            if !round.goes_on {
                break;
            }
            round.told.push(change);
            events += 1;
        }
    }
}

fn answer(status: u16, events: usize) -> Answer {
    let outcome = if status == COME_AGAIN { Outcome::Unavailable } else { Outcome::Accepted };
    Answer {
        account: Account { directory: None, operation: "tell_directories", outcome, events },
        ..Answer::empty(status)
    }
}

/// A look at the roster between two rounds of telling.
struct Round<'r> {
    gateway: &'r Gateway,
    config: u64,
    anew: bool,
    /// Others wait for us.
    holds: bool,
    /// Nothing has gone wrong.
    goes_on: bool,
    told: Vec<Known>,
}

impl Round<'_> {
    /// The roster as it shall be, and what to tell now; if that is nothing, why.
    fn look(&self, kept: Option<&[u8]>, now: u64) -> (Vec<u8>, (u16, Vec<Known>)) {
        let config = &self.gateway.config;
        let first = || Roster::first(self.config, now / UNIT, &config.directories);
        let mut roster = kept.and_then(Roster::read).unwrap_or_else(first);
        if self.anew && roster.config != self.config {
            (roster.config, roster.at) = (self.config, now / UNIT);
        }
        roster.learn(&self.told);
        let mut found = if roster.config == self.config { roster.changes(&config.directories) } else { Vec::new() };
        let free = self.holds || roster.busy <= now;
        let tells = free && self.goes_on && !found.is_empty();
        let status = match free {
            _ if found.is_empty() => NOTHING_TO_TELL,
            true => COME_AGAIN,
            false => ANOTHER_TELLS,
        };
        found.truncate(if tells { AT_ONCE } else { 0 });
        // For as long as all of these can take; whoever holds it ends it, and if that worker is gone, time does.
        let calls = u64::try_from(found.len()).unwrap_or_default();
        let patience = config.user_service.timeout_ms.saturating_mul(calls).saturating_mul(1_000_000);
        if free {
            roster.busy = if tells { now.saturating_add(patience) } else { 0 };
        }
        (roster.written(), (status, found))
    }
}

async fn announce(gateway: &Gateway, world: &World, known: &Known) -> Result<(), ScimError> {
    let config = &gateway.config;
    let gone = || Rc::new(Directory::gone(known.id.clone(), &known.tenant, &known.product, &config.inherited));
    let directory = config.directories.get(&known.id).map_or_else(gone, Rc::clone);
    let event = events::of_directory(&directory, known.stage, known.when);
    let time = Instant::from_nanos(world.now().await).to_string();
    Service::new(world, config, &directory, &RequestHead::default()).flush(&Batch::of(event, time)).await
}

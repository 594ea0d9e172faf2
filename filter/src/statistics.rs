//! Counters of the proxy, by operation and outcome. Names are for ever, so they come from two small fixed sets:
//! a directory or anything else a client can choose never stands in one.

use std::cell::Cell;

use usher_gateway::exchange::{Account, Outcome};

use crate::abi;

/// Counters defined so far. There are a few dozen, and each worker meets fewer.
#[derive(Default)]
pub(crate) struct Statistics {
    exchanges: Cell<Vec<Exchanges>>,
    events: Cell<Option<u32>>,
}

/// The counter of one operation's one outcome.
struct Exchanges {
    operation: &'static str,
    outcome: Outcome,
    id: u32,
}

impl Statistics {
    /// One exchange, and the events that were accepted in it.
    pub(crate) fn count(&self, account: &Account) {
        if let Some(id) = self.exchanges(account.operation, account.outcome) {
            abi::increment(id, 1);
        }
        let accepted = i64::try_from(account.events).unwrap_or(i64::MAX);
        if let Some(id) = (accepted > 0).then(|| self.events()).flatten() {
            abi::increment(id, accepted);
        }
    }

    fn exchanges(&self, operation: &'static str, outcome: Outcome) -> Option<u32> {
        let mut all = self.exchanges.take();
        let known = all.iter().find(|one| one.operation == operation && one.outcome == outcome).map(|one| one.id);
        let id = known.or_else(|| {
            let id = abi::define_counter(&format!("usher_exchanges.operation={operation}.outcome={}", outcome.word()))?;
            all.push(Exchanges { operation, outcome, id });
            Some(id)
        });
        self.exchanges.set(all);
        id
    }

    fn events(&self) -> Option<u32> {
        let id = self.events.get().or_else(|| abi::define_counter("usher_events"));
        self.events.set(id);
        id
    }
}

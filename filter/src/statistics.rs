//! Counters of the proxy, by operation and outcome. Names are for ever, so they come from two small fixed sets:
//! a directory or anything else a client can choose never stands in one.

use std::cell::Cell;
use std::collections::BTreeMap;

use usher_gateway::exchange::Account;

use crate::abi;

/// Counters defined so far, by name.
#[derive(Default)]
pub(crate) struct Statistics {
    ids: Cell<BTreeMap<String, u32>>,
}

impl Statistics {
    /// One exchange, and the events that were accepted in it.
    pub(crate) fn count(&self, account: &Account) {
        let name = format!("usher_exchanges.operation={}.outcome={}", account.operation, account.outcome.word());
        self.add(name, 1);
        if let Some(events) = i64::try_from(account.events).ok().filter(|n| *n > 0) {
            self.add("usher_events".to_owned(), events);
        }
    }

    fn add(&self, name: String, by: i64) {
        let mut ids = self.ids.take();
        let id = ids.get(&name).copied().or_else(|| abi::define_counter(&name));
        if let Some(id) = id {
            abi::increment(id, by);
            ids.insert(name, id);
        }
        self.ids.set(ids);
    }
}

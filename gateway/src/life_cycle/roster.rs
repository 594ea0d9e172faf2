//! What the user service knows of the directories, as text in the proxy's shared data: one line for each, since ids,
//! tenants and products have no blanks in them.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::config::{Directories, Directory, DirectoryId, State};

/// How many things can become of a directory within one unit of time, each with an id of its own.
const TIMES: u64 = 1000;

/// All of them, and the configuration that holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Roster {
    /// A hash of the directories in it.
    pub(super) config: u64,
    /// Since when it holds, in units of time.
    pub(super) at: u64,
    /// Until then somebody is telling what is new, nanoseconds since 1970.
    pub(super) busy: u64,
    /// In the order of their ids.
    pub(super) known: Vec<Known>,
}

/// One directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: DirectoryId,
    pub(super) tenant: String,
    pub(super) product: String,
    pub(super) stage: &'static str,
    /// The unit of time in which that became so, times [`TIMES`], and one more for each thing before it in that unit.
    pub(super) when: u64,
}

const ACTIVE: &str = "activated";
const DEACTIVATED: &str = "deactivated";
const DELETED: &str = "deleted";

fn stage(directory: &Directory) -> &'static str {
    match directory.state {
        State::Active => ACTIVE,
        State::Deactivated => DEACTIVATED,
    }
}

/// Which directories there are, of whom, and whether they are served; in whatever order.
pub(super) fn fingerprint(directories: &Directories) -> u64 {
    let one = |directory: &Directory| {
        let mut hasher = DefaultHasher::new();
        (&*directory.id, &directory.tenant, &directory.product, stage(directory)).hash(&mut hasher);
        hasher.finish()
    };
    directories.by_name().into_iter().fold(1, |all, directory| all.wrapping_add(one(directory)))
}

impl Roster {
    /// Before this nobody has told anything: what is in the configuration now is taken as known.
    pub(super) fn first(config: u64, at: u64, directories: &Directories) -> Self {
        let known = |directory: &Directory| {
            Known::new(&directory.id, &directory.tenant, &directory.product, stage(directory), 0)
        };
        let known = directories.by_name().into_iter().map(|directory| known(directory)).collect();
        Self { config, at, busy: 0, known }
    }

    /// What is different now, as it will be known. Whoever begins deactivated has not ended anything.
    pub(super) fn changes(&self, directories: &Directories) -> Vec<Known> {
        let mut changes = Vec::new();
        for directory in directories.by_name() {
            let (known, now) = (self.find(&directory.id).ok().and_then(|at| self.known.get(at)), stage(directory));
            let before = known.map_or(DELETED, |known| known.stage);
            if before != now && (before, now) != (DELETED, DEACTIVATED) {
                let when = self.when(known.map_or(0, |known| known.when));
                changes.push(Known::new(&directory.id, &directory.tenant, &directory.product, now, when));
            }
        }
        for known in &self.known {
            if known.stage != DELETED && directories.get(&known.id).is_none() {
                changes.push(Known { stage: DELETED, when: self.when(known.when), ..known.clone() });
            }
        }
        changes
    }

    fn find(&self, id: &DirectoryId) -> Result<usize, usize> {
        self.known.binary_search_by(|known| known.id.cmp(id))
    }

    fn when(&self, last: u64) -> u64 {
        let first = self.at.saturating_mul(TIMES);
        if last < first { first } else { last + 1 }
    }

    /// The service knows this now. Who was deleted is remembered only as long as that could be told twice under one id.
    pub(super) fn learn(&mut self, told: &[Known]) {
        for news in told {
            match self.find(&news.id) {
                Ok(at) => self.known.iter_mut().skip(at).take(1).for_each(|known| known.clone_from(news)),
                Err(at) => self.known.insert(at, news.clone()),
            }
        }
        let first = self.at.saturating_mul(TIMES);
        self.known.retain(|known| known.stage != DELETED || known.when >= first);
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.lines();
        let mut numbers = lines.next()?.split(' ').map_while(|word| word.parse().ok());
        let mut roster =
            Self { config: numbers.next()?, at: numbers.next()?, busy: numbers.next()?, known: Vec::new() };
        for line in lines {
            roster.known.push(Known::read(line)?);
        }
        Some(roster)
    }

    pub(super) fn written(&self) -> Vec<u8> {
        let mut text = format!("{} {} {}", self.config, self.at, self.busy);
        for Known { id, tenant, product, stage, when } in &self.known {
            for word in ["\n", &**id, " ", tenant, " ", product, " ", stage, " ", &when.to_string()] {
                text.push_str(word);
            }
        }
        text.into_bytes()
    }
}

impl Known {
    fn new(id: &DirectoryId, tenant: &str, product: &str, stage: &'static str, when: u64) -> Self {
        Self { id: id.clone(), tenant: tenant.to_owned(), product: product.to_owned(), stage, when }
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (id, tenant, product, word) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let stage = [ACTIVE, DEACTIVATED, DELETED].into_iter().find(|stage| *stage == word)?;
        Some(Self::new(&DirectoryId::parse(id)?, tenant, product, stage, words.next()?.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gateway;

    fn directories(states: &[(&str, &str)]) -> Gateway {
        let hash = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";
        let one = |(id, state): &(&str, &str)| serde_json::json!({"id": id, "tenant": "t", "state": state, "credentials": [{"bearer": {"sha256": hash}}]});
        let all: Vec<_> = states.iter().map(one).collect();
        let text = serde_json::json!({"user_service": {"cluster": "u"}, "directories": all}).to_string();
        Gateway::new(text.as_bytes()).unwrap()
    }

    /// What is told of this configuration, and the roster after that.
    fn told(roster: &mut Roster, at: u64, states: &[(&str, &str)]) -> Vec<String> {
        let gateway = directories(states);
        let directories = &gateway.config.directories;
        if roster.config == 0 {
            *roster = Roster::first(fingerprint(directories), at, directories);
        }
        (roster.config, roster.at) = (fingerprint(directories), at);
        let changes = roster.changes(directories);
        roster.learn(&changes);
        assert_eq!(Roster::read(&roster.written()).as_ref(), Some(&*roster));
        assert_eq!(roster.changes(directories), [], "told once");
        changes.iter().map(|known| format!("{} {} {}", known.id, known.stage, known.when)).collect()
    }

    #[test]
    fn each_step_of_a_life_is_told_once() {
        let mut roster = Roster::default();
        let active = [("a", "active"), ("b", "active")];
        assert_eq!(told(&mut roster, 1, &active), [""; 0], "what is there at the start is known");
        assert_eq!(told(&mut roster, 2, &[("a", "deactivated"), ("b", "active")]), ["a deactivated 2000"]);
        assert_eq!(told(&mut roster, 3, &active), ["a activated 3000"]);
        assert_eq!(told(&mut roster, 4, &[("b", "active"), ("c", "deactivated")]), ["a deleted 4000"]);
        assert_eq!(told(&mut roster, 5, &[("b", "active"), ("c", "active")]), ["c activated 5000"]);
        assert!(roster.known.iter().all(|known| &*known.id != "a"), "forgotten");
    }

    #[test]
    fn off_and_on_and_off_within_a_unit_of_time_are_three() {
        let mut roster = Roster::default();
        let (on, off) = ([("a", "active")], [("a", "deactivated")]);
        let seen = [&on[..], &off, &on, &off, &[], &on].map(|states| told(&mut roster, 7, states).concat());
        assert_eq!(
            seen,
            ["", "a deactivated 7000", "a activated 7001", "a deactivated 7002", "a deleted 7003", "a activated 7004"]
        );
    }

    #[test]
    fn what_is_no_roster_is_none() {
        for text in ["", "1 2", "1 2 x", "1 2 0\na t p", "1 2 0\na t p asleep 0", "1 2 0\n/ t p activated 0"] {
            assert_eq!(Roster::read(text.as_bytes()), None, "{text:?}");
        }
    }
}

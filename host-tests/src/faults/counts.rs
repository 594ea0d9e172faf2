//! From two ledgers to what went wrong. Every count must be zero.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use super::ledger::{Ending, Heard, Line, Noted, Operation, Taken};

/// What of a run went wrong, and how much there was of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations of the clients.
    pub operations: usize,
    /// Attempts beyond the first.
    pub retries: usize,
    /// How often the fault happened.
    pub faults: usize,
    /// Deliveries that came once more under the same ids, which a service skips: at least once, honestly.
    pub repeated: usize,
    /// Told done, and not done: the service took no delivery of it that it acknowledged completely, nor one that a
    /// complete read showed afterwards.
    pub lost: usize,
    /// Stored, and nobody had asked for it.
    pub ghost: usize,
    /// Stored once more under another id, so that a service could not know.
    pub dup: usize,
    /// Operations with more than one delivery id. Not counted: creations that were not stored, since each attempt mints
    /// an id, and what the service refused as computed from an old version.
    pub id_split: usize,
    /// Event ids that two operations have.
    pub id_merge: usize,
    /// Deliveries in another directory than the operation's.
    pub cross: usize,
    /// Stored after a later change of the same record.
    pub disorder: usize,
    /// Operations with an answer that no provider should get, such as 401 for a good token.
    pub refused: usize,
    /// Operations without a final answer.
    pub unfinished: usize,
    /// Traps in the module.
    pub panics: usize,
    /// Modules that Envoy loaded again.
    pub vm_reloads: usize,
}

impl Counts {
    /// What must be zero, by name.
    pub fn wrongs(&self) -> [(&'static str, usize); 11] {
        [
            ("lost", self.lost),
            ("ghost", self.ghost),
            ("dup", self.dup),
            ("id_split", self.id_split),
            ("id_merge", self.id_merge),
            ("cross", self.cross),
            ("disorder", self.disorder),
            ("refused", self.refused),
            ("unfinished", self.unfinished),
            ("panics", self.panics),
            ("vm_reloads", self.vm_reloads),
        ]
    }

    /// One of them.
    pub fn wrong(&self, name: &str) -> usize {
        self.wrongs().iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| *count)
    }

    /// How much there was, by name.
    pub fn amounts(&self) -> [(&'static str, usize); 4] {
        [
            ("operations", self.operations),
            ("retries", self.retries),
            ("faults", self.faults),
            ("repeated", self.repeated),
        ]
    }

    pub fn is_clean(&self) -> bool {
        self.wrongs().iter().all(|(_, count)| *count == 0)
    }

    /// What the ledgers say.
    pub fn of(operations: &[Operation], lines: &[Line]) -> Counts {
        let known: BTreeMap<&str, &Operation> = operations.iter().map(|o| (o.marker.as_str(), o)).collect();
        let deliveries = deliveries(lines);
        let of_one = by_operation(&deliveries);
        let ending = |wanted: fn(Ending) -> bool| operations.iter().filter(|o| wanted(o.ending)).count();
        Counts {
            operations: operations.len(),
            retries: operations.iter().map(|o| o.attempts.saturating_sub(1)).sum(),
            repeated: deliveries.iter().filter(|d| d.taken == Taken::Repeated).count(),
            lost: operations.iter().filter(|o| is_lost(o, of_one.get(o.marker.as_str()), lines)).count(),
            ghost: deliveries.iter().filter(|d| d.taken == Taken::Stored && !known.contains_key(&*d.operation)).count(),
            dup: of_one.values().map(|own| stored(own).saturating_sub(1)).sum(),
            id_split: operations.iter().filter(|o| is_split(o, of_one.get(o.marker.as_str()))).count(),
            id_merge: merged(&deliveries),
            cross: deliveries.iter().filter(|d| crosses(d, &known)).count(),
            disorder: disorder(&deliveries, operations),
            refused: ending(|e| matches!(e, Ending::Refused(_))),
            unfinished: ending(|e| e == Ending::None),
            ..Counts::default()
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        let Counts { operations, retries, faults, repeated, lost, ghost, dup, id_split, id_merge, .. } = other;
        self.operations += operations;
        self.retries += retries;
        self.faults += faults;
        self.repeated += repeated;
        self.lost += lost;
        self.ghost += ghost;
        self.dup += dup;
        self.id_split += id_split;
        self.id_merge += id_merge;
        self.cross += other.cross;
        self.disorder += other.disorder;
        self.refused += other.refused;
        self.unfinished += other.unfinished;
        self.panics += other.panics;
        self.vm_reloads += other.vm_reloads;
    }
}

struct Delivery<'l> {
    at: usize,
    line: &'l Line,
    key: &'l str,
    events: &'l [Noted],
    taken: Taken,
    operation: String,
}

fn deliveries(lines: &[Line]) -> Vec<Delivery<'_>> {
    lines.iter().enumerate().filter_map(|(at, line)| as_delivery(at, line)).collect()
}

fn as_delivery(at: usize, line: &Line) -> Option<Delivery<'_>> {
    let Heard::Delivery { key, events, outcome } = &line.heard else { return None };
    let operation = events.last().map_or_else(|| "none".to_owned(), Noted::operation);
    Some(Delivery { at, line, key, events, taken: *outcome, operation })
}

fn by_operation<'d>(deliveries: &'d [Delivery<'d>]) -> BTreeMap<&'d str, Vec<&'d Delivery<'d>>> {
    let mut of_one: BTreeMap<&str, Vec<&Delivery<'_>>> = BTreeMap::new();
    deliveries.iter().for_each(|d| of_one.entry(&d.operation).or_default().push(d));
    of_one
}

fn stored(deliveries: &[&Delivery<'_>]) -> usize {
    deliveries.iter().filter(|d| d.taken == Taken::Stored).count()
}

fn is_lost(operation: &Operation, own: Option<&Vec<&Delivery<'_>>>, lines: &[Line]) -> bool {
    let taken = || own.into_iter().flatten().filter(|d| matches!(d.taken, Taken::Stored | Taken::Repeated));
    let acknowledged = |d: &Delivery<'_>| d.line.whole && (200..300).contains(&d.line.status);
    let shown = |d: &Delivery<'_>| lines[d.at..].iter().any(|line| shows(line, &operation.marker));
    match operation.ending {
        Ending::Done => !taken().any(|d| acknowledged(d) || shown(d)),
        Ending::Gone => taken().count() == 0,
        Ending::Refused(_) | Ending::None => false,
    }
}

fn shows(line: &Line, marker: &str) -> bool {
    matches!(&line.heard, Heard::Read(shown) if line.whole && shown.iter().any(|m| m == marker))
}

fn is_split(operation: &Operation, own: Option<&Vec<&Delivery<'_>>>) -> bool {
    let counts = |d: &&&Delivery<'_>| match d.taken {
        Taken::Stored | Taken::Repeated => true,
        Taken::No => !operation.creates,
        Taken::Stale => false,
    };
    let keys: BTreeSet<&str> = own.into_iter().flatten().filter(counts).map(|d| d.key).collect();
    keys.len() > 1
}

fn merged(deliveries: &[Delivery<'_>]) -> usize {
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for delivery in deliveries {
        for event in delivery.events {
            owners.entry(&event.id).or_default().insert(&delivery.operation);
        }
    }
    owners.values().filter(|operations| operations.len() > 1).count()
}

fn crosses(delivery: &Delivery<'_>, known: &BTreeMap<&str, &Operation>) -> bool {
    let own = known.get(delivery.operation.as_str()).map_or(delivery.line.directory.as_str(), |o| o.directory);
    delivery.line.directory != own || delivery.events.iter().any(|event| event.directory != own)
}

/// The clients change one record in one order, each change after the answer to the last.
fn disorder(deliveries: &[Delivery<'_>], operations: &[Operation]) -> usize {
    let place: BTreeMap<&str, usize> = operations.iter().enumerate().map(|(i, o)| (o.marker.as_str(), i)).collect();
    let mut last: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut count = 0;
    for delivery in deliveries.iter().filter(|d| d.taken == Taken::Stored) {
        let (Some(at), Some(event)) = (place.get(delivery.operation.as_str()), delivery.events.last()) else {
            continue;
        };
        let last = last.entry((delivery.line.directory.as_str(), event.subject())).or_insert(*at);
        count += usize::from(at < last);
        *last = (*last).max(*at);
    }
    count
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(heard: Heard, status: u16, whole: bool) -> Line {
        Line { directory: "acme".into(), heard, status, whole }
    }

    fn delivery(id: &str, marker: &str, outcome: Taken) -> Heard {
        let data = json!({"id": "1", "raw": {"externalId": marker}});
        let event = Noted { id: id.into(), name: "user.updated".into(), directory: "acme".into(), data };
        Heard::Delivery { key: id.into(), events: vec![event], outcome }
    }

    fn done(marker: &str) -> Operation {
        let marker = marker.to_owned();
        Operation { marker, directory: "acme", creates: false, ending: Ending::Done, attempts: 1 }
    }

    fn count(lines: &[Line]) -> Counts {
        Counts::of(&[done("a"), done("b")], lines)
    }

    #[test]
    fn stored_and_cut_is_an_acknowledgement_only_once_a_read_has_shown_it() {
        let b = line(delivery("2", "b", Taken::Stored), 200, true);
        let cut = line(delivery("1", "a", Taken::Stored), 200, false);
        let read = |whole| line(Heard::Read(vec!["a".into()]), 200, whole);
        assert_eq!(count(&[b.clone(), cut.clone()]).lost, 1);
        assert_eq!(count(&[b.clone(), read(true), cut.clone()]).lost, 1, "read before");
        assert_eq!(count(&[b.clone(), cut.clone(), read(false)]).lost, 1, "half a read");
        assert_eq!(count(&[b.clone(), cut, read(true)]).lost, 0);
        assert_eq!(count(&[b.clone(), line(delivery("1", "a", Taken::Stored), 500, true)]).lost, 1, "failed");
        assert_eq!(count(&[b, line(delivery("1", "a", Taken::No), 200, true)]).lost, 1, "not stored");
    }

    #[test]
    fn an_honest_repetition_is_no_duplicate() {
        let a = |id, outcome| line(delivery(id, "a", outcome), 200, true);
        let b = line(delivery("2", "b", Taken::Stored), 200, true);
        let repeated = count(&[a("1", Taken::Stored), a("1", Taken::Repeated), b.clone()]);
        assert!(repeated.is_clean() && repeated.repeated == 1, "{repeated:?}");
        let twice = count(&[a("1", Taken::Stored), a("3", Taken::Stored), b.clone()]);
        assert_eq!((twice.dup, twice.id_split), (1, 1));
        let stale = count(&[a("3", Taken::Stale), a("1", Taken::Stored), b]);
        assert!(stale.is_clean(), "{stale:?}");
    }

    #[test]
    fn what_is_stored_backwards_is_disorder() {
        let (a, b) =
            (line(delivery("1", "a", Taken::Stored), 200, true), line(delivery("2", "b", Taken::Stored), 200, true));
        assert_eq!(count(&[a.clone(), b.clone()]).disorder, 0);
        assert_eq!(count(&[b, a]).disorder, 1);
    }
}

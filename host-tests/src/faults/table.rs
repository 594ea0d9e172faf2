//! The table that people read, and its last line, which says everything.

use std::fmt;

use super::{Counts, Finding};

/// What was found, one line for each kind.
pub struct Table<'f>(pub &'f [Finding<'f>]);

impl Table<'_> {
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.0.iter().filter_map(|(_, counts)| counts.as_ref().ok()).for_each(|counts| total += *counts);
        total
    }

    /// Every run took place, and everything that must be zero is.
    pub fn is_clean(&self) -> bool {
        self.0.iter().all(|(_, counts)| counts.as_ref().is_ok_and(Counts::is_clean))
    }
}

/// One line of it.
pub fn row(finding: &Finding<'_>) -> String {
    let (name, counts) = finding;
    match counts {
        Ok(counts) => {
            let all = counts.amounts().into_iter().chain(counts.wrongs());
            let cells = all.map(|(name, count)| format!("{count:>width$}", width = name.len().max(6)));
            format!("{name:<20} {}", cells.collect::<Vec<_>>().join(" "))
        }
        Err(error) => format!("{name:<20} could not be run: {error:#}"),
    }
}

/// The names over it.
pub fn head() -> String {
    let empty = Counts::default();
    let all = empty.amounts().into_iter().chain(empty.wrongs());
    let cells = all.map(|(name, _)| format!("{name:>6}"));
    format!("{:<20} {}", "fault", cells.collect::<Vec<_>>().join(" "))
}

/// `31 runs, 1200 operations, ...: lost=0 ghost=0 ...`
impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let amounts = total.amounts().map(|(name, count)| format!("{count} {name}")).join(", ");
        let wrongs = total.wrongs().map(|(name, count)| format!("{name}={count}")).join(" ");
        let failed = self.0.iter().filter(|(_, counts)| counts.is_err()).count();
        write!(f, "{} runs, {amounts}: {wrongs} not_run={failed}", self.0.len())
    }
}

//! The table: what was measured beside what it should be.

use std::time::Duration;

/// One line of it.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) goal: String,
    /// Nothing where there is no goal.
    pub(crate) met: Option<bool>,
    pub(crate) more: String,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, measured: String) -> Row {
        Row { what: what.into(), measured, goal: String::new(), met: None, more: String::new() }
    }

    /// A figure that should not be above this.
    pub(crate) fn at_most(mut self, figure: f64, goal: f64, unit: &str) -> Row {
        self.goal = format!("<= {goal}{unit}");
        self.met = Some(figure <= goal);
        self
    }

    pub(crate) fn with(mut self, more: String) -> Row {
        self.more = more;
        self
    }
}

/// As Markdown, to stand in docs/performance.md.
pub(crate) fn print(rows: &[Row]) {
    println!("| what | measured | goal | | |\n|---|---|---|---|---|");
    for Row { what, measured, goal, met, more } in rows {
        let met = met.map_or("", |met| if met { "met" } else { "**not met**" });
        println!("| {what} | {measured} | {goal} | {met} | {more} |");
    }
}

/// The value in the middle, and those at a quarter and at three quarters.
pub(crate) fn quartiles(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |part: usize| values.get((values.len() * part / 4).min(values.len().saturating_sub(1))).copied();
    (at(1).unwrap_or(0.0), at(2).unwrap_or(0.0), at(3).unwrap_or(0.0))
}

pub(crate) fn micros(nanos: f64) -> String {
    match nanos / 1_000.0 {
        micros if micros < 1_000.0 => format!("{micros:.0} us"),
        micros => format!("{:.1} ms", micros / 1_000.0),
    }
}

/// The duration below which this part of all is.
pub(crate) fn percentile(sorted: &[Duration], part: f64) -> f64 {
    let at = (sorted.len() as f64 * part) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(0.0, |d| d.as_nanos() as f64)
}

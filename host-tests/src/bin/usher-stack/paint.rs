//! Letters on a terminal: how wide it is, colours, breaking lines.

use std::io::{IsTerminal, Write, stdout};

const WIDEST: usize = 100;

/// A piece of text and how it looks. Wrapping comes first and colours last, so that colours have no width.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Look {
    #[default]
    Plain,
    Bold,
    Dim,
    Green,
    Cyan,
    Red,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Paper {
    pub(crate) width: usize,
    colours: bool,
}

impl Paper {
    pub(crate) fn here() -> Paper {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Paper { width: width().clamp(40, WIDEST), colours: stdout().is_terminal() && !no_colour }
    }

    pub(crate) fn paint(&self, text: &str, look: Look) -> String {
        let code = match look {
            Look::Plain => return text.to_owned(),
            Look::Bold => 1,
            Look::Dim => 2,
            Look::Green => 32,
            Look::Cyan => 36,
            Look::Red => 31,
        };
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Prints a line. When nobody reads any more (`| head`), that is no reason to fail.
pub(crate) fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

fn width() -> usize {
    let asked = rustix::termios::tcgetwinsize(stdout()).ok().map(|size| usize::from(size.ws_col));
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    asked.filter(|columns| *columns > 0).or_else(told).unwrap_or(WIDEST)
}

/// Breaks a text where it can, and anywhere where it must.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > width {
        let after = rest.split_off(line_end(&rest[..width]));
        lines.push(rest.iter().collect::<String>().trim_end().to_owned());
        rest = after.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

/// After the last comma, which keeps a name and its value together, unless that leaves half a line empty; else after
/// the last blank.
fn line_end(line: &[char]) -> usize {
    let comma = line.iter().rposition(|c| ",&".contains(*c)).filter(|at| at * 2 >= line.len());
    let blank = || line.iter().rposition(|c| *c == ' ').filter(|at| *at > 0);
    comma.or_else(blank).map_or(line.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_where_they_can() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("{name: 1, active: true}", 16), ["{name: 1,", "active: true}"]);
        assert_eq!(wrap("a, {a_long_name: 1}", 17), ["a, {a_long_name:", "1}"]);
    }
}

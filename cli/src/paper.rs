//! How things look on a terminal. Whether there are colours is anstream's to know.

use std::ops::Range;

use anstream::println;
use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value};

pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
const TEXT: Style = AnsiColor::Green.on_default();
const OTHER: Style = AnsiColor::Yellow.on_default();

/// Longer lists and objects are broken into lines.
const LINE: usize = 76;
/// A line of a file is shown around its mark only.
const WIDEST: usize = 96;

/// What says most stands first; the rest in the order of the alphabet.
const FIRST: [&str; 10] =
    ["status", "scimType", "id", "event", "time", "tenant", "product", "provider", "directory_id", "op"];

/// JSON with colours; short things stay on one line.
pub(crate) fn json(value: &Value, indent: usize) -> String {
    let whole = flat(value);
    if whole.chars().count() + indent <= LINE || is_chain(value) {
        return written(value, true);
    }
    let inner = indent + 2;
    let broken = |open: char, items: Vec<String>, close: char| {
        let pad = " ".repeat(inner);
        format!("{open}\n{pad}{}\n{}{close}", items.join(&format!(",\n{pad}")), " ".repeat(indent))
    };
    match value {
        Value::Object(fields) => {
            let field = |(name, value)| format!("{}: {}", key(name), json(value, inner));
            broken('{', ordered(fields).into_iter().map(field).collect(), '}')
        }
        Value::Array(items) => broken('[', items.iter().map(|item| json(item, inner)).collect(), ']'),
        scalar => coloured(scalar),
    }
}

/// In one line and without colours.
pub(crate) fn flat(value: &Value) -> String {
    written(value, false)
}

fn written(value: &Value, in_colour: bool) -> String {
    match value {
        Value::Object(fields) => {
            let name = |name: &str| if in_colour { key(name) } else { Value::from(name).to_string() };
            let field = |(known, value): (&str, &Value)| format!("{}: {}", name(known), written(value, in_colour));
            format!("{{{}}}", ordered(fields).into_iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| written(item, in_colour)).collect::<Vec<_>>().join(", "))
        }
        scalar if in_colour => coloured(scalar),
        scalar => scalar.to_string(),
    }
}

/// One thing inside another, such as a credential: breaking it into lines would not make it clearer.
fn is_chain(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.len() <= 1 && fields.values().all(is_chain),
        Value::Array(items) => items.len() <= 1 && items.iter().all(is_chain),
        _ => true,
    }
}

fn ordered(fields: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
    fields.sort_by_key(|(name, _)| rank(name));
    fields
}

fn coloured(scalar: &Value) -> String {
    match scalar {
        Value::String(_) => format!("{TEXT}{scalar}{TEXT:#}"),
        other => format!("{OTHER}{other}{OTHER:#}"),
    }
}

fn key(name: &str) -> String {
    format!("{NAME}{}{NAME:#}", Value::from(name))
}

/// Shows the line that a piece of a text is on, with the piece marked. `shift` is how far the text lies inside a file:
/// lines above it, columns to its left.
pub(crate) fn mark(name: &str, text: &str, range: &Range<usize>, shift: (usize, usize)) {
    let before = text.get(..range.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let number = before.matches('\n').count() + 1 + shift.0;
    let column = text.get(line_start..range.start).unwrap_or_default().chars().count();
    let length = text.get(range.clone()).unwrap_or_default().lines().next().unwrap_or_default().chars().count().max(1);
    let (shown, column_shown) = around(line, column);
    let room = shown.chars().count().saturating_sub(column_shown).max(1);
    let margin = " ".repeat(number.to_string().len());
    let place = if name.is_empty() { String::new() } else { format!("{name}:{number}:{}", column + 1 + shift.1) };
    if !place.is_empty() {
        println!("{DIM}{margin}-->{DIM:#} {place}");
    }
    println!("{DIM}{margin} |{DIM:#}");
    println!("{DIM}{number} |{DIM:#} {shown}");
    println!("{DIM}{margin} |{DIM:#} {}{BAD}{}{BAD:#}", " ".repeat(column_shown), "^".repeat(length.min(room)));
}

/// A long line is cut on both sides of what matters.
fn around(line: &str, column: usize) -> (String, usize) {
    if line.chars().count() <= WIDEST {
        return (line.to_owned(), column);
    }
    let skipped = column.saturating_sub(WIDEST / 3);
    let front = if skipped > 0 { "..." } else { "" };
    let rest: String = line.chars().skip(skipped).take(WIDEST - 6).collect();
    let back = if line.chars().count() > skipped + WIDEST - 6 { "..." } else { "" };
    (format!("{front}{rest}{back}"), column - skipped + front.len())
}

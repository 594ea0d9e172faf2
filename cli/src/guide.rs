//! The little Markdown of the guides on a terminal: headings, lists, tables, bold, code, links. Without colours it is
//! read as well as with them.

use crate::paper::{DIM, GOOD, HEADING};

pub(crate) fn render(markdown: &str) -> String {
    let mut out = String::new();
    let mut rows: Vec<Vec<&str>> = Vec::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if let Some(row) = row(line).filter(|_| !in_code) {
            rows.push(row);
            continue;
        }
        table(&mut out, &std::mem::take(&mut rows));
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            out.push_str(&format!("    {GOOD}{line}{GOOD:#}\n"));
        } else if line.starts_with('#') {
            out.push_str(&format!("{HEADING}{}{HEADING:#}\n", line.trim_start_matches('#').trim()));
        } else {
            out.push_str(&format!("{}\n", inline(line)));
        }
    }
    table(&mut out, &rows);
    out
}

/// The cells of a row; the line between head and body has none.
fn row(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<&str> = inside.split('|').map(str::trim).collect();
    let ruler = cells.iter().all(|cell| cell.chars().all(|c| "-: ".contains(c)));
    Some(if ruler { Vec::new() } else { cells })
}

fn table(out: &mut String, rows: &[Vec<&str>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| plain_width(cell)).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows.iter().filter(|row| !row.is_empty()) {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{}{}", inline(cell), " ".repeat(width - plain_width(cell))));
        out.push_str(&format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
}

fn plain_width(cell: &str) -> usize {
    anstream::adapter::strip_str(&inline(cell)).to_string().chars().count()
}

/// Bold, code and links within a line.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (number, part) in text.split('`').enumerate() {
        match number % 2 {
            0 => out.push_str(&emphasis(&links(part))),
            _ => out.push_str(&format!("{GOOD}{part}{GOOD:#}")),
        }
    }
    out
}

fn emphasis(text: &str) -> String {
    let parts = text.split("**").enumerate();
    parts
        .map(|(number, part)| if number % 2 == 0 { part.to_owned() } else { format!("{HEADING}{part}{HEADING:#}") })
        .collect()
}

/// `[text](url)` as the text and, where it leads somewhere by itself, the address.
fn links(text: &str) -> String {
    let Some((before, rest)) = text.split_once('[') else { return text.to_owned() };
    let Some((label, (url, after))) =
        rest.split_once("](").and_then(|(label, rest)| Some((label, rest.split_once(')')?)))
    else {
        return text.to_owned();
    };
    let url = if url.starts_with("http") { format!(" {DIM}({url}){DIM:#}") } else { String::new() };
    format!("{before}{label}{url}{}", links(after))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn what_is_marked_is_shown_and_the_marks_are_not() {
        let text = "# Top\n\n| a | b |\n|---|---|\n| `long cell` | **x** |\n\n1. See [the page](https://a.test) and [that](b.md).\n```sh\nls\n```\n";
        let plain = anstream::adapter::strip_str(&render(text)).to_string();
        assert_eq!(
            plain,
            "Top\n\n  a          b\n  long cell  x\n\n1. See the page (https://a.test) and that.\n    ls\n"
        );
    }
}

//! Where in a text a named place is: for `Operations[2].path` of an error, the bytes to mark.
//!
//! For those who show an error beside what caused it. Reads the text anew, since nobody who is in a hurry needs this.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::limits::Limits;
use crate::message;

/// The bytes of the value at this place in a JSON text, or of the nearest thing around it that is there.
///
/// Names ignore case, and may themselves have dots, as URNs and the keys of a PATCH do: the longest one that fits wins.
/// Where the text is not JSON, it is the spot at which it ceases to be.
pub fn find(text: &str, at: &str) -> Option<Range<usize>> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(whole) => within(text, whole, at),
        Err(_) => fault(text),
    }
}

/// Where a text ceases to be JSON, or JSON that is accepted.
pub fn fault(text: &str) -> Option<Range<usize>> {
    let error = message::read(text.as_bytes(), &Limits::WRITTEN).err()?;
    let line = error.line().checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let spot = (start + error.column().saturating_sub(1)).min(text.len());
    let start = (0..=spot).rev().find(|at| text.is_char_boundary(*at))?;
    let length = text.get(start..)?.chars().next().map_or(0, char::len_utf8);
    Some(start..start + length)
}

/// The name of this query parameter and its value in a request target.
pub fn find_parameter(target: &str, at: &str) -> Option<Range<usize>> {
    let (path, query) = target.split_once('?')?;
    let name = at.split(['.', '[']).next().filter(|name| !name.is_empty())?;
    let mut start = path.len() + 1;
    for pair in query.split('&') {
        if pair.split('=').next().is_some_and(|key| key.eq_ignore_ascii_case(name)) {
            return Some(start..start + pair.len());
        }
        start += pair.len() + 1;
    }
    None
}

/// Where in a marked path or filter its nth character is (from 1), whatever it is written with: a string of JSON has
/// escapes, a query parameter percents. Where there are fewer, the end.
pub fn find_character(text: &str, value: &Range<usize>, column: usize) -> Option<usize> {
    let marked = text.get(value.clone())?;
    let (mut at, length): (usize, fn(&str) -> usize) = match marked.starts_with('"') {
        true => (1, length_in_json),
        false => (marked.find('=')? + 1, length_in_url),
    };
    for _ in 1..column {
        at += length(marked.get(at..)?);
    }
    Some(value.start + at)
}

/// Bytes of the first character in the rest of a string of JSON; none are left at its end.
fn length_in_json(rest: &str) -> usize {
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        (None | Some('"'), _) => 0,
        (Some('\\'), Some('u')) if matches!(rest.get(2..3), Some("d" | "D")) && rest.get(6..8) == Some("\\u") => 12,
        (Some('\\'), Some('u')) => 6,
        (Some('\\'), _) => 2,
        (Some(letter), _) => letter.len_utf8(),
    }
}

/// Bytes of the first character in the rest of a query parameter: one of UTF-8 has as many percents as it has bytes.
fn length_in_url(rest: &str) -> usize {
    match rest.strip_prefix('%').and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok()) {
        Some(0xf0..) => 12,
        Some(0xe0..) => 9,
        Some(0xc0..) => 6,
        Some(_) => 3,
        None => rest.chars().next().map_or(0, char::len_utf8),
    }
}

fn within(text: &str, whole: &RawValue, at: &str) -> Option<Range<usize>> {
    let (mut raw, mut rest) = (whole, at.trim_start_matches('.'));
    while let Some((inner, after)) = step(raw, rest) {
        (raw, rest) = (inner, after);
    }
    let start = (raw.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let found_any = rest.len() < at.len();
    found_any.then(|| start..start + raw.get().len())
}

/// One name or index further in, and what is left to go.
fn step<'t, 'a>(raw: &'t RawValue, rest: &'a str) -> Option<(&'t RawValue, &'a str)> {
    match rest.strip_prefix('[') {
        Some(indexed) => {
            let (index, after) = indexed.split_once(']')?;
            let items: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
            let item = items.get(index.parse::<usize>().ok()?)?;
            Some((item, after.strip_prefix('.').unwrap_or(after)))
        }
        None if rest.is_empty() => None,
        None => {
            let fields: BTreeMap<Key<'t>, &'t RawValue> = serde_json::from_str(raw.get()).ok()?;
            let fits = fields.iter().filter_map(|(key, value)| Some((key.0.len(), *value, after_name(rest, &key.0)?)));
            fits.max_by_key(|(length, ..)| *length).map(|(_, value, after)| (value, after))
        }
    }
}

/// What follows this name, if it is the next one.
fn after_name<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let (head, after) = rest.split_at_checked(name.len())?;
    let ends = after.is_empty() || after.starts_with(['.', '[', ':']);
    let fits = head.eq_ignore_ascii_case(name) && !name.is_empty() && ends;
    fits.then(|| after.strip_prefix(['.', ':']).unwrap_or(after))
}

/// A key, copied only where it has escapes.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'t>(#[serde(borrow)] Cow<'t, str>);

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = r#"{"schemas": [], "operations": [
        {"op": "add", "path": "title"},
        {"op": "add", "value": {"name.givenName": 5, "urn:x:2.0:User": {"manager": {"value": []}}}}]}"#;

    fn seen<'t>(text: &'t str, at: &str) -> Option<&'t str> {
        find(text, at).map(|range| text.get(range).unwrap())
    }

    #[test]
    fn a_place_is_found_however_its_names_are_spelt() {
        assert_eq!(seen(PATCH, "Operations[0].path"), Some(r#""title""#));
        assert_eq!(seen(PATCH, "Operations[1].value.name.givenName"), Some("5"));
        assert_eq!(seen(PATCH, "Operations[1].value.urn:x:2.0:User.manager.value"), Some("[]"));
        assert_eq!(seen(PATCH, "Operations[1].value.urn:x:2.0:User:manager.value"), Some("[]"));
    }

    #[test]
    fn what_is_missing_is_marked_at_what_lacks_it() {
        assert_eq!(seen(PATCH, "Operations[0].value"), Some(r#"{"op": "add", "path": "title"}"#));
        assert_eq!(seen(PATCH, "Operations[7].value").map(|whole| whole.starts_with('[')), Some(true));
        assert_eq!(seen(PATCH, "userName"), None);
        assert_eq!(seen(PATCH, ""), None);
    }

    #[test]
    fn what_is_no_json_is_marked_where_it_ceases_to_be() {
        assert_eq!(seen("{\n  \"a\": tru,\n}", "a"), Some(","));
        assert_eq!(fault("{\"a\": 1, \"A\": 2}").map(|range| range.start > 7), Some(true));
        assert_eq!(fault("{}"), None);
        assert_eq!(find("{\"ä\": ü}", ""), Some(7..9));
        assert_eq!(find("", "x"), Some(0..0));
    }

    #[test]
    fn a_parameter_is_found_in_the_target() {
        let target = "/Users?count=2&Filter=userName%20xq%201&x";
        assert_eq!(
            find_parameter(target, "filter").map(|range| target.get(range).unwrap()),
            Some("Filter=userName%20xq%201")
        );
        assert_eq!(find_parameter(target, "sortBy"), None);
        assert_eq!(find_parameter("/Users", "filter"), None);
    }

    #[test]
    fn a_character_is_found_however_it_is_written() {
        let from = |text: &'static str, column| text.get(find_character(text, &(0..text.len()), column)?..);
        assert_eq!(from(r#""a\"ä\ud834\udd1e\u0041z""#, 6), Some(r#"z""#));
        assert_eq!(from(r#""ab""#, 9), Some(r#"""#));
        assert_eq!(from("filter=a%20%C3%A4%E2%82%AC%F0%9D%84%9Ez", 6), Some("z"));
        assert_eq!(from("filter=a", 9), Some(""));
        assert_eq!(from("7", 1), None);
    }
}

//! Taking one difference out of a text, outside its strings.

pub(super) fn dollars(text: &str) -> String {
    outside(text, |plain| plain.replace('$', "S"))
}

pub(super) fn urn_characters(text: &str) -> String {
    outside(text, |plain| plain.replace(['%', '\'', '+', '/', '~', ';', '=', '@', '!', '*', '&', '#', '?'], "x"))
}

pub(super) fn tabs(text: &str) -> String {
    outside(text, |plain| plain.replace('\t', " "))
}

pub(super) fn schemes(text: &str) -> String {
    words(text, |word| match word.split_once(':') {
        Some((scheme, rest)) if !scheme.eq_ignore_ascii_case("urn") => format!("urn:x:{rest}"),
        _ => word.to_owned(),
    })
}

pub(super) fn json_words(text: &str) -> String {
    words(text, |word| match word.to_ascii_lowercase() {
        lower if ["true", "false", "null"].contains(&lower.as_str()) => lower,
        _ => word.to_owned(),
    })
}

pub(super) fn not(text: &str) -> String {
    words(text, |word| if word.eq_ignore_ascii_case("not") { format!("{word} ") } else { word.to_owned() })
}

/// A blank on both sides of `and` and `or`.
pub(super) fn joints(text: &str) -> String {
    let joint = |word: &str| ["and", "or"].iter().any(|w| w.eq_ignore_ascii_case(word));
    words(text, |word| if joint(word) { format!(" {word} ") } else { word.to_owned() })
}

/// No blanks at the ends, inside brackets, or before one that belongs to the word in front of it.
pub(super) fn blanks(text: &str) -> String {
    let tight = |plain: &str| {
        let mut plain = plain.to_owned();
        for (wide, narrow) in
            [("( ", "("), (" )", ")"), ("[ ", "["), (" ]", "]"), (" [", "["), (" .", "."), (". ", ".")]
        {
            while plain.contains(wide) {
                plain = plain.replace(wide, narrow);
            }
        }
        plain
    };
    outside(text, tight).trim_matches(' ').to_owned()
}

pub(super) fn subs_before_brackets(text: &str) -> String {
    outside(text, |plain| {
        let mut parts: Vec<String> = plain.split('[').map(str::to_owned).collect();
        let before_brackets = parts.len() - 1;
        for part in parts.iter_mut().take(before_brackets) {
            let start = part.rfind([' ', '(', ']', ':']).map_or(0, |at| at + 1);
            let name = part.split_off(start);
            *part += &name.replace('.', "_");
        }
        parts.join("[")
    })
}

/// Each run of letters, digits, dots, colons, hyphens and underscores that stands outside a string.
fn words(text: &str, change: impl Fn(&str) -> String) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
    outside(text, |plain| {
        let mut changed = String::new();
        let mut rest = plain;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c| of_word(c) != of_word(first)).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            changed += &if of_word(first) { change(run) } else { run.to_owned() };
            rest = behind;
        }
        changed
    })
}

/// What stands outside strings changed, the strings as they were.
fn outside(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut changed = String::new();
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let (plain, quoted) = rest.split_at(quote);
        let (string, behind) = quoted.split_at(end_of_string(quoted));
        changed += &change(plain);
        changed += string;
        rest = behind;
    }
    changed + &change(rest)
}

/// The byte behind the quote that closes the string this begins with.
fn end_of_string(quoted: &str) -> usize {
    let mut escaped = false;
    for (i, c) in quoted.char_indices().skip(1) {
        match c {
            '"' if !escaped => return i + 1,
            c => escaped = c == '\\' && !escaped,
        }
    }
    quoted.len()
}

//! A place in a text, and what is left of the limits; shared by the path and the filter grammar.

use crate::error::{ErrorKind, ScimError};
use crate::limits::Limits;

/// Reads a text from left to right and charges nesting and terms as it goes.
pub(crate) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    kind: ErrorKind,
    depth: usize,
    terms: usize,
}

impl<'t> Cursor<'t> {
    /// Starts at the first character; what is wrong will be an error of this kind.
    pub(crate) fn new(text: &'t str, kind: ErrorKind, limits: &Limits) -> Result<Self, ScimError> {
        if text.len() > limits.filter_bytes {
            let reason = format!("longer than {} bytes", limits.filter_bytes);
            return Err(ScimError::new(kind, reason));
        }
        Ok(Self { text, at: 0, kind, depth: limits.filter_depth, terms: limits.filter_terms })
    }

    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest().is_empty()
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Takes this character if it is next.
    pub(crate) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.advance(c.len_utf8());
        }
        found
    }

    /// Takes this character, or says that it was expected.
    pub(crate) fn expect(&mut self, c: char) -> Result<(), ScimError> {
        if self.eat(c) { Ok(()) } else { Err(self.expected(&format!("`{c}`"))) }
    }

    /// Takes blanks; whether there were any.
    pub(crate) fn blanks(&mut self) -> bool {
        let before = self.at;
        let rest = self.rest();
        self.advance(rest.len() - rest.trim_start_matches(' ').len());
        self.at > before
    }

    /// Takes the longest run of characters that belong.
    pub(crate) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.advance(end);
        rest.get(..end).unwrap_or_default()
    }

    /// Takes a word of the grammar (`and`, `not`, `eq`), letter case ignored, if it is next and ends there.
    pub(crate) fn keyword(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let found = rest.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
        let ends = !rest.get(word.len()..).unwrap_or_default().starts_with(is_name_char);
        if found && ends {
            self.advance(word.len());
        }
        found && ends
    }

    /// What is wrong from here on is an error of this kind.
    pub(crate) fn blame(&mut self, kind: ErrorKind) {
        self.kind = kind;
    }

    /// One level deeper; every `descend` is paired with an `ascend`.
    pub(crate) fn descend(&mut self) -> Result<(), ScimError> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| self.wrong("nested too deeply"))?;
        Ok(())
    }

    pub(crate) fn ascend(&mut self) {
        self.depth += 1;
    }

    /// One comparison more.
    pub(crate) fn charge_term(&mut self) -> Result<(), ScimError> {
        self.terms = self.terms.checked_sub(1).ok_or_else(|| self.wrong("too many comparisons"))?;
        Ok(())
    }

    /// An error at this place.
    pub(crate) fn wrong(&self, what: &str) -> ScimError {
        let column = self.text.get(..self.at).unwrap_or(self.text).chars().count() + 1;
        let error = ScimError::new(self.kind, format!("column {column}: {what}"));
        ScimError { column: Some(column), ..error }
    }

    /// An error that says what should have been here, and what is.
    pub(crate) fn expected(&self, what: &str) -> ScimError {
        match self.peek() {
            Some(c) => self.wrong(&format!("expected {what}, found `{}`", c.escape_debug())),
            None => self.wrong(&format!("expected {what}, found the end")),
        }
    }
}

/// `nameChar` of RFC 7643 section 2.1; `$` for `$ref`.
pub(crate) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$')
}

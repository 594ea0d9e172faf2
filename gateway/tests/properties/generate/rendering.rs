//! A filter as somebody might write it: blanks to spare, any letter case, parentheses that are not needed.

use proptest::prelude::*;
use usher_gateway::filter::{Filter, Literal};
use usher_gateway::path::PatchPath;

/// Decisions of the writer, one after the other; the last ones repeat.
#[derive(Debug, Clone)]
pub(crate) struct Hand(Vec<u8>);

pub(crate) fn hand() -> impl Strategy<Value = Hand> {
    proptest::collection::vec(any::<u8>(), 1..40).prop_map(Hand)
}

impl Hand {
    pub(crate) fn filter(&mut self, filter: &Filter) -> String {
        format!("{}{}{}", self.blanks(0), self.or(filter), self.blanks(0))
    }

    pub(crate) fn path(&mut self, path: &PatchPath) -> String {
        let Some(selection) = &path.selection else { return path.to_string() };
        let sub = selection.sub.iter().map(|sub| format!(".{sub}")).collect::<String>();
        format!("{}[{}]{sub}", path.attr, self.filter(&selection.filter))
    }

    fn next(&mut self) -> u8 {
        self.0.rotate_left(1);
        self.0[0]
    }

    fn blanks(&mut self, least: usize) -> String {
        " ".repeat(least + usize::from(self.next() % 4) / 2)
    }

    fn word(&mut self, word: &str) -> String {
        let letters = word.chars().map(|c| if self.next().is_multiple_of(2) { c.to_ascii_uppercase() } else { c });
        letters.collect()
    }

    fn or(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::Or(terms) => self.joined(terms, "or"),
            other => self.and(other),
        }
    }

    fn and(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::And(terms) => self.joined(terms, "and"),
            other => self.term(other),
        }
    }

    fn joined(&mut self, terms: &[Filter], word: &str) -> String {
        let mut text = String::new();
        for (i, term) in terms.iter().enumerate() {
            if i > 0 {
                text += &format!("{}{}{}", self.blanks(1), self.word(word), self.blanks(1));
            }
            text += &match (word, term) {
                ("or", Filter::And(_)) if self.next().is_multiple_of(2) => self.and(term),
                _ => self.term(term),
            };
        }
        text
    }

    fn term(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::Or(_) | Filter::And(_) => self.parenthesized(filter),
            Filter::Not(inner) => format!("{}{}{}", self.word("not"), self.blanks(0), self.parenthesized(inner)),
            test if self.next().is_multiple_of(8) => format!("({})", self.test(test)),
            test => self.test(test),
        }
    }

    fn test(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::Present(path) => format!("{path}{}{}", self.blanks(1), self.word("pr")),
            Filter::Element(path, inner) => format!("{path}[{}]", self.filter(inner)),
            Filter::Compare(path, op, literal) => {
                format!("{path}{}{}{}{}", self.blanks(1), self.word(op.word()), self.blanks(1), self.literal(literal))
            }
            joined => self.parenthesized(joined),
        }
    }

    fn parenthesized(&mut self, inner: &Filter) -> String {
        format!("({})", self.filter(inner))
    }

    fn literal(&mut self, literal: &Literal) -> String {
        match literal {
            Literal::Bool(_) | Literal::Null => self.word(&literal.to_string()),
            other => other.to_string(),
        }
    }
}

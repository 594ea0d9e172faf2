//! Text into a filter (RFC 7644 figure 1), by recursive descent with a bounded depth.

use serde_json::{Number, Value};

use super::{Dialect, Filter, Literal, Operator};
use crate::error::{ErrorKind, ScimError};
use crate::limits::Limits;
use crate::path::AttrPath;
use crate::path::cursor::Cursor;

impl Filter {
    /// Parse the text of `filter=`.
    ///
    /// # Errors
    /// `invalidFilter` with the column.
    pub fn parse(text: &str, dialect: Dialect, limits: &Limits) -> Result<Self, ScimError> {
        let mut reader =
            Reader { cursor: &mut Cursor::new(text, ErrorKind::InvalidFilter, limits)?, dialect, in_brackets: false };
        reader.cursor.blanks();
        let filter = reader.or()?;
        reader.cursor.blanks();
        if reader.cursor.is_done() { Ok(filter) } else { Err(reader.cursor.expected("`and`, `or` or the end")) }
    }

    /// Parse what stands between the brackets of a PATCH path; quotes are never optional there.
    pub(crate) fn read_in_brackets(cursor: &mut Cursor<'_>) -> Result<Self, ScimError> {
        let mut reader = Reader { cursor, dialect: Dialect::Strict, in_brackets: true };
        reader.cursor.blanks();
        let filter = reader.or()?;
        reader.cursor.blanks();
        Ok(filter)
    }
}

struct Reader<'c, 't> {
    cursor: &'c mut Cursor<'t>,
    dialect: Dialect,
    in_brackets: bool,
}

impl Reader<'_, '_> {
    fn or(&mut self) -> Result<Filter, ScimError> {
        let mut terms = vec![self.and()?];
        while self.joined_by("or") {
            terms.push(self.and()?);
        }
        Ok(one_or(terms, Filter::Or))
    }

    fn and(&mut self) -> Result<Filter, ScimError> {
        let mut terms = vec![self.term()?];
        while self.joined_by("and") {
            terms.push(self.term()?);
        }
        Ok(one_or(terms, Filter::And))
    }

    /// `and` and `or` need a blank on both sides, save beside a parenthesis.
    fn joined_by(&mut self, word: &str) -> bool {
        self.cursor.blanks();
        let joined = self.cursor.keyword(word);
        if joined {
            self.cursor.blanks();
        }
        joined
    }

    fn term(&mut self) -> Result<Filter, ScimError> {
        self.cursor.charge_term()?;
        if self.cursor.peek() == Some('(') {
            return self.parenthesized();
        }
        if self.at_not() {
            self.cursor.keyword("not");
            self.cursor.blanks();
            return Ok(Filter::Not(Box::new(self.parenthesized()?)));
        }
        self.expression()
    }

    /// `not` is a word only before a parenthesis: an attribute may be called `not`.
    fn at_not(&self) -> bool {
        let rest = self.cursor.rest();
        let is_word = rest.get(..3).is_some_and(|w| w.eq_ignore_ascii_case("not"));
        is_word && rest.get(3..).unwrap_or_default().trim_start_matches(' ').starts_with('(')
    }

    fn parenthesized(&mut self) -> Result<Filter, ScimError> {
        self.cursor.descend()?;
        self.cursor.expect('(')?;
        self.cursor.blanks();
        let inner = self.or()?;
        self.cursor.blanks();
        self.cursor.expect(')')?;
        self.cursor.ascend();
        Ok(inner)
    }

    fn expression(&mut self) -> Result<Filter, ScimError> {
        let path = AttrPath::read(self.cursor)?;
        if self.cursor.peek() == Some('[') {
            return self.element(path);
        }
        self.test(path)
    }

    fn test(&mut self, path: AttrPath) -> Result<Filter, ScimError> {
        if !self.cursor.blanks() {
            return Err(self.cursor.expected("a blank and an operator"));
        }
        if self.cursor.keyword("pr") {
            return Ok(Filter::Present(path));
        }
        let op = self.operator()?;
        if !self.cursor.blanks() {
            return Err(self.cursor.expected("a blank and a value"));
        }
        Ok(Filter::Compare(path, op, self.literal()?))
    }

    fn element(&mut self, path: AttrPath) -> Result<Filter, ScimError> {
        if self.in_brackets || path.sub.is_some() {
            return Err(self.cursor.wrong("brackets cannot stand here"));
        }
        self.cursor.expect('[')?;
        self.in_brackets = true;
        self.cursor.blanks();
        let inner = self.or()?;
        self.cursor.blanks();
        self.cursor.expect(']')?;
        let inner = if self.cursor.eat('.') { self.narrowed(inner)? } else { inner };
        self.in_brackets = false;
        Ok(Filter::Element(path, Box::new(inner)))
    }

    /// `emails[type eq "work"].value eq "x"` is outside the grammar, and Entra's matching filter: the same
    /// value satisfies both, so it is read as `emails[type eq "work" and value eq "x"]`.
    fn narrowed(&mut self, inner: Filter) -> Result<Filter, ScimError> {
        let path = AttrPath::read(self.cursor)?;
        let test = self.test(path)?;
        Ok(match inner {
            Filter::And(mut terms) => {
                terms.push(test);
                Filter::And(terms)
            }
            inner => Filter::And(vec![inner, test]),
        })
    }

    fn operator(&mut self) -> Result<Operator, ScimError> {
        let found = Operator::ALL.iter().find(|(_, word)| self.cursor.keyword(word));
        found
            .map(|(op, _)| *op)
            .ok_or_else(|| self.cursor.expected("an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)"))
    }

    fn literal(&mut self) -> Result<Literal, ScimError> {
        match self.cursor.peek() {
            Some('"') => self.quoted(),
            Some('\'') => Err(self.cursor.wrong("strings stand in double quotes")),
            _ => self.word(),
        }
    }

    fn quoted(&mut self) -> Result<Literal, ScimError> {
        let rest = self.cursor.rest();
        let Some(end) = closing_quote(rest) else { return Err(self.cursor.wrong("the string has no closing quote")) };
        let Some(Value::String(text)) = rest.get(..end).and_then(|quoted| usher_json::read_any(quoted.as_bytes()))
        else {
            return Err(self.cursor.wrong("not a JSON string"));
        };
        // Nothing that is stored has one, and there are databases that fail at the question.
        if text.contains('\0') {
            return Err(self.cursor.wrong("a string with U+0000 in it"));
        }
        self.cursor.advance(end);
        Ok(Literal::Text(text))
    }

    fn word(&mut self) -> Result<Literal, ScimError> {
        let rest = self.cursor.rest();
        let end = rest.find([' ', ')', ']', '(', '[', '"', '\'']).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        let literal =
            keyword_literal(word).or_else(|| number(word).map(Literal::Number)).or_else(|| self.bare_word(word));
        let literal = literal.ok_or_else(|| self.cursor.expected("a value (a string stands in double quotes)"))?;
        self.cursor.advance(end);
        Ok(literal)
    }

    fn bare_word(&self, word: &str) -> Option<Literal> {
        let taken = self.dialect == Dialect::BareWords
            && !self.in_brackets
            && word.starts_with(char::is_alphanumeric)
            && !word.contains('\0');
        taken.then(|| Literal::Text(word.to_owned()))
    }
}

fn keyword_literal(word: &str) -> Option<Literal> {
    let words = [("true", Literal::Bool(true)), ("false", Literal::Bool(false)), ("null", Literal::Null)];
    let mut found = words.into_iter().filter(|(w, _)| w.eq_ignore_ascii_case(word));
    found.next().map(|(_, literal)| literal)
}

/// A JSON number, as one of a record would be read.
pub(super) fn number(word: &str) -> Option<Number> {
    match usher_json::read_any(word.as_bytes())? {
        Value::Number(number) if number.is_f64() => number.as_f64().map(usher_json::settled).and_then(Number::from_f64),
        Value::Number(number) => Some(number),
        _ => None,
    }
}

/// The byte after the quote that ends the JSON string this text begins with.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

fn one_or(mut terms: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        Some(last) => {
            terms.push(last);
            many(terms)
        }
        None => many(terms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lenient(text: &str) -> Result<Filter, ScimError> {
        Filter::parse(text, Dialect::BareWords, &Limits::default())
    }

    #[test]
    fn and_binds_tighter_than_or() {
        let filter = lenient(r#"a eq 1 or b pr and not (c co "x")"#).unwrap();
        assert!(matches!(&filter, Filter::Or(terms) if matches!(terms.as_slice(), [_, Filter::And(_)])));
        assert_eq!(filter.to_string(), r#"a eq 1 or b pr and not (c co "x")"#);
    }

    #[test]
    fn entras_matching_filter_is_one_element() {
        let filter = lenient(r#"emails[type eq "work"].value eq "a@b.c""#).unwrap();
        assert_eq!(filter.to_string(), r#"emails[type eq "work" and value eq "a@b.c"]"#);
    }

    #[test]
    fn what_is_printed_parses_to_the_same() {
        for text in [
            r#"userName eq "a\"b\\é""#,
            r#"(a pr or b pr) and c pr"#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "1""#,
            r#"not (not (a eq null))"#,
            r#"NOT(a EQ TRUE)"#,
            r#"members.$ref ew "x" and emails[value co "@" and type eq "work"]"#,
        ] {
            let filter = lenient(text).unwrap();
            assert_eq!(lenient(&filter.to_string()).unwrap(), filter, "{text}");
        }
    }

    #[test]
    fn bare_words_are_a_dialect() {
        assert_eq!(lenient("userName sw O").unwrap().to_string(), r#"userName sw "O""#);
        assert!(Filter::parse("userName sw O", Dialect::Strict, &Limits::default()).is_err());
    }

    #[test]
    fn malformed_filters_say_where() {
        let cases = [
            ("", "column 1: expected an attribute name, found the end"),
            ("userName", "column 9: expected a blank and an operator, found the end"),
            (
                "userName xx \"a\"",
                "column 10: expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr), found `x`",
            ),
            ("userName eq 'a'", "column 13: strings stand in double quotes"),
            ("userName eq \"a", "column 13: the string has no closing quote"),
            (r#"userName eq "a\u0000""#, "column 13: a string with U+0000 in it"),
            ("(userName pr", "column 13: expected `)`, found the end"),
            ("userName pr)", "column 12: expected `and`, `or` or the end, found `)`"),
        ];
        for (text, message) in cases {
            let error = lenient(text).unwrap_err();
            assert_eq!((error.kind, error.to_string().as_str()), (ErrorKind::InvalidFilter, message));
        }
    }

    #[test]
    fn depth_and_terms_are_bounded() {
        let deep = format!("{}a pr{}", "(".repeat(5_000), ")".repeat(5_000));
        let limits = Limits { filter_bytes: 1 << 20, ..Limits::default() };
        let error = Filter::parse(&deep, Dialect::Strict, &limits).unwrap_err();
        assert!(error.to_string().contains("nested too deeply"));
        let long = vec!["a pr"; 200].join(" or ");
        assert!(lenient(&long).unwrap_err().to_string().contains("too many comparisons"));
    }
}

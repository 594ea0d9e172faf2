//! `[URI ":"] ATTRNAME ["." ATTRNAME]` (RFC 7644 section 3.10).

use std::fmt;

use super::cursor::{Cursor, is_name_char};
use crate::error::{ErrorKind, ScimError};
use crate::limits::Limits;

/// The name of an attribute as it was written: `userName`, `name.givenName`, `urn:...:User:department`.
///
/// A bare extension URN looks the same as an attribute of a shorter URN (`urn:...:2.0` + `User`); only the
/// schemas can tell, so [`AttrPath::full`] gives the whole name back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrPath {
    /// The schema URN, without the colon before the name.
    pub urn: Option<String>,
    /// The attribute.
    pub name: String,
    /// The sub-attribute.
    pub sub: Option<String>,
}

impl AttrPath {
    /// An attribute without a schema.
    pub fn of(name: &str) -> Self {
        Self { urn: None, name: name.to_owned(), sub: None }
    }

    /// Parse a name that stands alone, as in `attributes=`.
    ///
    /// # Errors
    /// `invalidPath` with the column.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ScimError> {
        let mut cursor = Cursor::new(text, ErrorKind::InvalidPath, limits)?;
        let path = Self::read(&mut cursor)?;
        if cursor.is_done() { Ok(path) } else { Err(cursor.expected("the end")) }
    }

    /// Schema URN and name in one, without the sub-attribute.
    pub fn full(&self) -> String {
        match &self.urn {
            Some(urn) => format!("{urn}:{}", self.name),
            None => self.name.clone(),
        }
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ScimError> {
        let urn = read_urn(cursor);
        let name = read_name(cursor)?;
        let sub = if cursor.eat('.') { Some(read_name(cursor)?) } else { None };
        Ok(Self { urn, name, sub })
    }
}

/// Names have no colon, so the URN is all up to the last one.
fn read_urn(cursor: &mut Cursor<'_>) -> Option<String> {
    let rest = cursor.rest();
    let end = rest.find(|c: char| !is_urn_char(c)).unwrap_or(rest.len());
    let colon = rest.get(..end)?.rfind(':')?;
    let urn = rest.get(..colon)?;
    if !urn.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:")) {
        return None;
    }
    cursor.advance(colon + 1);
    Some(urn.to_owned())
}

pub(crate) fn read_name(cursor: &mut Cursor<'_>) -> Result<String, ScimError> {
    if !cursor.peek().is_some_and(|c| c.is_ascii_alphabetic() || c == '$') {
        return Err(cursor.expected("an attribute name"));
    }
    Ok(cursor.take_while(is_name_char).to_owned())
}

fn is_urn_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":.-_$+%/~;=@!*'&#?".contains(c)
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        self.sub.iter().try_for_each(|sub| write!(f, ".{sub}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<AttrPath, ScimError> {
        AttrPath::parse(text, &Limits::default())
    }

    #[test]
    fn urns_keep_their_dots_and_colons() {
        let path = parse("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value").unwrap();
        assert_eq!(path.urn.as_deref(), Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"));
        assert_eq!((path.name.as_str(), path.sub.as_deref()), ("manager", Some("value")));
        assert_eq!(parse("members.$ref").unwrap().sub.as_deref(), Some("$ref"));
    }

    #[test]
    fn malformed_names_say_where() {
        assert_eq!(parse("name..x").unwrap_err().to_string(), "column 6: expected an attribute name, found `.`");
        assert_eq!(parse("a.b.c").unwrap_err().to_string(), "column 4: expected the end, found `.`");
        for bad in ["", " x", "em@ils", "urn:", ".name", "name.", "name/givenName", "\u{202e}x", "1a"] {
            assert_eq!(parse(bad).unwrap_err().kind, ErrorKind::InvalidPath, "{bad}");
        }
    }
}

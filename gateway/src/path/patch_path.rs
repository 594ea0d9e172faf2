//! The path of a PATCH operation: `attrPath` or `valuePath [subAttr]` (RFC 7644 figure 7).

use std::fmt;

use super::attr_path::{AttrPath, read_name};
use super::cursor::Cursor;
use crate::error::{ErrorKind, ScimError};
use crate::filter::Filter;
use crate::limits::Limits;

/// Where an operation acts.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPath {
    /// The attribute; without a filter its sub-attribute too.
    pub attr: AttrPath,
    /// Which of the attribute's values, and which sub-attribute of them.
    pub selection: Option<Selection>,
}

/// `[valFilter]` and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Which values.
    pub filter: Filter,
    /// Which part of them; `None` means the whole value.
    pub sub: Option<String>,
}

impl PatchPath {
    /// Parse the text of `path`.
    ///
    /// # Errors
    /// `invalidPath`, or `invalidFilter` inside the brackets, with the column.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ScimError> {
        let mut cursor = Cursor::new(text, ErrorKind::InvalidPath, limits)?;
        let attr = AttrPath::read(&mut cursor)?;
        let selection = if cursor.eat('[') { Some(read_selection(&mut cursor)?) } else { None };
        if attr.sub.is_some() && selection.is_some() {
            return Err(cursor.wrong("a filter selects values of an attribute, not of a sub-attribute"));
        }
        if cursor.is_done() { Ok(Self { attr, selection }) } else { Err(cursor.expected("the end of the path")) }
    }
}

fn read_selection(cursor: &mut Cursor<'_>) -> Result<Selection, ScimError> {
    cursor.blame(ErrorKind::InvalidFilter);
    let filter = Filter::read_in_brackets(cursor)?;
    cursor.blame(ErrorKind::InvalidPath);
    cursor.expect(']')?;
    let sub = if cursor.eat('.') { Some(read_name(cursor)?) } else { None };
    Ok(Selection { filter, sub })
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attr)?;
        let Some(selection) = &self.selection else { return Ok(()) };
        write!(f, "[{}]", selection.filter)?;
        selection.sub.iter().try_for_each(|sub| write!(f, ".{sub}"))
    }
}

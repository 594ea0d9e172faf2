//! Cursors (RFC 9865): where the next page begins, and of which list. Nothing is kept between two pages.
//!
//! The offset counts resources in the order they were created, so resources that are added meanwhile come at the
//! end and move nothing. A cursor of another list, directory or filter is refused; one that was tampered with
//! leads to another page of the same list, which its holder may read anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ErrorKind, ScimError};

#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) offset: usize,
    /// What it is a place in, as a hash.
    pub(super) about: [u8; 6],
}

impl Cursor {
    /// Unreserved characters only, as RFC 9865 section 2 asks.
    pub(super) fn text(&self) -> String {
        let offset = u64::try_from(self.offset).unwrap_or(u64::MAX).to_be_bytes();
        URL_SAFE_NO_PAD.encode([self.about.as_slice(), offset.as_slice()].concat())
    }

    pub(super) fn parse(text: &str, about: [u8; 6]) -> Result<Self, ScimError> {
        let offset = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| {
            let offset = bytes.strip_prefix(about.as_slice())?.try_into().ok()?;
            usize::try_from(u64::from_be_bytes(offset)).ok()
        });
        match offset {
            Some(offset) => Ok(Self { offset, about }),
            None => Err(ScimError::new(ErrorKind::InvalidCursor, "is no cursor of this list").under("cursor")),
        }
    }
}

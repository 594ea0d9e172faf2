//! Attribute names and PATCH paths as grammar (RFC 7644 sections 3.10 and 3.5.2, figure 7).
//!
//! Text to types and back. What a name means is the schema's business.

mod attr_path;
pub(crate) mod cursor;
mod patch_path;

pub use attr_path::AttrPath;
pub use patch_path::{PatchPath, Selection};

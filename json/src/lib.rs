//! JSON text into values, bounded while it is read, values into text, and text that stays text.
//!
//! Everything that reads or writes a record goes through these loops, so they are a crate of their own: the module is
//! compiled for size, and this crate for speed. It knows JSON and nothing of SCIM.
#![warn(missing_docs)]

mod canonical;
mod quick;
mod read;
mod text;
mod write;

pub use canonical::{Entry, Text};
pub use read::{Bounds, read, read_any, settled};
pub use text::Reader;
pub use write::{Object, append, append_text, write, write_object, write_text};

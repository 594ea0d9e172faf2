//! What a write does to a resource (RFC 7644 sections 3.5.1 and 3.5.2), and what it changed.
//!
//! Works on resources in canonical form and knows nothing of events or the service. A PATCH works on a copy:
//! an error in the last operation leaves the resource as it was.

mod add;
mod apply;
mod diff;
mod elements;
mod members;
mod remove;
mod replace;
mod target;

pub use apply::{Rules, patch, put};
pub use diff::{Change, ChangeOp, changes, write_changes};
pub use members::patch_members;
pub use target::described;

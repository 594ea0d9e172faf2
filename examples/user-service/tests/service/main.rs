//! The contract of docs/user-service.md, rule by rule, against the service in-process.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod drive;
mod events_file;
mod lists;
mod postgresql;
mod reads;
mod writes;

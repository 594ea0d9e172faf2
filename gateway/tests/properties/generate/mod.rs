//! Random resources, requests, paths and filters, drawn from the schemas themselves.
//!
//! The alphabets are small on purpose: what is interesting happens when two values are the same.

pub(crate) mod filter;
pub(crate) mod grammar;
pub(crate) mod leniency;
pub(crate) mod operation;
pub(crate) mod rendering;
pub(crate) mod request;
pub(crate) mod resource;
pub(crate) mod spelling;
pub(crate) mod typed_filter;
pub(crate) mod types;
pub(crate) mod value;

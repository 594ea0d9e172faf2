//! The pure core of Usher: SCIM requests in, normalized events and answers out.
//!
//! Knows no proxy, no clock, no randomness and no network. Whatever it needs from the world it asks for as an
//! effect; whoever runs it performs the effect and hands back the result.
#![warn(missing_docs)]

pub mod change;
pub mod error;
pub mod filter;
pub mod limits;
pub mod message;
pub mod path;
pub mod schema;

//! The pure core of Usher: SCIM requests in, normalized events and answers out.
//!
//! Knows no proxy, no clock, no randomness and no network. Whatever it needs from the world it asks for as an
//! effect; whoever runs it performs the effect and hands back the result. The data walks one way:
//! `request` -> `lookup`, `authenticate`, `throttle` -> `message` -> `path`, `filter` -> `schema` -> `change` -> `events` -> `delivery` -> `answer`.
#![warn(missing_docs)]

pub mod answer;
mod authenticate;
pub mod change;
pub mod config;
#[cfg_attr(not(feature = "console"), path = "console/absent.rs")]
mod console;
pub mod delivery;
pub mod error;
pub mod events;
pub mod exchange;
pub mod filter;
mod gateway;
pub mod instant;
pub mod legacy;
pub mod leniency;
mod life_cycle;
pub mod limits;
mod lookup;
pub mod mapping;
pub mod message;
mod operation;
pub mod path;
pub mod place;
pub mod record;
pub mod request;
pub mod schema;
mod throttle;
pub mod translate;

pub use exchange::{Answer, Exchange, Step};
pub use gateway::Gateway;
pub use request::RequestHead;

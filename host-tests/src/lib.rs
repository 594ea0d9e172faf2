//! Checks Usher natively, in a small proxy-wasm host, and in real Envoy.

pub mod conversation;
pub mod faults;
pub mod languages;
pub mod memory;
pub mod postgresql;
pub mod rest;
pub mod scripted;
pub mod stack;
pub mod targets;
pub mod wasm_host;

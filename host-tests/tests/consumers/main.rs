//! Receivers that are not ours, or not in Rust, behind real Envoy: the samples in examples/consumers, and the libraries
//! and the code that others check signatures with.
//!
//! Each is run where its language is; where it is not, that is said and nothing is tested.

mod samples;
mod signatures;

//! Usher as a proxy-wasm filter.

//! The gateway as a WebAssembly component: types of WIT to types of the core and back, and nothing else.

mod exchange;
mod translate;

#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::restriction,
    reason = "generated from wit/usher.wit"
)]
mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "usher" });
    use super::Component;
    export!(Component);
}

struct Component;

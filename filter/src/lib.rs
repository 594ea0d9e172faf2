//! Usher as a proxy-wasm filter: performs what the gateway wishes, and decides nothing.
//!
//! The filter answers every request itself. The route behind it is a `direct_response` 503, so a filter that is
//! missing or broken lets nothing through.

mod alloc;

#[cfg(not(feature = "least"))]
mod abi;
#[cfg(not(feature = "least"))]
mod host;
#[cfg(feature = "least")]
mod least;
#[cfg(not(feature = "least"))]
mod root;
#[cfg(feature = "sabotage")]
mod sabotage;
#[cfg(not(feature = "least"))]
mod statistics;
#[cfg(not(feature = "least"))]
mod stream;
#[cfg(not(feature = "least"))]
#[cfg_attr(not(feature = "directory-events"), path = "teller/absent.rs")]
mod teller;

#[global_allocator]
static MEMORY: alloc::Pieces = alloc::Pieces::new();

proxy_wasm::main! {{
    proxy_wasm::set_log_level(proxy_wasm::types::LogLevel::Info);
    #[cfg(not(feature = "least"))]
    proxy_wasm::set_root_context(|_| Box::new(root::Root::default()));
    #[cfg(feature = "least")]
    proxy_wasm::set_root_context(|_| Box::new(least::Root));
}}

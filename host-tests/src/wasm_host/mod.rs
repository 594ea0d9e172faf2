//! A small proxy-wasm host: plays HTTP exchanges with a compiled filter under Envoy's rules.
//!
//! It copies what experiments with Envoy 1.40 showed in `allow_on_headers_stop_iteration` mode, above all the
//! unfriendly parts: header maps that vanish, bodies that are not there, dispatch errors in four shapes,
//! a VM that stays dead after one panic. It refuses to know SCIM, the filter's configuration, and sockets:
//! whoever plays an exchange answers the filter's calls.
//!
//! ```no_run
//! use usher_host_tests::wasm_host::*;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let module = Module::compile(&std::fs::read("usher_filter.wasm")?)?;
//! let mut worker = Worker::start(&module, b"{}", Options::default())?;
//! let request = Request::new("GET", "/scim/v2/acme/Users/1").header("authorization", "Bearer t");
//! let reply = worker.exchange(request, &mut |_call| CallOutcome::answer(404, ""))?;
//! assert_eq!(reply.status, 404);
//! # Ok(())
//! # }
//! ```

mod abi;
mod callback;
mod clock;
mod conversation;
mod guest_memory;
mod headers;
mod host;
mod hostcalls;
mod local_reply;
mod log;
mod metrics;
mod module;
mod options;
mod random;
mod reply;
mod request;
mod service_call;
mod shared_data;
mod stream;
mod vm;
mod worker;

pub use abi::Status;
pub use clock::Clock;
pub use conversation::{Step, Stream};
pub use headers::Headers;
pub use log::{Level, LogLine};
pub use module::{CompileError, Module};
pub use options::Options;
pub use random::Random;
pub use reply::{Ending, Failure, Forwarded, Reply};
pub use request::{Body, Request};
pub use service_call::{CallOutcome, ServiceCall, Token};
pub use shared_data::SharedData;
pub use worker::{StartError, Worker};

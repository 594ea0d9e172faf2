//! Four ways to play a conversation, from the bare gateway to the real proxy, on the same user service and from the
//! same configuration: the one in the sample. The translation alone has a user service of its own.

mod beside;
mod envoys;
mod fate;
mod head;
mod in_wasm;
mod native;
mod recording;
mod service;
mod setup;
mod soundness;
mod translated;
mod world;

pub use beside::Beside;
pub use envoys::{Envoys, environment};
pub use fate::SECRETS;
pub use head::head;
pub use in_wasm::{InWasm, module};
pub use native::Native;
pub use recording::Recording;
pub use service::{Noted, Notes, Service};
pub use setup::Setup;
pub use soundness::unsound;
pub use translated::{Input, Translated};
pub use world::World;

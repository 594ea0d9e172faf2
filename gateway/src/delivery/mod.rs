//! Talking to the user service: reads, look-ups, and the one write (docs/user-service.md).
//!
//! Every call carries the directory. What the service answers becomes what the provider sees here and nowhere else.

mod batch;
mod look_up;
mod memory;
mod read;
mod refusal;
mod rows;
mod walk;
mod write;

use crate::config::{Config, Directory};
use crate::exchange::{ServiceRequest, World};
use crate::request::{RequestHead, encode};

pub use batch::Batch;
pub use look_up::place;
pub use read::{Found, Raw};
pub(crate) use refusal::unavailable;
pub use write::{Delivery, Refused};

/// The user service, as one directory may see it. There is no other way to call it.
pub struct Service<'x> {
    world: &'x World,
    config: &'x Config,
    directory: &'x Directory,
    trace: Vec<(String, String)>,
    batch: Option<&'x Batch>,
}

impl<'x> Service<'x> {
    /// The service on behalf of this directory.
    pub fn new(world: &'x World, config: &'x Config, directory: &'x Directory, head: &RequestHead) -> Self {
        Self { world, config, directory, trace: head.trace(), batch: None }
    }

    /// The same service, with writes put off until the batch is flushed.
    pub fn with_batch<'y>(&'y self, batch: Option<&'y Batch>) -> Service<'y> {
        Service { world: self.world, config: self.config, directory: self.directory, trace: self.trace.clone(), batch }
    }

    /// A request of the service's own kind: no parameters but those of its path, which may mean something to it.
    fn own_request(&self, method: &'static str, target: &str, more: &[(String, String)]) -> ServiceRequest {
        let path = [&self.config.user_service.path, target].concat();
        let mut headers = self.headers();
        headers.retain(|(name, _)| !more.iter().any(|(given, _)| given == name));
        headers.extend(more.iter().cloned());
        ServiceRequest { method, path, headers, body: None }
    }

    fn request(&self, method: &'static str, path: &str, parameters: &[(&str, String)]) -> ServiceRequest {
        let service = &self.config.user_service;
        let mut target = [&service.path, path, "?directory=", &encode(&self.directory.id)].concat();
        for (name, value) in parameters {
            ["&", name, "=", &encode(value)].into_iter().for_each(|part| target.push_str(part));
        }
        ServiceRequest { method, path: target, headers: self.headers(), body: None }
    }

    fn headers(&self) -> Vec<(String, String)> {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        // What a delivery has beside these comes to ten.
        let mut headers = Vec::with_capacity(self.trace.len() + 12);
        headers.extend_from_slice(&self.trace);
        headers.push(header("accept", "application/json"));
        headers.push(header("usher-tenant", &self.directory.tenant));
        headers
    }
}

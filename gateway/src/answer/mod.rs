//! What the provider reads: resources, lists, discovery documents (RFC 7644 sections 3.4, 3.9 and 4).

mod discovery;
mod list;
mod projection;
mod resource;

pub use discovery::{resource_type, resource_types, schema, schemas, security_events, service_provider_config};
pub use list::{ListPage, list_response};
pub use projection::Projection;
pub use resource::{Shown, location, refer, show};

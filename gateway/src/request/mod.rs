//! The request before it is SCIM: head, route, query, media types.
//!
//! Everything here is bytes that a stranger chose. What passes is parsed into types once.

mod head;
mod media;
mod percent;
mod query;
mod route;

pub use head::RequestHead;
pub(crate) use media::too_large;
pub use media::{MediaType, accepted, check_content};
pub(crate) use percent::decode;
pub use percent::encode;
pub use query::Query;
pub use route::{Endpoint, Method, Route, locate};

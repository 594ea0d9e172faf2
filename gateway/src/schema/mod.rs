//! What attributes mean: schemas, resource types, and where a path points (RFC 7643).
//!
//! Knows nothing of requests, operations or the service. The built-in schemas are data in `core/`,
//! read by the same code that reads schemas from the configuration.

mod attribute;
mod build;
mod coerce;
mod identity;
mod normalize;
mod resolve;
mod resource_type;

pub use attribute::{Attribute, Kind, Mutability, Returned, Uniqueness, find};
pub use build::{ExtensionDeclaration, TypeDeclaration};
pub use coerce::{Coercion, coerce, coerce_element, coerce_parts, is_reference, is_unassigned, names_nothing};
pub use identity::{dedup, identity};
pub use normalize::{list_schemas, normalize, require};
pub use resolve::{Place, Resolved};
pub use resource_type::{Extension, Names, ResourceKind, ResourceType, Schema, SchemaSet};

/// The core User schema.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core Group schema.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

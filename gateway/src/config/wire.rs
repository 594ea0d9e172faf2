//! The configuration as it is written. Unknown keys are refused: a misspelt `strict` must not pass for `false`.

use serde::Deserialize;

use crate::limits::Limits;
use crate::schema::{Schema, TypeDeclaration};

/// The whole of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigWire {
    /// Path in front of the directory; default `/scim/v2`.
    pub base: Option<String>,
    /// `https://scim.example.com` for `meta.location`; default: what the client called.
    pub external_url: Option<String>,
    /// Where events go and records come from.
    pub user_service: UserServiceWire,
    /// The customers' connections.
    pub directories: Vec<DirectoryWire>,
    /// Schemas in SCIM's own JSON: new ones, and attributes to add to built-in ones.
    #[serde(default)]
    pub schemas: Vec<Schema>,
    /// Resource types of them, and extensions of built-in types.
    #[serde(default)]
    pub resource_types: Vec<TypeDeclaration>,
    /// Bounds; each has a default.
    #[serde(default)]
    pub limits: Limits,
}

/// The service behind the gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserServiceWire {
    /// Envoy's cluster.
    pub cluster: String,
    /// `Host` of the calls; default: the cluster's name.
    pub authority: Option<String>,
    /// Path prefix; default `/provisioning`.
    pub path: Option<String>,
    /// For one call, milliseconds; default 5000.
    pub timeout_ms: Option<u64>,
    /// Deliver a bulk request as one array, all of it or nothing; default: each operation by itself.
    #[serde(default)]
    pub atomic_bulk: bool,
}

/// One customer's connection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryWire {
    /// Stands in the URL.
    pub id: String,
    /// Goes into events; default: the id.
    pub tenant: Option<String>,
    /// Goes into events; default `default`.
    pub product: Option<String>,
    /// `okta`, `entra`, ...: whose habits to expect.
    pub provider: Option<String>,
    /// Refuse what the RFCs do not allow.
    #[serde(default)]
    pub strict: bool,
    /// Members of groups that the service does not know: `accept` (the service decides) or `refuse`.
    #[serde(default)]
    pub unknown_members: UnknownMembers,
    /// Any of these opens it.
    pub credentials: Vec<CredentialWire>,
}

/// Providers do not assure that a user comes before the groups it is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownMembers {
    /// Tell the service, which may take it or refuse.
    #[default]
    Accept,
    /// 400, before the service hears of it.
    Refuse,
}

/// One way in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CredentialWire {
    /// `Authorization: Bearer <token>`
    Bearer(BearerWire),
}

/// A bearer token, by its hash.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BearerWire {
    /// Hex SHA-256 of the token: `printf %s "$TOKEN" | sha256sum`.
    pub sha256: String,
}

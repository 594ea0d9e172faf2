//! The configuration as it is written. Unknown keys are refused: a misspelt `strict` must not pass for `false`.

use serde::Deserialize;

use crate::legacy::Version;
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
    /// Events of all directories that do not say otherwise.
    #[serde(default)]
    pub events: EventsWire,
    /// Keep records for a while, so that a change takes one call to the service and not two. Only for services that
    /// answer 412 to an old `if-match`.
    pub record_cache: Option<RecordCache>,
    /// Bounds; each has a default.
    #[serde(default)]
    pub limits: Limits,
    /// A page for the people who run the gateway; off when it is not here.
    pub console: Option<ConsoleWire>,
}

/// A page for the people who run the gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleWire {
    /// Where it is; default `/usher`.
    pub path: Option<String>,
    /// Hex SHA-256 of the token that opens it.
    pub sha256: String,
    /// How many exchanges are kept; default 300.
    pub exchanges: Option<u64>,
    /// Show addresses, and what the service says of people; default `false`.
    #[serde(default)]
    pub personal_data: bool,
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
    /// `2.0`, or `1.1` for a provider that speaks nothing newer.
    #[serde(default)]
    pub version: Version,
    /// Refuse what the RFCs do not allow.
    #[serde(default)]
    pub strict: bool,
    /// Events of this directory, instead of the ones for all.
    pub events: Option<EventsWire>,
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

/// How events look.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventsWire {
    /// The envelope; default `array`.
    pub format: FormatWire,
    /// Deliver only events of these names.
    pub only: Option<Vec<String>>,
    /// What a deactivation is called; default `updated`.
    pub deactivation: DeactivationWire,
    /// Tell passwords in clear text, as a change; default `false`.
    pub password: bool,
    /// Members in membership events: `full` (looked up) or `ids`; default `full`.
    pub members: MembersWire,
    /// For the formats of CloudEvents.
    pub cloudevents: CloudEventsWire,
    /// For the format `security_events`.
    pub security_events: Option<SecurityEventsWire>,
    /// Any number of them.
    pub signatures: Vec<SignatureWire>,
}

/// The envelope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormatWire {
    /// One array a SCIM request: all of it or nothing.
    #[default]
    Array,
    /// One event a delivery.
    Single,
    /// CloudEvents 1.0, structured.
    Cloudevents,
    /// CloudEvents 1.0, batch.
    CloudeventsBatch,
    /// CloudEvents 1.0, binary.
    CloudeventsBinary,
    /// Security Event Tokens (RFC 9967).
    SecurityEvents,
}

/// What a change of `active` is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeactivationWire {
    /// `user.updated`, as any other change.
    #[default]
    Updated,
    /// `user.deactivated` and `user.reactivated`.
    Deactivated,
    /// `user.deleted` and `user.created`. The service still has to know the user when it is asked.
    Deleted,
}

/// How much a membership event says of the member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembersWire {
    /// The whole record.
    #[default]
    Full,
    /// The id.
    Ids,
}

/// CloudEvents' context.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CloudEventsWire {
    /// In front of the event's name; default `directory.`.
    pub type_prefix: Option<String>,
    /// Default `/<tenant>/<directory>`.
    pub source: Option<String>,
}

/// The claims and the key of Security Event Tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityEventsWire {
    /// `iss`
    pub issuer: String,
    /// `aud`
    pub audience: Vec<String>,
    /// The environment variable that holds the HS256 key.
    pub secret_env: Option<String>,
    /// Allow tokens with `alg: none`.
    #[serde(default)]
    pub unsigned: bool,
}

/// A signature on every delivery.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignatureWire {
    /// Standard Webhooks 1.0.
    StandardWebhooks(SecretsWire),
    /// BoxyHQ Jackson's, also sent as Ory Polis's.
    Boxyhq(SecretsWire),
}

/// Names of environment variables; the first signs, the others too while a secret is rotated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretsWire {
    /// `["USHER_WEBHOOK_SECRET"]`
    pub secret_env: Vec<String>,
}

/// Records in the proxy's shared data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordCache {
    /// How many, at most 16 KiB each; default 1024.
    pub slots: u32,
    /// How long, milliseconds; default 30000.
    pub ttl_ms: u64,
}

impl Default for RecordCache {
    fn default() -> Self {
        Self { slots: 1024, ttl_ms: 30_000 }
    }
}

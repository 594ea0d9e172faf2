//! The configuration as it is written. Unknown keys are refused: a misspelt `strict` must not pass for `false`.

use super::mapping::MappingWire;
use super::wire_directory::DirectoryWire;
use serde_json::Value;

use crate::limits::Limits;
use crate::message::{Reader, Typed, reads, words};
use crate::schema::{Schema, TypeDeclaration};

/// The whole of it.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ConfigWire {
    /// Path in front of the directory; default `/scim/v2`.
    pub base: Option<String>,
    /// `https://scim.example.com` for `meta.location`; default: what the client called.
    pub external_url: Option<String>,
    /// `*.scim.example.com`: there the star is the directory, which then does not stand in the path.
    pub hosts: Option<String>,
    /// Where events go and records come from.
    pub user_service: UserServiceWire,
    /// The customers' connections; required unless they are asked of the service.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub directories: Option<Vec<DirectoryWire>>,
    /// Tell the service when one is activated, deactivated or deleted; default: no.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub directory_events: bool,
    /// Ask the user service for those that are not listed.
    pub directory_lookup: Option<LookupWire>,
    /// After many failures from one address, for one directory.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub lockout: LockoutWire,
    /// For each directory that has no limit of its own; default: none.
    pub rate_limit: Option<RateLimitWire>,
    /// Schemas in SCIM's own JSON: new ones, and attributes to add to built-in ones.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub schemas: Vec<Schema>,
    /// Resource types of them, and extensions of built-in types.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub resource_types: Vec<TypeDeclaration>,
    /// Events of all directories that do not say otherwise.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub events: EventsWire,
    /// The service's own shape; default: as in docs/user-service.md.
    pub mapping: Option<MappingWire>,
    /// Keep records for a while, so that a change takes one call to the service and not two. Only for services that
    /// answer 412 to an old `if-match`.
    pub record_cache: Option<RecordCache>,
    /// Put directory, operation, outcome and events where the proxy's access log finds them; default: yes.
    pub log_fields: Option<bool>,
    /// Bounds; each has a default.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub limits: Limits,
    /// A page for the people who run the gateway; off when it is not here.
    pub console: Option<ConsoleWire>,
}

reads!(ConfigWire {
    base,
    external_url,
    hosts,
    user_service,
    directories,
    directory_events or false,
    directory_lookup,
    lockout or LockoutWire::default(),
    rate_limit,
    schemas or Vec::new(),
    resource_types or Vec::new(),
    events or EventsWire::default(),
    mapping,
    record_cache,
    log_fields,
    limits or Limits::DEFAULT,
    console,
});

/// A page for the people who run the gateway.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ConsoleWire {
    /// Where it is; default `/usher`.
    pub path: Option<String>,
    /// Hex SHA-256 of the token that opens it.
    pub sha256: String,
    /// How many exchanges are kept; default 300.
    pub exchanges: Option<u64>,
    /// Show addresses, and what the service says of people; default `false`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub personal_data: bool,
}

reads!(ConsoleWire { path, sha256, exchanges, personal_data or false });

/// The service behind the gateway.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
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
    #[cfg_attr(feature = "schema", schemars(default))]
    pub atomic_bulk: bool,
}

reads!(UserServiceWire { cluster, authority, path, timeout_ms, atomic_bulk or false });

/// How events look.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
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

reads!(EventsWire or Self::default(); {
    format, only, deactivation, password, members, cloudevents, security_events, signatures
});

/// The envelope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
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

words!(FormatWire {
    "array" => Array,
    "single" => Single,
    "cloudevents" => Cloudevents,
    "cloudevents_batch" => CloudeventsBatch,
    "cloudevents_binary" => CloudeventsBinary,
    "security_events" => SecurityEvents,
});

/// What a change of `active` is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
pub enum DeactivationWire {
    /// `user.updated`, as any other change.
    #[default]
    Updated,
    /// `user.deactivated` and `user.reactivated`.
    Deactivated,
    /// `user.deleted` and `user.created`. The service still has to know the user when it is asked.
    Deleted,
}

words!(DeactivationWire { "updated" => Updated, "deactivated" => Deactivated, "deleted" => Deleted });

/// How much a membership event says of the member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
pub enum MembersWire {
    /// The whole record.
    #[default]
    Full,
    /// The id.
    Ids,
}

words!(MembersWire { "full" => Full, "ids" => Ids });

/// CloudEvents' context.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
pub struct CloudEventsWire {
    /// In front of the event's name; default `directory.`.
    pub type_prefix: Option<String>,
    /// Default `/<tenant>/<directory>`.
    pub source: Option<String>,
}

reads!(CloudEventsWire { type_prefix, source });

/// The claims and the key of Security Event Tokens.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct SecurityEventsWire {
    /// `iss`
    pub issuer: String,
    /// `aud`
    pub audience: Vec<String>,
    /// The environment variable that holds the HS256 key.
    pub secret_env: Option<String>,
    /// Allow tokens with `alg: none`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub unsigned: bool,
}

reads!(SecurityEventsWire { issuer, audience, secret_env, unsigned or false });

/// A signature on every delivery.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case", deny_unknown_fields))]
pub enum SignatureWire {
    /// Standard Webhooks 1.0.
    StandardWebhooks(SecretsWire),
    /// BoxyHQ Jackson's, also sent as Ory Polis's.
    Boxyhq(SecretsWire),
}

impl Typed for SignatureWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        reader.variant(value, &["standard_webhooks", "boxyhq"], |name, inner, reader| match name {
            "boxyhq" => Self::Boxyhq(SecretsWire::read(inner, reader)),
            _ => Self::StandardWebhooks(SecretsWire::read(inner, reader)),
        })
    }
}

/// Names of environment variables; the first signs, the others too while a secret is rotated.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct SecretsWire {
    /// `["USHER_WEBHOOK_SECRET"]`
    pub secret_env: Vec<String>,
}

reads!(SecretsWire { secret_env });

/// Records in the proxy's shared data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
pub struct RecordCache {
    /// How many, at most 16 KiB each; default 1024.
    pub slots: u32,
    /// How long, milliseconds; default 30000.
    pub ttl_ms: u64,
}

reads!(RecordCache or Self::default(); { slots, ttl_ms });

impl Default for RecordCache {
    fn default() -> Self {
        Self { slots: 1024, ttl_ms: 30_000 }
    }
}

/// What comes of failed authentications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
pub struct LockoutWire {
    /// From this many on, one address is locked out of one directory; 0: never. Default 100.
    pub failures: u32,
    /// How long the first time, seconds; each failure after it doubles that. Default 30.
    pub seconds: u32,
    /// The longest time; also how long failures are remembered. Default 900.
    pub max_seconds: u32,
    /// How many pairs of directory and address are remembered; default 4096.
    pub slots: u32,
}

reads!(LockoutWire or Self::default(); { failures, seconds, max_seconds, slots });

impl Default for LockoutWire {
    fn default() -> Self {
        Self { failures: 100, seconds: 30, max_seconds: 900, slots: 4096 }
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct RateLimitWire {
    /// In the long run.
    pub requests_per_second: f64,
    /// At once.
    pub burst: u32,
}

reads!(RateLimitWire { requests_per_second, burst });

/// Directories that the user service is asked for.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
pub struct LookupWire {
    /// How long an answer is good; default 60.
    pub ttl_seconds: u32,
    /// How long it is good that there is none; default 30.
    pub negative_ttl_seconds: u32,
    /// How much longer it is good while the service cannot be asked; default 3600.
    pub stale_seconds: u32,
    /// How many are remembered; default 1024.
    pub slots: u32,
    /// Where the service says that a directory has changed; default: nowhere.
    pub forget: Option<ForgetWire>,
}

reads!(LookupWire or Self::default(); { ttl_seconds, negative_ttl_seconds, stale_seconds, slots, forget });

impl Default for LookupWire {
    fn default() -> Self {
        Self { ttl_seconds: 60, negative_ttl_seconds: 30, stale_seconds: 3600, slots: 1024, forget: None }
    }
}

/// An endpoint for the user service.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ForgetWire {
    /// Default `/usher-directories`.
    pub path: Option<String>,
    /// Hex SHA-256 of its token.
    pub sha256: String,
}

reads!(ForgetWire { path, sha256 });

//! A directory as it is written: in the configuration, or by the user service that is asked for it.

#[cfg(feature = "schema")]
use std::collections::BTreeMap;

use super::mapping::MappingWire;
use super::wire::{EventsWire, RateLimitWire};
use serde_json::Value;

use crate::legacy::Version;
use crate::message::{Reader, Typed, reads, words};

/// One customer's connection.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
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
    #[cfg_attr(feature = "schema", schemars(default))]
    pub version: Version,
    /// Refuse what the RFCs do not allow.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub strict: bool,
    /// Whether it is served; default `active`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub state: State,
    /// `scim.acme.example`: requests to this host are for this directory, which then does not stand in the path.
    pub host: Option<String>,
    /// Events of this directory, instead of the ones for all.
    pub events: Option<EventsWire>,
    /// The shape of this directory's records, instead of the one for all.
    pub mapping: Option<MappingWire>,
    /// Members of groups that the service does not know: `accept` (the service decides) or `refuse`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub unknown_members: UnknownMembers,
    /// Of this directory, instead of the one for all.
    pub rate_limit: Option<RateLimitWire>,
    /// Any of these opens it.
    pub credentials: Vec<CredentialWire>,
}

reads!(DirectoryWire {
    id,
    tenant,
    product,
    provider,
    version or Version::default(),
    strict or false,
    state or State::default(),
    host,
    events,
    mapping,
    unknown_members or UnknownMembers::default(),
    rate_limit,
    credentials,
});

/// Whether a directory is served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
pub enum State {
    /// It is.
    #[default]
    Active,
    /// Whoever has a credential gets 403, and nothing is delivered.
    Deactivated,
}

words!(State { "active" => Active, "deactivated" => Deactivated });

/// Providers do not assure that a user comes before the groups it is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "snake_case"))]
pub enum UnknownMembers {
    /// Tell the service, which may take it or refuse.
    #[default]
    Accept,
    /// 400, before the service hears of it.
    Refuse,
}

words!(UnknownMembers { "accept" => Accept, "refuse" => Refuse });

/// One way in, by exactly one method, and for how long.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct CredentialWire {
    /// `Authorization: Bearer <token>`
    pub bearer: Option<BearerWire>,
    /// A token in a header, with or without `Bearer` in front of it.
    pub header: Option<HeaderWire>,
    /// `Authorization: Basic <user name and password>`
    pub basic: Option<BasicWire>,
    /// A token that the proxy's `jwt_authn` filter has verified.
    pub jwt: Option<JwtWire>,
    /// RFC 3339; not good before.
    pub not_before: Option<String>,
    /// RFC 3339; not good from then on.
    pub not_after: Option<String>,
}

reads!(CredentialWire { bearer, header, basic, jwt, not_before, not_after });

/// A bearer token, by its hash.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct BearerWire {
    /// Hex SHA-256 of the token: `printf %s "$TOKEN" | sha256sum`.
    pub sha256: String,
}

reads!(BearerWire { sha256 });

/// A token in a header, by its hash.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct HeaderWire {
    /// Which header; default `authorization`.
    pub name: Option<String>,
    /// Hex SHA-256 of the token, without `Bearer`.
    pub sha256: String,
}

reads!(HeaderWire { name, sha256 });

/// A user name and a password, by one of two hashes.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct BasicWire {
    /// As the provider sends it.
    pub username: String,
    /// Hex SHA-256, for passwords that are long and random.
    pub sha256: Option<String>,
    /// For passwords that people choose.
    pub pbkdf2: Option<Pbkdf2Wire>,
}

reads!(BasicWire { username, sha256, pbkdf2 });

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2).
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Pbkdf2Wire {
    /// 10,000 to 1,000,000.
    pub iterations: u32,
    /// Hex; 8 to 64 bytes.
    pub salt: String,
    /// Hex; 32 bytes.
    pub hash: String,
}

reads!(Pbkdf2Wire { iterations, salt, hash });

/// What a verified token must say.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct JwtWire {
    /// Name of a provider of `jwt_authn`; its `payload_in_metadata` is the same, and its `failed_status_in_metadata`
    /// is the same with `_failure` behind it.
    pub provider: String,
    /// `iss`
    pub issuer: String,
    /// `aud`: any of these.
    pub audience: Vec<String>,
    /// Claims that must have one of these values, or hold it in a list.
    #[cfg_attr(feature = "schema", schemars(default, with = "BTreeMap<String, ClaimWire>"))]
    pub claims: Vec<(String, ClaimWire)>,
}

reads!(JwtWire { provider, issuer, audience, claims or Vec::new() });

/// Any of these values; written as one text, or as a list of them.
#[derive(Debug)]
pub struct ClaimWire(pub Vec<String>);

impl Typed for ClaimWire {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Self {
        match value {
            Value::String(text) => Self(vec![text.clone()]),
            Value::Array(_) => Self(Vec::read(value, reader)),
            _ => {
                reader.unfit(value, "a text or a list of them");
                Self(Vec::new())
            }
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ClaimWire {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Claim".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text = || schemars::json_schema!({"type": "string"});
        schemars::json_schema!({"anyOf": [text(), {"type": "array", "items": text()}]})
    }
}

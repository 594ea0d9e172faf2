//! How events are named, formatted and signed; for all directories or for one.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::wire::{DeactivationWire, EventsWire, FormatWire, SecretsWire, SignatureWire};
use super::{ConfigError, Key};

/// Gives the value of an environment variable. Secrets come from there and from nowhere else: the proxy shows the
/// configuration to whoever may ask.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// What a directory's events look like.
#[derive(Clone)]
pub struct EventSettings {
    /// The envelope.
    pub format: Format,
    /// Only these names, when there are any.
    pub only: Option<BTreeSet<String>>,
    /// What a deactivation is called.
    pub deactivation: DeactivationWire,
    /// Tell passwords, as a change.
    pub password: bool,
    /// Whether membership events carry the member in full, which takes a look-up.
    pub members_in_full: bool,
    /// Each adds its headers.
    pub signatures: Vec<Signature>,
}

/// The envelope of events.
#[derive(Clone)]
pub enum Format {
    /// One array a SCIM request.
    Array,
    /// One object a delivery, in order.
    Single,
    /// CloudEvents 1.0.
    CloudEvents {
        /// In which of its HTTP shapes.
        shape: CloudEventsShape,
        /// In front of the event's name.
        type_prefix: String,
        /// Default: the directory.
        source: Option<String>,
    },
    /// Security Event Tokens (RFC 8417, RFC 9967).
    SecurityEvents {
        /// `iss`
        issuer: String,
        /// `aud`
        audience: Vec<String>,
        /// The HS256 key; without one the tokens are unsigned.
        key: Option<Secret>,
    },
}

/// The HTTP shapes of CloudEvents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloudEventsShape {
    /// One event in JSON.
    Structured,
    /// All events in one array.
    Batch,
    /// The data as body, the rest as headers.
    Binary,
}

/// A way to sign a delivery.
#[derive(Clone)]
pub enum Signature {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`; one signature for each key.
    StandardWebhooks(Vec<Secret>),
    /// `boxyhq-signature`, as Jackson's consumers check it. There is room for one key only: the first.
    Boxyhq(Secret),
}

/// A key of HMAC-SHA-256, as far as it can be hashed without a message. What it was made of is gone.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl Secret {
    /// From bytes of any number.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// A MAC over the parts as if they were one.
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl std::fmt::Debug for EventSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventSettings(..)")
    }
}

const NAMES: [&str; 10] = [
    "user.created",
    "user.updated",
    "user.deleted",
    "user.deactivated",
    "user.reactivated",
    "group.created",
    "group.updated",
    "group.deleted",
    "group.user_added",
    "group.user_removed",
];

impl EventSettings {
    pub(super) fn compile(key: &Key<'_>, wire: &EventsWire, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let signatures = wire.signatures.iter().enumerate();
        let signatures = signatures.map(|(i, s)| signature(&key.nth("signatures", i), s, environment));
        Ok(Self {
            format: format(key, wire, environment)?,
            only: only(key, wire)?,
            deactivation: wire.deactivation,
            password: wire.password,
            members_in_full: wire.members == super::wire::MembersWire::Full,
            signatures: signatures.collect::<Result<_, _>>()?,
        })
    }
}

/// A misspelt name would silence the event for ever. Types of the configuration bring names of their own.
fn only(key: &Key<'_>, wire: &EventsWire) -> Result<Option<BTreeSet<String>>, ConfigError> {
    let Some(names) = &wire.only else { return Ok(None) };
    let built_in = |name: &str| name.starts_with("user.") || name.starts_with("group.");
    if let Some(name) = names.iter().find(|n| built_in(n) && !NAMES.contains(&n.as_str())) {
        return Err(key.at("only").wrong(format!("there is no event `{name}`")));
    }
    let mut only = BTreeSet::new();
    only.extend(names.iter().cloned());
    Ok(Some(only))
}

fn format(key: &Key<'_>, wire: &EventsWire, environment: Environment<'_>) -> Result<Format, ConfigError> {
    let cloud = |shape| Format::CloudEvents {
        shape,
        type_prefix: wire.cloudevents.type_prefix.clone().unwrap_or_else(|| "directory.".to_owned()),
        source: wire.cloudevents.source.clone(),
    };
    Ok(match wire.format {
        FormatWire::Array => Format::Array,
        FormatWire::Single => Format::Single,
        FormatWire::Cloudevents => cloud(CloudEventsShape::Structured),
        FormatWire::CloudeventsBatch => cloud(CloudEventsShape::Batch),
        FormatWire::CloudeventsBinary => cloud(CloudEventsShape::Binary),
        FormatWire::SecurityEvents => security_events(&key.at("security_events"), wire, environment)?,
    })
}

fn security_events(key: &Key<'_>, wire: &EventsWire, environment: Environment<'_>) -> Result<Format, ConfigError> {
    let wire = wire.security_events.as_ref().ok_or_else(|| key.wrong("expected `issuer` and `audience`"))?;
    let hs256 = wire.secret_env.as_ref().map(|name| {
        let key = key.at("secret_env");
        let secret = variable(&key, name, environment)?;
        // RFC 7518 section 3.2: a key of the hash's own size or larger.
        if secret.len() < 32 {
            return Err(key.wrong(format!("the secret in {name} is shorter than 32 bytes")));
        }
        Secret::new(secret.as_bytes()).ok_or_else(|| unfit(&key))
    });
    if hs256.is_none() && !wire.unsigned {
        return Err(key.wrong("expected `secret_env`, or `unsigned: true` for tokens nobody can check"));
    }
    Ok(Format::SecurityEvents { issuer: wire.issuer.clone(), audience: wire.audience.clone(), key: hs256.transpose()? })
}

fn signature(key: &Key<'_>, wire: &SignatureWire, environment: Environment<'_>) -> Result<Signature, ConfigError> {
    match wire {
        SignatureWire::StandardWebhooks(secrets) => {
            let key = key.at("standard_webhooks");
            let values = values(&key, secrets, environment)?;
            let keys = values.iter().map(|text| webhook_key(&key.at("secret_env"), text));
            Ok(Signature::StandardWebhooks(keys.collect::<Result<_, _>>()?))
        }
        SignatureWire::Boxyhq(secrets) => {
            let values = values(&key.at("boxyhq"), secrets, environment)?;
            let first = values.into_iter().next().and_then(|text| Secret::new(text.as_bytes()));
            first.map(Signature::Boxyhq).ok_or_else(|| unfit(key))
        }
    }
}

fn values(key: &Key<'_>, wire: &SecretsWire, environment: Environment<'_>) -> Result<Vec<String>, ConfigError> {
    let key = key.at("secret_env");
    if wire.secret_env.is_empty() {
        return Err(key.wrong("expected at least one name of an environment variable"));
    }
    wire.secret_env.iter().map(|name| variable(&key, name, environment)).collect()
}

/// `whsec_` and base64 of 24 to 64 bytes.
fn webhook_key(key: &Key<'_>, text: &str) -> Result<Secret, ConfigError> {
    let bytes = text.strip_prefix("whsec_").and_then(|b| STANDARD.decode(b).ok());
    let bytes = bytes.filter(|b| (24..=64).contains(&b.len()));
    bytes
        .and_then(|bytes| Secret::new(&bytes))
        .ok_or_else(|| key.wrong("expected `whsec_` and base64 of 24 to 64 bytes"))
}

fn unfit(key: &Key<'_>) -> ConfigError {
    key.wrong("expected a secret")
}

fn variable(key: &Key<'_>, name: &str, environment: Environment<'_>) -> Result<String, ConfigError> {
    let value = environment(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| key.wrong(format!("the environment variable {name} is not set, or not passed to the filter")))
}

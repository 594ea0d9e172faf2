//! From the written configuration to the one requests see: validated, hashed, indexed.

use std::collections::BTreeMap;

use super::ConfigError;
use super::console::Console;
use super::events::{Environment, EventSettings};
use super::wire::{
    BearerWire, ConfigWire, CredentialWire, DirectoryWire, RecordCache, UnknownMembers, UserServiceWire,
};
use crate::legacy::Version;
use crate::leniency::{Leniencies, Leniency};
use crate::limits::Limits;
use crate::message::{read, typed};
use crate::request::RequestHead;
use crate::schema::SchemaSet;

/// A valid configuration.
#[derive(Debug)]
pub struct Config {
    /// Path in front of the directory, without a slash at the end.
    pub base: String,
    /// Origin for `meta.location`, when it is fixed.
    pub external_url: Option<String>,
    /// Where events go and records come from.
    pub user_service: UserService,
    /// By id.
    pub directories: BTreeMap<String, Directory>,
    /// The resource types.
    pub schemas: SchemaSet,
    /// Records in shared data, if they are to be kept.
    pub record_cache: Option<RecordCache>,
    /// Bounds.
    pub limits: Limits,
    /// The page for those who run this, if there is one.
    pub console: Option<Console>,
}

/// The service behind the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserService {
    /// Envoy's cluster.
    pub cluster: String,
    /// `Host` of the calls.
    pub authority: String,
    /// Path prefix without a slash at the end.
    pub path: String,
    /// For one call.
    pub timeout_ms: u64,
    /// Deliver a bulk request as one array.
    pub atomic_bulk: bool,
}

/// One customer's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Stands in the URL, in every call to the service, in every event.
    pub id: String,
    /// Whose it is.
    pub tenant: String,
    /// Of which product.
    pub product: String,
    /// Whose habits were expected when it was configured; one of a few words.
    pub provider: Option<&'static str>,
    /// What its provider speaks.
    pub version: Version,
    /// What the RFCs do not allow and is taken all the same.
    pub leniencies: Leniencies,
    /// Tell the service of members it does not know.
    pub unknown_members: bool,
    /// What its events look like.
    pub events: EventSettings,
    /// Any of these opens it.
    pub credentials: Vec<Credential>,
}

/// One way in. Only hashes: the configuration is shown by the proxy's `/config_dump`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// SHA-256 of a bearer token.
    Bearer([u8; 32]),
}

/// Whose habits are known; a misspelt one must not pass for another.
const PROVIDERS: [&str; 12] = [
    "okta",
    "entra",
    "onelogin",
    "jumpcloud",
    "ping",
    "cyberark",
    "sailpoint",
    "keycloak",
    "authentik",
    "rippling",
    "google",
    "other",
];

/// SHA-256 of nothing: a token that was empty when it was hashed.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

impl Config {
    /// Read and check a configuration (JSON).
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn parse(text: &[u8], environment: Environment<'_>) -> Result<Self, ConfigError> {
        if text.iter().all(u8::is_ascii_whitespace) {
            return Err(ConfigError::new("", "expected a JSON object, found nothing"));
        }
        let value = read(text, &Limits::WRITTEN).map_err(|e| ConfigError::new("", e.to_string()))?;
        let wire = typed(&value).map_err(|e| ConfigError::new(e.at, e.reason))?;
        Self::compile(wire, environment)
    }

    fn compile(wire: ConfigWire, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let events = EventSettings::compile("events", &wire.events, environment)?;
        let base = path("base", wire.base.as_deref().unwrap_or("/scim/v2"))?;
        Ok(Self {
            console: wire.console.map(|console| Console::compile(console, &base)).transpose()?,
            base,
            external_url: wire.external_url.map(|url| origin(&url)).transpose()?,
            user_service: user_service(wire.user_service)?,
            directories: directories(wire.directories, &events, environment)?,
            schemas: SchemaSet::build(&wire.schemas, &wire.resource_types)
                .map_err(|e| ConfigError::new("schemas", e))?,
            record_cache: wire.record_cache.filter(|cache| cache.slots > 0),
            limits: limits(wire.limits)?,
        })
    }

    /// Scheme, host and base as the client sees them.
    pub fn url(&self, head: &RequestHead) -> String {
        let origin = self.external_url.clone().unwrap_or_else(|| head.origin());
        format!("{origin}{}", self.base)
    }
}

/// A limit of nothing would answer every list with nothing, and Okta would create everybody again.
fn limits(limits: Limits) -> Result<Limits, ConfigError> {
    match limits.named().iter().find(|(_, limit)| *limit == 0) {
        Some((name, _)) => Err(ConfigError::new(format!("limits.{name}"), "expected a number above zero")),
        None => Ok(limits),
    }
}

fn user_service(wire: UserServiceWire) -> Result<UserService, ConfigError> {
    if wire.cluster.is_empty() {
        return Err(ConfigError::new("user_service.cluster", "expected the name of a cluster of the proxy"));
    }
    let timeout_ms = wire.timeout_ms.unwrap_or(5_000);
    if !(1..=60_000).contains(&timeout_ms) {
        return Err(ConfigError::new("user_service.timeout_ms", "expected 1 to 60000 (Okta waits 60 seconds)"));
    }
    Ok(UserService {
        authority: wire.authority.unwrap_or_else(|| wire.cluster.clone()),
        cluster: wire.cluster,
        path: path("user_service.path", wire.path.as_deref().unwrap_or("/provisioning"))?,
        timeout_ms,
        atomic_bulk: wire.atomic_bulk,
    })
}

fn directories(
    wires: Vec<DirectoryWire>,
    events: &EventSettings,
    environment: Environment<'_>,
) -> Result<BTreeMap<String, Directory>, ConfigError> {
    let mut directories = BTreeMap::new();
    for (i, wire) in wires.into_iter().enumerate() {
        let key = format!("directories[{i}]");
        let own = wire.events.as_ref().map(|w| EventSettings::compile(&format!("{key}.events"), w, environment));
        let events = own.transpose()?.unwrap_or_else(|| events.clone());
        let directory = directory(&key, wire, events)?;
        let id = directory.id.clone();
        if directories.insert(id.clone(), directory).is_some() {
            return Err(ConfigError::new(
                format!("{key}.id"),
                format!("`{id}` is the id of another directory already"),
            ));
        }
    }
    Ok(directories)
}

fn directory(key: &str, wire: DirectoryWire, events: EventSettings) -> Result<Directory, ConfigError> {
    let id = identifier(&format!("{key}.id"), wire.id)?;
    let provider = wire.provider.as_deref().map(|name| provider(&format!("{key}.provider"), name)).transpose()?;
    let tenant = identifier(&format!("{key}.tenant"), wire.tenant.unwrap_or_else(|| id.clone()))?;
    let product = identifier(&format!("{key}.product"), wire.product.unwrap_or_else(|| "default".into()))?;
    if wire.credentials.is_empty() {
        return Err(ConfigError::new(format!("{key}.credentials"), "expected at least one credential"));
    }
    let credentials = wire.credentials.into_iter().enumerate();
    let credentials = credentials.map(|(i, c)| credential(&format!("{key}.credentials[{i}]"), c));
    Ok(Directory {
        provider,
        version: wire.version,
        leniencies: wire.version.leniencies(leniencies(wire.strict, provider)),
        events,
        unknown_members: wire.unknown_members == UnknownMembers::Accept,
        credentials: credentials.collect::<Result<_, _>>()?,
        id,
        tenant,
        product,
    })
}

fn provider(key: &str, name: &str) -> Result<&'static str, ConfigError> {
    let reason = || format!("`{name}` is none of {}", PROVIDERS.join(", "));
    PROVIDERS.into_iter().find(|known| *known == name).ok_or_else(|| ConfigError::new(key, reason()))
}

/// Entra replaces what it believes is there; for everybody else RFC 7644 section 3.5.2.3 holds.
fn leniencies(strict: bool, provider: Option<&str>) -> Leniencies {
    match provider {
        _ if strict => Leniencies::STRICT,
        Some("entra") => Leniencies::LENIENT.with(Leniency::ReplaceMakesValue),
        _ => Leniencies::LENIENT,
    }
}

fn credential(key: &str, wire: CredentialWire) -> Result<Credential, ConfigError> {
    match wire {
        CredentialWire::Bearer(BearerWire { sha256 }) => {
            sha256_hex(&format!("{key}.bearer.sha256"), &sha256).map(Credential::Bearer)
        }
    }
}

pub(super) fn sha256_hex(key: &str, text: &str) -> Result<[u8; 32], ConfigError> {
    if text.eq_ignore_ascii_case(EMPTY_SHA256) {
        return Err(ConfigError::new(key, "this is the hash of an empty token"));
    }
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let bytes = digits.map(|d| d.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect());
    let bytes = bytes.and_then(|b: Vec<u8>| <[u8; 32]>::try_from(b).ok()).filter(|_| text.len() == 64);
    bytes.ok_or_else(|| ConfigError::new(key, "expected 64 hex digits, the SHA-256 of the token"))
}

/// Ids stand in paths, headers, logs and events, so they are made of characters that are harmless in all of them.
fn identifier(key: &str, text: String) -> Result<String, ConfigError> {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let dots = text.chars().all(|c| c == '.');
    if text.is_empty() || text.len() > 128 || dots || !text.chars().all(fit) {
        return Err(ConfigError::new(key, "expected 1 to 128 letters, digits, `-`, `_`, `.` or `~`"));
    }
    Ok(text)
}

pub(super) fn path(key: &str, text: &str) -> Result<String, ConfigError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let fit = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let rooted = text.is_empty() || text.starts_with('/');
    if !rooted || !text.chars().all(fit) || text.contains("//") || text.split('/').any(|s| s == "." || s == "..") {
        return Err(ConfigError::new(key, "expected a path such as `/scim/v2`"));
    }
    Ok(text.to_owned())
}

fn origin(url: &str) -> Result<String, ConfigError> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let fit = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || !host.chars().all(fit) {
        return Err(ConfigError::new("external_url", "expected `https://host`, without a path"));
    }
    Ok(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    fn with(directories: &str) -> Result<Config, ConfigError> {
        let text = format!(r#"{{"user_service": {{"cluster": "users"}}, "directories": {directories}}}"#);
        Config::parse(text.as_bytes(), &|_| None)
    }

    #[test]
    fn a_small_configuration_is_enough() {
        let config =
            with(&format!(r#"[{{"id": "acme", "credentials": [{{"bearer": {{"sha256": "{TOKEN}"}}}}]}}]"#)).unwrap();
        assert_eq!(config.base, "/scim/v2");
        assert_eq!(config.directories["acme"].tenant, "acme");
        assert_eq!(config.user_service.path, "/provisioning");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let bearer = |sha: &str| format!(r#"[{{"id": "a", "credentials": [{{"bearer": {{"sha256": "{sha}"}}}}]}}]"#);
        let cases = [
            (r#"[{"id": "a", "credentials": []}]"#.to_owned(), "directories[0].credentials: expected at least one"),
            (r#"[{"id": "a/b", "credentials": []}]"#.to_owned(), "directories[0].id: expected 1 to 128 letters"),
            (
                r#"[{"id": "a", "credentails": []}]"#.to_owned(),
                "directories[0].credentails: unknown field `credentails`",
            ),
            (
                r#"[{"id": "a", "version": "1.2", "credentials": []}]"#.to_owned(),
                "directories[0].version: unknown variant `1.2`, expected `2.0` or `1.1`",
            ),
            (bearer("abc"), "directories[0].credentials[0].bearer.sha256: expected 64 hex digits"),
            (bearer(EMPTY_SHA256), "directories[0].credentials[0].bearer.sha256: this is the hash of an empty token"),
            ("5".to_owned(), "directories: invalid type: integer `5`, expected a sequence"),
        ];
        for (directories, message) in cases {
            let error = with(&directories).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }

        assert!(Config::parse(b"", &|_| None).unwrap_err().to_string().contains("found nothing"));
    }

    #[test]
    fn two_directories_cannot_share_an_id() {
        let one = format!(r#"{{"id": "a", "credentials": [{{"bearer": {{"sha256": "{TOKEN}"}}}}]}}"#);
        let error = with(&format!("[{one},{one}]")).unwrap_err().to_string();
        assert!(error.contains("directories[1].id: `a` is the id of another directory already"), "{error}");
    }
}

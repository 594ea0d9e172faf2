//! From the written configuration to the one requests see: validated, hashed, indexed.

use std::rc::Rc;

use super::console::Console;
use super::credential::SlowHash;
use super::directory::{Defaults, Directories, Directory, Inherited, directory, mapping, rate_limit};
use super::events::{Environment, EventSettings};
use super::lookup::Lookup;
use super::wire::{ConfigWire, LockoutWire, RecordCache, UserServiceWire};
use super::wire_directory::DirectoryWire;
use super::{ConfigError, Key};
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
    /// The customers' connections.
    pub directories: Directories,
    /// Whether the service is told when they come and go.
    pub directory_events: bool,
    /// How the service is asked for others, if it is.
    pub lookup: Option<Lookup>,
    /// What directories have that do not say otherwise.
    pub inherited: Inherited,
    /// Where any directory has a password with a slow hash: as slow a one, for those that have none.
    pub pretence: Option<SlowHash>,
    /// What comes of failed authentications.
    pub lockout: LockoutWire,
    /// The resource types.
    pub schemas: SchemaSet,
    /// Records in shared data, if they are to be kept.
    pub record_cache: Option<RecordCache>,
    /// Whether the proxy's access log shows what became of an exchange.
    pub log_fields: bool,
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

impl Config {
    /// Read and check a configuration (JSON).
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn parse(text: &[u8], environment: Environment<'_>) -> Result<Self, ConfigError> {
        if text.iter().all(u8::is_ascii_whitespace) {
            return Err(Key::of("").wrong("expected a JSON object, found nothing"));
        }
        let value = read(text, &Limits::WRITTEN).map_err(|e| Key::of("").wrong(e.to_string()))?;
        let wire = typed(&value).map_err(|e| ConfigError::new(e.at, e.reason))?;
        Self::compile(wire, environment)
    }

    #[inline(never)]
    fn compile(wire: ConfigWire, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let schemas = SchemaSet::build(&wire.schemas, &wire.resource_types);
        let schemas = schemas.map_err(|e| Key::of("schemas").wrong(e))?;
        let inherited = Inherited {
            mapping: mapping(&Key::of("mapping"), wire.mapping.as_ref(), &schemas)?,
            atomic_bulk: wire.user_service.atomic_bulk,
            events: Rc::new(EventSettings::compile(&Key::of("events"), &wire.events, environment)?),
            rate_limit: wire.rate_limit.map(|wire| rate_limit(&Key::of("rate_limit"), wire)).transpose()?,
        };
        let base = path(&Key::of("base"), wire.base.as_deref().unwrap_or("/scim/v2"))?;
        let lookup = wire.directory_lookup.map(|lookup| Lookup::compile(lookup, &base)).transpose()?;
        if wire.directories.is_none() && lookup.is_none() {
            return Err(Key::of("directories").wrong("expected a list, or `directory_lookup`"));
        }
        if lookup.is_some() && inherited.mapping.is_some() {
            let reason = "cannot be together with `mapping`: nobody could check that two directories read apart";
            return Err(Key::of("directory_lookup").wrong(reason));
        }
        let listed = wire.directories.unwrap_or_default();
        let defaults = Defaults { inherited: &inherited, schemas: &schemas, environment };
        let directories = Directories::compile(listed, wire.hosts.as_deref(), &defaults)?;
        if wire.directory_events && directories.any_in_tokens(&inherited.events) {
            let reason = "cannot be together with `security_events`, which have none about a directory";
            return Err(Key::of("directory_events").wrong(reason));
        }
        Ok(Self {
            directory_events: wire.directory_events,
            lookup,
            inherited,
            pretence: directories.slowest_hash(),
            console: wire.console.map(|console| Console::compile(console, &base)).transpose()?,
            base,
            external_url: wire.external_url.map(|url| origin(&url)).transpose()?,
            user_service: user_service(wire.user_service)?,
            directories,
            lockout: lockout(wire.lockout)?,
            record_cache: wire.record_cache.filter(|cache| cache.slots > 0),
            log_fields: wire.log_fields.unwrap_or(true),
            limits: limits(wire.limits)?,
            schemas,
        })
    }

    /// A directory as the user service writes it. Secrets for signatures of its own cannot be had any more, since the
    /// environment is read when the configuration is; and a mapping of its own could not be held against others'.
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn directory(&self, text: &[u8]) -> Result<Directory, ConfigError> {
        let value = read(text, &Limits::WRITTEN).map_err(|e| Key::of("").wrong(e.to_string()))?;
        let wire: DirectoryWire = typed(&value).map_err(|e| ConfigError::new(e.at, e.reason))?;
        if wire.mapping.is_some() {
            return Err(Key::of("mapping").wrong("belongs into the configuration"));
        }
        let defaults = Defaults { inherited: &self.inherited, schemas: &self.schemas, environment: &|_| None };
        directory(&Key::of("directory"), wire, &defaults)
    }

    /// Scheme, host and base as the client sees them, and the directory where it stands in the path. A host that is a
    /// directory's own is the client's word, whatever `external_url` says.
    pub fn url(&self, head: &RequestHead, in_path: Option<&Directory>) -> String {
        let fixed = self.external_url.clone().filter(|_| in_path.is_some());
        let origin = fixed.unwrap_or_else(|| head.origin());
        match in_path {
            Some(directory) => format!("{origin}{}/{}", self.base, directory.id),
            None => format!("{origin}{}", self.base),
        }
    }
}

/// A limit of nothing would answer every list with nothing, and Okta would create everybody again; and one beyond what
/// the module can bear would be none.
fn limits(limits: Limits) -> Result<Limits, ConfigError> {
    let mut each = limits.named().into_iter().zip(Limits::MOST.named());
    match each.find(|((_, limit), (_, most))| *limit == 0 || limit > most) {
        Some(((name, 0), _)) => Err(Key::of("limits").at(name).wrong("expected a number above zero")),
        Some(((name, _), (_, most))) => {
            Err(Key::of("limits").at(name).wrong(format!("expected a number up to {most}")))
        }
        None => Ok(limits),
    }
}

fn lockout(wire: LockoutWire) -> Result<LockoutWire, ConfigError> {
    let wrong = |key, reason: &str| Err(Key::of("lockout").at(key).wrong(reason));
    match wire {
        LockoutWire { seconds: 0, .. } => wrong("seconds", "expected a number above zero"),
        LockoutWire { max_seconds, seconds, .. } if max_seconds < seconds => {
            wrong("max_seconds", "expected no less than `seconds`")
        }
        LockoutWire { slots: 0, .. } => wrong("slots", "expected a number above zero"),
        wire => Ok(wire),
    }
}

#[inline(never)]
fn user_service(wire: UserServiceWire) -> Result<UserService, ConfigError> {
    if wire.cluster.is_empty() {
        return Err(Key::of("user_service.cluster").wrong("expected the name of a cluster of the proxy"));
    }
    let timeout_ms = wire.timeout_ms.unwrap_or(5_000);
    if !(1..=60_000).contains(&timeout_ms) {
        return Err(Key::of("user_service.timeout_ms").wrong("expected 1 to 60000 (Okta waits 60 seconds)"));
    }
    Ok(UserService {
        authority: wire.authority.unwrap_or_else(|| wire.cluster.clone()),
        cluster: wire.cluster,
        path: path(&Key::of("user_service.path"), wire.path.as_deref().unwrap_or("/provisioning"))?,
        timeout_ms,
        atomic_bulk: wire.atomic_bulk,
    })
}

pub(super) fn path(key: &Key<'_>, text: &str) -> Result<String, ConfigError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let fit = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let rooted = text.is_empty() || text.starts_with('/');
    if !rooted || !text.chars().all(fit) || text.contains("//") || text.split('/').any(|s| s == "." || s == "..") {
        return Err(key.wrong("expected a path such as `/scim/v2`"));
    }
    Ok(text.to_owned())
}

fn origin(url: &str) -> Result<String, ConfigError> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let fit = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || !host.chars().all(fit) {
        return Err(Key::of("external_url").wrong("expected `https://host`, without a path"));
    }
    Ok(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";

    fn with(directories: &str) -> Result<Config, ConfigError> {
        let text = format!(r#"{{"user_service": {{"cluster": "users"}}, "directories": {directories}}}"#);
        Config::parse(text.as_bytes(), &|_| None)
    }

    #[test]
    fn a_small_configuration_is_enough() {
        let config =
            with(&format!(r#"[{{"id": "acme", "credentials": [{{"bearer": {{"sha256": "{TOKEN}"}}}}]}}]"#)).unwrap();
        assert_eq!(config.base, "/scim/v2");
        assert_eq!(config.directories.get("acme").unwrap().tenant, "acme");
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
            (
                bearer("2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"),
                "directories[0].credentials[0].bearer.sha256: this is the hash of \"secret\"",
            ),
            (bearer("abc"), "directories[0].credentials[0].bearer.sha256: expected 64 hex digits"),
            (
                bearer("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                "directories[0].credentials[0].bearer.sha256: this is the hash of an empty token",
            ),
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

//! Directories: from what is written to what requests see, by id and by host.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ops::Deref;
use std::rc::Rc;

use super::credential::{Credential, Proof, SlowHash, credential};
use super::events::{Environment, EventSettings, Format};
use super::mapping::MappingWire;
use super::wire::RateLimitWire;
use super::wire_directory::{DirectoryWire, State, UnknownMembers};
use super::{ConfigError, Key};
use crate::legacy::Version;
use crate::leniency::{Leniencies, Leniency};
use crate::mapping::Mapping;
use crate::schema::SchemaSet;

/// The name of a directory. Whatever belongs to one is looked up, kept and told with this, and cannot be without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryId(String);

impl DirectoryId {
    /// A name that a directory could have; whether one has it is another question.
    pub fn parse(text: &str) -> Option<Self> {
        is_identifier(text).then(|| Self(text.to_owned()))
    }
}

impl Deref for DirectoryId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for DirectoryId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DirectoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One customer's connection.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Stands in the URL, in every call to the service, in every event.
    pub id: DirectoryId,
    /// Whose it is.
    pub tenant: String,
    /// Of which product.
    pub product: String,
    /// Whose habits were expected when it was configured; one of a few words.
    pub provider: Option<&'static str>,
    /// What its provider speaks.
    pub version: Version,
    /// Whether it is served.
    pub state: State,
    /// What the RFCs do not allow and is taken all the same.
    pub leniencies: Leniencies,
    /// Tell the service of members it does not know.
    pub unknown_members: bool,
    /// What its events look like.
    pub events: Rc<EventSettings>,
    /// The shape of its records, when it is the service's own.
    pub mapping: Option<Rc<Mapping>>,
    /// How many requests it may make.
    pub rate_limit: Option<RateLimit>,
    /// Any of these opens it.
    pub credentials: Vec<Credential>,
}

impl Directory {
    /// One that is in the configuration no more, for as long as it takes to say so. Nothing opens it.
    pub(crate) fn gone(id: DirectoryId, tenant: &str, product: &str, inherited: &Inherited) -> Self {
        Self {
            id,
            tenant: tenant.to_owned(),
            product: product.to_owned(),
            provider: None,
            version: Version::default(),
            state: State::Deactivated,
            leniencies: Leniencies::STRICT,
            unknown_members: false,
            events: Rc::clone(&inherited.events),
            mapping: None,
            rate_limit: None,
            credentials: Vec::new(),
        }
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// From one token to the next, nanoseconds.
    pub interval: u64,
    /// Tokens in a full bucket.
    pub burst: u32,
}

/// Nobody but the operator puts anything into these maps, so they need no randomness.
type Fixed = BuildHasherDefault<DefaultHasher>;

/// All directories of a configuration.
#[derive(Debug, Default)]
pub struct Directories {
    by_id: HashMap<DirectoryId, Rc<Directory>, Fixed>,
    by_host: HashMap<String, DirectoryId, Fixed>,
    /// `.scim.example.com`, behind the name of a directory.
    star: Option<String>,
}

impl Directories {
    /// The one of this name.
    pub fn get(&self, id: &str) -> Option<&Rc<Directory>> {
        self.by_id.get(id)
    }

    /// The name of the one that requests to this host are for, if that does not stand in the path. A star is for any
    /// name, so nobody knows yet whether there is a directory of it.
    pub fn at_host(&self, authority: &str) -> Option<String> {
        if self.by_host.is_empty() && self.star.is_none() {
            return None;
        }
        let host = authority.split_once(':').map_or(authority, |(host, _)| host).to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let named = || host.strip_suffix(self.star.as_deref()?).filter(|name| !name.contains('.'));
        self.by_host.get(host).map(DirectoryId::to_string).or_else(|| named().map(str::to_owned))
    }

    /// All of them, in the order of their ids.
    pub fn by_name(&self) -> Vec<&Rc<Directory>> {
        let mut ids: Vec<&str> = self.by_id.keys().map(|id| &**id).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| self.get(id)).collect()
    }

    /// Whether any of them, or those without settings of their own, tell their events as Security Event Tokens.
    pub(super) fn any_in_tokens(&self, inherited: &EventSettings) -> bool {
        let all = self.by_id.values().map(|directory| &*directory.events).chain([inherited]);
        all.into_iter().any(|events| matches!(events.format, Format::SecurityEvents { .. }))
    }

    pub(super) fn slowest_hash(&self) -> Option<SlowHash> {
        let hashes = self.by_id.values().flat_map(|directory| &directory.credentials).filter_map(|c| match &c.proof {
            Proof::Chosen(_, hash) => Some(hash),
            _ => None,
        });
        hashes.max_by_key(|hash| hash.iterations).cloned()
    }

    #[inline(never)]
    pub(super) fn compile(
        wires: Vec<DirectoryWire>,
        hosts: Option<&str>,
        defaults: &Defaults<'_>,
    ) -> Result<Self, ConfigError> {
        let mut directories = Self { star: hosts.map(star).transpose()?, ..Self::default() };
        let mut read_by = BTreeMap::new();
        for (i, wire) in wires.into_iter().enumerate() {
            let key = Key::nth_of("directories", i);
            let added = directories.add(&key, wire, defaults)?;
            fits(&key.at("mapping"), &added, defaults, &mut read_by)?;
        }
        Ok(directories)
    }

    #[inline(never)]
    fn add(
        &mut self,
        key: &Key<'_>,
        wire: DirectoryWire,
        defaults: &Defaults<'_>,
    ) -> Result<Rc<Directory>, ConfigError> {
        let host = wire.host.as_deref().map(|text| host(&key.at("host"), text)).transpose()?;
        let directory = Rc::new(directory(key, wire, defaults)?);
        let id = directory.id.clone();
        let taken = |key: Key<'_>, what: &str| key.wrong(format!("`{what}` is that of another directory already"));
        if let Some(host) = host
            && self.by_host.insert(host.clone(), id.clone()).is_some()
        {
            return Err(taken(key.at("host"), &host));
        }
        if self.by_id.insert(id.clone(), Rc::clone(&directory)).is_some() {
            return Err(key.at("id").wrong(format!("`{id}` is the id of another directory already")));
        }
        Ok(directory)
    }
}

/// What holds for directories that do not say otherwise.
#[derive(Debug)]
pub struct Inherited {
    /// What events look like.
    pub events: Rc<EventSettings>,
    /// How many requests each may make.
    pub rate_limit: Option<RateLimit>,
    /// How the service's own shape is read and written.
    pub mapping: Option<Rc<Mapping>>,
    /// Whether a bulk request is one delivery.
    pub atomic_bulk: bool,
}

/// All that a directory is read with.
pub(super) struct Defaults<'e> {
    pub(super) inherited: &'e Inherited,
    pub(super) schemas: &'e SchemaSet,
    pub(super) environment: Environment<'e>,
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
/// While a secret is rotated there are two of them.
const CHOSEN_PASSWORDS: usize = 2;

pub(super) fn directory(key: &Key<'_>, wire: DirectoryWire, defaults: &Defaults<'_>) -> Result<Directory, ConfigError> {
    let own = wire.events.as_ref().map(|w| EventSettings::compile(&key.at("events"), w, defaults.environment));
    let rate = wire.rate_limit.map(|wire| rate_limit(&key.at("rate_limit"), wire)).transpose()?;
    let shape = mapping(&key.at("mapping"), wire.mapping.as_ref(), defaults.schemas)?;
    let id = identifier(&key.at("id"), wire.id)?;
    let provider = wire.provider.as_deref().map(|name| provider(&key.at("provider"), name)).transpose()?;
    let tenant = identifier(&key.at("tenant"), wire.tenant.unwrap_or_else(|| id.clone()))?;
    let product = identifier(&key.at("product"), wire.product.unwrap_or_else(|| "default".into()))?;
    let credentials = wire.credentials.into_iter().enumerate();
    let credentials = credentials.map(|(i, c)| credential(&key.nth("credentials", i), c));
    Ok(Directory {
        provider,
        version: wire.version,
        state: wire.state,
        leniencies: wire.version.leniencies(leniencies(wire.strict, provider)),
        events: own.transpose()?.map_or_else(|| Rc::clone(&defaults.inherited.events), Rc::new),
        unknown_members: wire.unknown_members == UnknownMembers::Accept,
        mapping: shape.or_else(|| defaults.inherited.mapping.clone()),
        rate_limit: rate.or(defaults.inherited.rate_limit),
        credentials: enough(&key.at("credentials"), credentials.collect::<Result<_, _>>()?)?,
        id: DirectoryId(id),
        tenant,
        product,
    })
}

pub(super) fn mapping(
    key: &Key<'_>,
    wire: Option<&MappingWire>,
    schemas: &SchemaSet,
) -> Result<Option<Rc<Mapping>>, ConfigError> {
    wire.map(|wire| Mapping::compile(key, wire, schemas).map(Rc::new)).transpose()
}

/// What a directory's events and its neighbours ask of its mapping. Two directories that read from one path would see
/// each other's people.
#[inline(never)]
fn fits(
    key: &Key<'_>,
    directory: &Directory,
    defaults: &Defaults<'_>,
    read_by: &mut BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    let Some(mapping) = &directory.mapping else { return Ok(()) };
    if defaults.inherited.atomic_bulk && mapping.routes.is_some() {
        let reason = "many requests cannot be all or nothing; leave `atomic_bulk` out";
        return Err(key.at("routes").wrong(reason));
    }
    mapping.covers(key, &directory.events)?;
    for path in mapping.read_from(directory).into_iter().filter(|_| !mapping.shared) {
        let other = read_by.insert(path.clone(), directory.id.to_string());
        if let Some(other) = other.filter(|other| **other != *directory.id) {
            let reason = format!(
                "reads from `{path}` as `{other}` does, and would see its records; put `{{directory}}` or `{{tenant}}` \
                 into the path, or say `shared: true`"
            );
            return Err(key.wrong(reason));
        }
    }
    Ok(())
}

fn provider(key: &Key<'_>, name: &str) -> Result<&'static str, ConfigError> {
    let reason = || format!("`{name}` is none of {}", PROVIDERS.join(", "));
    PROVIDERS.into_iter().find(|known| *known == name).ok_or_else(|| key.wrong(reason()))
}

fn enough(key: &Key<'_>, credentials: Vec<Credential>) -> Result<Vec<Credential>, ConfigError> {
    let chosen = credentials.iter().filter(|c| matches!(c.proof, Proof::Chosen(..))).count();
    if credentials.is_empty() {
        return Err(key.wrong("expected at least one credential"));
    }
    if chosen > CHOSEN_PASSWORDS {
        return Err(key.wrong("expected at most two with `pbkdf2`: a wrong password costs all of them"));
    }
    Ok(credentials)
}

/// Entra replaces what it believes is there; for everybody else RFC 7644 section 3.5.2.3 holds.
fn leniencies(strict: bool, provider: Option<&str>) -> Leniencies {
    match provider {
        _ if strict => Leniencies::STRICT,
        Some("entra") => Leniencies::LENIENT.with(Leniency::ReplaceMakesValue),
        _ => Leniencies::LENIENT,
    }
}

pub(super) fn rate_limit(key: &Key<'_>, wire: RateLimitWire) -> Result<RateLimit, ConfigError> {
    let rate = wire.requests_per_second;
    if !(0.001..=1_000_000.0).contains(&rate) || wire.burst == 0 {
        return Err(key.wrong("expected 0.001 to 1000000 `requests_per_second`, and a `burst` above zero"));
    }
    Ok(RateLimit { interval: (1e9 / rate) as u64, burst: wire.burst })
}

/// Ids stand in paths, headers, logs and events, so they are made of characters that are harmless in all of them.
fn identifier(key: &Key<'_>, text: String) -> Result<String, ConfigError> {
    match is_identifier(&text) {
        true => Ok(text),
        false => Err(key.wrong("expected 1 to 128 letters, digits, `-`, `_`, `.` or `~`")),
    }
}

fn is_identifier(text: &str) -> bool {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    (1..=128).contains(&text.len()) && !text.chars().all(|c| c == '.') && text.chars().all(fit)
}

fn star(text: &str) -> Result<String, ConfigError> {
    let rest = text.strip_prefix('*').filter(|rest| rest.starts_with('.'));
    let rest = rest.ok_or_else(|| Key::of("hosts").wrong("expected a star and a domain: `*.scim.example.com`"))?;
    host(&Key::of("hosts"), rest)
}

/// A name without a port, in lower case.
fn host(key: &Key<'_>, text: &str) -> Result<String, ConfigError> {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if text.is_empty() || !text.chars().all(fit) || text.ends_with('.') {
        return Err(key.wrong("expected a host name such as `scim.acme.example`, without a port"));
    }
    Ok(text.to_ascii_lowercase())
}

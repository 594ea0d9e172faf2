//! Credentials: from what is written to what a request is compared with.
//!
//! Only hashes, since the proxy's `/config_dump` shows the configuration to whoever may ask.

use std::fmt;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::wire_directory::{BasicWire, CredentialWire, HeaderWire, JwtWire, Pbkdf2Wire};
use super::{ConfigError, Key};
use crate::instant::Instant;

/// One way in, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// By which method.
    pub proof: Proof,
    /// When it is good.
    pub window: Window,
}

/// What a request must offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// This bearer token.
    Bearer(Fingerprint),
    /// This token in the header of this (lower-case) name, with or without `Bearer`.
    Header(String, Fingerprint),
    /// This user name, and a password that is long and random.
    Basic(Fingerprint, Fingerprint),
    /// This user name, and a password that somebody has chosen.
    Chosen(Fingerprint, SlowHash),
    /// A token that the proxy has verified.
    Jwt(JwtRules),
}

/// SHA-256 of a secret, or of a user name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of this text.
    pub fn of(text: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(text).into())
    }
}

/// In a time that says nothing about where the two differ.
impl ConstantTimeEq for Fingerprint {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// Even a hash is nobody's business.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}

/// PBKDF2 with HMAC-SHA-256.
#[derive(Clone, PartialEq, Eq)]
pub struct SlowHash {
    /// Rounds.
    pub iterations: u32,
    /// Salt.
    pub salt: Vec<u8>,
    /// The derived key.
    pub hash: [u8; 32],
}

impl fmt::Debug for SlowHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlowHash(..)")
    }
}

/// What a verified token must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtRules {
    /// Of the proxy's filter.
    pub provider: String,
    /// By claim: any of these values.
    pub claims: Vec<(String, Vec<String>)>,
}

/// From one moment to another, nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first one in it.
    pub from: u64,
    /// The first one after it.
    pub until: u64,
}

impl Window {
    const EVER: Self = Self { from: 0, until: u64::MAX };

    /// Whether this moment is in it.
    pub fn holds(self, nanos: u64) -> bool {
        (self.from..self.until).contains(&nanos)
    }

    /// Whether it has no ends, so that nobody need know the time.
    pub fn is_ever(self) -> bool {
        self == Self::EVER
    }
}

/// Secrets that were never set, or never meant.
const NO_SECRETS: [&str; 14] = [
    "",
    " ",
    "\n",
    "null",
    "none",
    "undefined",
    "token",
    "secret",
    "password",
    "changeme",
    "Bearer",
    "Bearer ",
    "test",
    "admin",
];
static NO_SECRET_HASHES: LazyLock<[Fingerprint; 14]> = LazyLock::new(|| NO_SECRETS.map(Fingerprint::of));
/// Rounds of a slow hash: fewer protect no chosen password, more would stop a worker for seconds.
const ITERATIONS: std::ops::RangeInclusive<u32> = 10_000..=1_000_000;

#[inline(never)]
pub(super) fn credential(key: &Key<'_>, wire: CredentialWire) -> Result<Credential, ConfigError> {
    let methods = [
        wire.bearer.map(|w| fingerprint(&key.at("bearer").at("sha256"), &w.sha256).map(Proof::Bearer)),
        wire.header.map(|w| header(&key.at("header"), w)),
        wire.basic.map(|w| basic(&key.at("basic"), w)),
        wire.jwt.map(|w| jwt(&key.at("jwt"), w)),
    ];
    let mut methods = methods.into_iter().flatten();
    let (Some(proof), None) = (methods.next(), methods.next()) else {
        return Err(key.wrong("expected exactly one of bearer, header, basic, jwt"));
    };
    let from = wire.not_before.map(|text| moment(&key.at("not_before"), &text)).transpose()?;
    let until = wire.not_after.map(|text| moment(&key.at("not_after"), &text)).transpose()?;
    let window = Window { from: from.unwrap_or(Window::EVER.from), until: until.unwrap_or(Window::EVER.until) };
    if window.from >= window.until {
        return Err(key.at("not_after").wrong("expected a time after `not_before`"));
    }
    Ok(Credential { proof: proof?, window })
}

/// Names that HTTP, the proxy or this gateway give a meaning of their own hold no token.
const TAKEN: [&str; 9] = [
    "host",
    "cookie",
    "connection",
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "accept",
    "proxy-authorization",
];

fn header(key: &Key<'_>, wire: HeaderWire) -> Result<Proof, ConfigError> {
    let name = wire.name.as_deref().unwrap_or("authorization").to_ascii_lowercase();
    let fit = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if name.is_empty() || !name.bytes().all(fit) || TAKEN.contains(&name.as_str()) {
        return Err(key.at("name").wrong("expected the name of a header that is free, such as `x-api-key`"));
    }
    Ok(Proof::Header(name, fingerprint(&key.at("sha256"), &wire.sha256)?))
}

#[inline(never)]
fn basic(key: &Key<'_>, wire: BasicWire) -> Result<Proof, ConfigError> {
    if wire.username.is_empty() || wire.username.contains(|c: char| c == ':' || c.is_control()) {
        return Err(key.at("username").wrong("expected a user name without `:`"));
    }
    let user = Fingerprint::of(&wire.username);
    match (wire.sha256, wire.pbkdf2) {
        (Some(hash), None) => Ok(Proof::Basic(user, fingerprint(&key.at("sha256"), &hash)?)),
        (None, Some(slow)) => Ok(Proof::Chosen(user, slow_hash(&key.at("pbkdf2"), &slow)?)),
        _ => Err(key.wrong("expected exactly one of sha256, pbkdf2")),
    }
}

fn slow_hash(key: &Key<'_>, wire: &Pbkdf2Wire) -> Result<SlowHash, ConfigError> {
    if !ITERATIONS.contains(&wire.iterations) {
        let reason = format!("expected {} to {}", ITERATIONS.start(), ITERATIONS.end());
        return Err(key.at("iterations").wrong(reason));
    }
    let salt = hex(&wire.salt).filter(|salt| (8..=64).contains(&salt.len()));
    let salt = salt.ok_or_else(|| key.at("salt").wrong("expected 16 to 128 hex digits"))?;
    let hash = hex(&wire.hash).and_then(|hash| hash.try_into().ok());
    let hash = hash.ok_or_else(|| key.at("hash").wrong("expected 64 hex digits"))?;
    Ok(SlowHash { iterations: wire.iterations, salt, hash })
}

#[inline(never)]
fn jwt(key: &Key<'_>, wire: JwtWire) -> Result<Proof, ConfigError> {
    if wire.provider.is_empty() || wire.issuer.is_empty() {
        return Err(key.wrong("expected `provider` and `issuer` that are not empty"));
    }
    let mut claims: Vec<_> = wire.claims.into_iter().map(|(name, claim)| (name, claim.0)).collect();
    if let Some(name) = ["iss", "aud"].into_iter().find(|name| claims.iter().any(|(known, _)| known == name)) {
        return Err(key.at("claims").at(name).wrong("expected `issuer` and `audience` instead"));
    }
    claims.push(("iss".to_owned(), vec![wire.issuer]));
    claims.push(("aud".to_owned(), wire.audience));
    if let Some((name, _)) = claims.iter().find(|(_, values)| values.is_empty() || values.iter().any(String::is_empty))
    {
        let reason = "expected at least one value, and none that is empty";
        return Err(match name.as_str() {
            "aud" => key.at("audience").wrong(reason),
            name => key.at("claims").at(name).wrong(reason),
        });
    }
    Ok(Proof::Jwt(JwtRules { provider: wire.provider, claims }))
}

fn moment(key: &Key<'_>, text: &str) -> Result<u64, ConfigError> {
    let millis = text.parse::<Instant>().ok().and_then(|instant| u64::try_from(instant.millis()).ok());
    let nanos = millis.and_then(|millis| millis.checked_mul(1_000_000));
    nanos.ok_or_else(|| key.wrong("expected a time such as `2027-01-31T00:00:00Z`"))
}

pub(super) fn fingerprint(key: &Key<'_>, text: &str) -> Result<Fingerprint, ConfigError> {
    let bytes = hex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Fingerprint);
    let found = bytes.ok_or_else(|| key.wrong("expected 64 hex digits, the SHA-256 of the token"))?;
    match NO_SECRET_HASHES.iter().zip(NO_SECRETS).find(|(hash, _)| **hash == found) {
        Some((_, "")) => Err(key.wrong("this is the hash of an empty token")),
        Some((_, text)) => Err(key.wrong(format!("this is the hash of {text:?}, which is no secret"))),
        None => Ok(found),
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect())
}

//! Credentials: from what is written to what a request is compared with.
//!
//! Only hashes, since the proxy's `/config_dump` shows the configuration to whoever may ask.

use std::fmt;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::ConfigError;
use super::wire_directory::{BasicWire, CredentialWire, HeaderWire, JwtWire, Pbkdf2Wire};
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

pub(super) fn credential(key: &str, wire: CredentialWire) -> Result<Credential, ConfigError> {
    let methods = [
        wire.bearer.map(|w| fingerprint(&format!("{key}.bearer.sha256"), &w.sha256).map(Proof::Bearer)),
        wire.header.map(|w| header(&format!("{key}.header"), w)),
        wire.basic.map(|w| basic(&format!("{key}.basic"), w)),
        wire.jwt.map(|w| jwt(&format!("{key}.jwt"), w)),
    ];
    let mut methods = methods.into_iter().flatten();
    let (Some(proof), None) = (methods.next(), methods.next()) else {
        return Err(ConfigError::new(key, "expected exactly one of bearer, header, basic, jwt"));
    };
    let from = wire.not_before.map(|text| moment(&format!("{key}.not_before"), &text)).transpose()?;
    let until = wire.not_after.map(|text| moment(&format!("{key}.not_after"), &text)).transpose()?;
    let window = Window { from: from.unwrap_or(Window::EVER.from), until: until.unwrap_or(Window::EVER.until) };
    if window.from >= window.until {
        return Err(ConfigError::new(format!("{key}.not_after"), "expected a time after `not_before`"));
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

fn header(key: &str, wire: HeaderWire) -> Result<Proof, ConfigError> {
    let name = wire.name.as_deref().unwrap_or("authorization").to_ascii_lowercase();
    let fit = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if name.is_empty() || !name.bytes().all(fit) || TAKEN.contains(&name.as_str()) {
        return Err(ConfigError::new(
            format!("{key}.name"),
            "expected the name of a header that is free, such as `x-api-key`",
        ));
    }
    Ok(Proof::Header(name, fingerprint(&format!("{key}.sha256"), &wire.sha256)?))
}

fn basic(key: &str, wire: BasicWire) -> Result<Proof, ConfigError> {
    if wire.username.is_empty() || wire.username.contains(|c: char| c == ':' || c.is_control()) {
        return Err(ConfigError::new(format!("{key}.username"), "expected a user name without `:`"));
    }
    let user = Fingerprint::of(&wire.username);
    match (wire.sha256, wire.pbkdf2) {
        (Some(hash), None) => Ok(Proof::Basic(user, fingerprint(&format!("{key}.sha256"), &hash)?)),
        (None, Some(slow)) => Ok(Proof::Chosen(user, slow_hash(&format!("{key}.pbkdf2"), &slow)?)),
        _ => Err(ConfigError::new(key, "expected exactly one of sha256, pbkdf2")),
    }
}

fn slow_hash(key: &str, wire: &Pbkdf2Wire) -> Result<SlowHash, ConfigError> {
    if !ITERATIONS.contains(&wire.iterations) {
        let reason = format!("expected {} to {}", ITERATIONS.start(), ITERATIONS.end());
        return Err(ConfigError::new(format!("{key}.iterations"), reason));
    }
    let salt = hex(&wire.salt).filter(|salt| (8..=64).contains(&salt.len()));
    let salt = salt.ok_or_else(|| ConfigError::new(format!("{key}.salt"), "expected 16 to 128 hex digits"))?;
    let hash = hex(&wire.hash).and_then(|hash| hash.try_into().ok());
    let hash = hash.ok_or_else(|| ConfigError::new(format!("{key}.hash"), "expected 64 hex digits"))?;
    Ok(SlowHash { iterations: wire.iterations, salt, hash })
}

fn jwt(key: &str, wire: JwtWire) -> Result<Proof, ConfigError> {
    if wire.provider.is_empty() || wire.issuer.is_empty() {
        return Err(ConfigError::new(key, "expected `provider` and `issuer` that are not empty"));
    }
    let mut claims: Vec<_> = wire.claims.into_iter().map(|(name, claim)| (name, claim.0)).collect();
    if let Some(name) = ["iss", "aud"].into_iter().find(|name| claims.iter().any(|(known, _)| known == name)) {
        return Err(ConfigError::new(format!("{key}.claims.{name}"), "expected `issuer` and `audience` instead"));
    }
    claims.push(("iss".to_owned(), vec![wire.issuer]));
    claims.push(("aud".to_owned(), wire.audience));
    if let Some((name, _)) = claims.iter().find(|(_, values)| values.is_empty() || values.iter().any(String::is_empty))
    {
        let name = if name == "aud" { "audience".to_owned() } else { format!("claims.{name}") };
        return Err(ConfigError::new(format!("{key}.{name}"), "expected at least one value, and none that is empty"));
    }
    Ok(Proof::Jwt(JwtRules { provider: wire.provider, claims }))
}

fn moment(key: &str, text: &str) -> Result<u64, ConfigError> {
    let millis = text.parse::<Instant>().ok().and_then(|instant| u64::try_from(instant.millis()).ok());
    let nanos = millis.and_then(|millis| millis.checked_mul(1_000_000));
    nanos.ok_or_else(|| ConfigError::new(key, "expected a time such as `2027-01-31T00:00:00Z`"))
}

pub(super) fn fingerprint(key: &str, text: &str) -> Result<Fingerprint, ConfigError> {
    let bytes = hex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Fingerprint);
    let found = bytes.ok_or_else(|| ConfigError::new(key, "expected 64 hex digits, the SHA-256 of the token"))?;
    match NO_SECRET_HASHES.iter().zip(NO_SECRETS).find(|(hash, _)| **hash == found) {
        Some((_, "")) => Err(ConfigError::new(key, "this is the hash of an empty token")),
        Some((_, text)) => Err(ConfigError::new(key, format!("this is the hash of {text:?}, which is no secret"))),
        None => Ok(found),
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect())
}

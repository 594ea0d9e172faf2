//! Who is calling (RFC 7644 section 2): one of the directory's credentials, or nobody.
//!
//! An unknown directory and a wrong token cost the same and are answered alike, so that nobody can learn which
//! customers there are. Hashes are compared in constant time.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::config::{Config, Credential, Directory};
use crate::error::{ErrorKind, ScimError};
use crate::request::RequestHead;

/// The directory this request may speak for.
///
/// # Errors
/// 401, the same one for every reason.
pub fn authenticate<'c>(config: &'c Config, directory: &str, head: &RequestHead) -> Result<&'c Directory, ScimError> {
    let offered = bearer(head).map(|token| Sha256::digest(token.as_bytes()));
    let known = config.directories.get(directory);
    let refused = || ScimError::new(ErrorKind::Unauthorized, "the credentials are missing or wrong for this directory");
    let offered = offered.ok_or_else(refused)?;
    known.filter(|d| opens(d, &offered)).ok_or_else(refused)
}

/// Every credential is looked at, so that the time says nothing about which one fitted.
fn opens(directory: &Directory, offered: &[u8]) -> bool {
    let fits = |credential: &Credential| match credential {
        Credential::Bearer(hash) => hash.as_slice().ct_eq(offered),
    };
    directory.credentials.iter().fold(Choice::from(0), |any, c| any | fits(c)).into()
}

/// The token of the one `Authorization: Bearer`. Two of them arrive joined by a comma: then it is none.
fn bearer(head: &RequestHead) -> Option<&str> {
    let value = head.one("authorization").ok().flatten()?;
    let (scheme, token) = value.split_once(' ')?;
    let fit = |b: u8| b.is_ascii_graphic() && b != b',';
    let usable = !token.is_empty() && token.bytes().all(fit);
    (scheme.eq_ignore_ascii_case("bearer") && usable).then_some(token)
}

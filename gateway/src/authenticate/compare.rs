//! Secrets that are long and random: one SHA-256, and every credential looked at, so that the time says nothing about
//! which one fitted, or how nearly.

use subtle::{Choice, ConstantTimeEq};

use super::offer::Offer;
use crate::config::{Credential, Fingerprint, Proof};

/// Shorter than this, nothing is long and random: it opens nothing, whatever its hash.
const LEAST_BYTES: usize = 16;

/// What is compared: hashes, and where they come from.
pub(super) struct Offered<'o> {
    offer: &'o Offer<'o>,
    user: Fingerprint,
    secret: Fingerprint,
    long: bool,
}

impl<'o> Offered<'o> {
    pub(super) fn of(offer: &'o Offer<'o>) -> Self {
        let (user, secret) = match offer {
            Offer::Token { token, .. } => ("", *token),
            Offer::Basic { user, password } => (user.as_str(), password.as_str()),
            Offer::Nothing | Offer::Unclear => ("", ""),
        };
        let long = secret.len() >= LEAST_BYTES;
        Self { offer, user: Fingerprint::of(user), secret: Fingerprint::of(secret), long }
    }

    /// Whether any of these is what is offered.
    pub(super) fn opens<'c>(&self, credentials: impl Iterator<Item = &'c Credential>) -> bool {
        let any = credentials.fold(Choice::from(0), |any, credential| any | self.fits(&credential.proof));
        bool::from(any) && self.long
    }

    fn fits(&self, proof: &Proof) -> Choice {
        let never = Choice::from(0);
        match (proof, self.offer) {
            (Proof::Bearer(hash), Offer::Token { header: "authorization", bearer: true, .. }) => {
                same(*hash, self.secret)
            }
            (Proof::Header(name, hash), Offer::Token { header, .. }) if name == header => same(*hash, self.secret),
            (Proof::Basic(user, hash), Offer::Basic { .. }) => same(*user, self.user) & same(*hash, self.secret),
            _ => never,
        }
    }

    /// Whether this is the user name that is offered.
    pub(super) fn is_by(&self, user: Fingerprint) -> Choice {
        same(user, self.user)
    }
}

/// In constant time.
fn same(one: Fingerprint, other: Fingerprint) -> Choice {
    one.0.ct_eq(&other.0)
}

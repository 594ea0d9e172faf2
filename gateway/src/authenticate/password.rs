//! Passwords that people choose: a slow hash, and as few of them as can be.
//!
//! A slow hash stops a worker, and every request in it, for its time. So an address that has failed too often is not
//! listened to; a password that was right is known again by a quick hash, under a key that only this proxy has; and for
//! one directory there are only so many slow hashes a minute, for whoever comes with a new password. Somebody who asks for
//! a directory that does not exist, or has no such password, waits as long as somebody who guesses wrong.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::Door;
use super::compare::Offered;
use crate::config::{Fingerprint, Proof, RateLimit, SlowHash};
use crate::error::ScimError;
use crate::exchange::{Locker, World};
use crate::throttle::{self, too_many};

/// New passwords for one directory; ten at once, then one every ten seconds.
const SLOW_HASHES: RateLimit = RateLimit { interval: 10_000_000_000, burst: 10 };
/// Passwords known again, and counters of new ones.
const SLOTS: u32 = 1024;

impl Door<'_> {
    /// Whether this user has this password.
    ///
    /// # Errors
    /// 429 for an address that is locked out, and for too many passwords that are new.
    pub(super) async fn knows(
        &self,
        offered: &Offered<'_>,
        user: &str,
        password: &str,
        now: u64,
    ) -> Result<bool, ScimError> {
        let chosen: Vec<_> = self
            .credentials(now)
            .filter_map(|c| match &c.proof {
                Proof::Chosen(user, hash) => Some((*user, hash)),
                _ => None,
            })
            .collect();
        let Some(pretence) = &self.config.pretence else { return Ok(false) };
        self.refuse_locked_out().await?;
        let quick = quick(&process_key(self.world).await, &chosen, user, password);
        let locker = Locker::of(self.id, "passwords", SLOTS, &[user]);
        let known = locker.load(self.world).await.is_some_and(|kept| kept.ct_eq(&quick).into());
        if known && !chosen.is_empty() {
            return Ok(true);
        }
        self.pay(chosen.is_empty()).await?;
        let right = is_any(&chosen, pretence, offered, password);
        if right {
            locker.save(self.world, &quick).await;
        }
        Ok(right)
    }

    /// Where there is nothing to protect it is the address that pays.
    async fn pay(&self, nothing: bool) -> Result<(), ScimError> {
        let locker = if nothing {
            Locker::of_everyone("pretences", SLOTS, &[&self.source().await])
        } else {
            Locker::of(self.id, "checks", SLOTS, &[])
        };
        let paid = throttle::take(self.world, &locker, SLOW_HASHES).await;
        paid.map_err(|wait| too_many(wait, "too many passwords were tried for this directory; please try again later"))
    }
}

/// All of them are tried, and at least one.
fn is_any(chosen: &[(Fingerprint, &SlowHash)], pretence: &SlowHash, offered: &Offered<'_>, password: &str) -> bool {
    if chosen.is_empty() {
        let _ = derived(pretence, password);
    }
    let fits =
        |(user, hash): &(Fingerprint, &SlowHash)| offered.is_by(*user) & derived(hash, password).ct_eq(&hash.hash);
    chosen.iter().fold(Choice::from(0), |any, one| any | fits(one)).into()
}

fn derived(slow: &SlowHash, password: &str) -> [u8; 32] {
    let mut key = [0; 32];
    // The only error is a key length that HMAC cannot have, and there is none: the key stays zeros, which is no hash.
    let _ = pbkdf2::pbkdf2::<Hmac<Sha256>>(password.as_bytes(), &slow.salt, slow.iterations, &mut key);
    key
}

/// Bound to the hashes as they are now: a password that was replaced is not known again.
fn quick(key: &[u8], chosen: &[(Fingerprint, &SlowHash)], user: &str, password: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for (name, slow) in chosen {
        mac.update(&name.0);
        mac.update(&slow.hash);
    }
    mac.update(user.as_bytes());
    mac.update(b":");
    mac.update(password.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Made by whoever needs it first, known to all workers, and gone with the proxy.
async fn process_key(world: &World) -> Vec<u8> {
    let locker = Locker::of_everyone("key", 1, &[]);
    if let Some(key) = locker.load(world).await {
        return key;
    }
    let fresh = world.random().await;
    let keep = |kept: Option<&[u8]>| {
        let key = kept.unwrap_or(&fresh).to_vec();
        (key.clone(), key)
    };
    locker.update(world, keep).await
}

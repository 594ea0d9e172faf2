//! Failed authentications, by directory and address. From a number of them on, the address has to wait, longer each
//! time (NIST SP 800-63B section 5.2.2 wants no more than 100 in a row).
//!
//! Who has the right token is let in all the same: nobody guesses 256 random bits, and so nobody who shares an address
//! with others (a NAT, or Okta's, which all of Okta's customers share) can be shut out by them. A password that somebody
//! has chosen can be guessed; there, an address that is locked out is not even listened to.

use std::net::Ipv6Addr;

use super::SECOND;
use crate::config::{DirectoryId, LockoutWire};
use crate::exchange::{Locker, World};

/// The failures of one address at one directory.
pub(crate) struct Lockout<'r> {
    rules: &'r LockoutWire,
    locker: Locker,
}

/// What is kept of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Failures {
    count: u32,
    /// Until then nobody gets a further try, nanoseconds since 1970; in the past where nobody is locked out.
    until: u64,
}

impl<'r> Lockout<'r> {
    /// Whether or not there is a directory of this name.
    pub(crate) fn of(rules: &'r LockoutWire, directory: &DirectoryId, source: &str) -> Self {
        Self { rules, locker: Locker::of(directory, "failures", rules.slots, &[source]) }
    }

    /// How many nanoseconds the address still has to wait.
    pub(crate) async fn wait(&self, world: &World) -> Option<u64> {
        let kept = self.locker.load(world).await?;
        Failures::read(&kept).wait(world.now().await)
    }

    /// One more failure; how long the address has to wait now.
    pub(crate) async fn failed(&self, world: &World) -> Option<u64> {
        if self.rules.failures == 0 {
            return None;
        }
        let now = world.now().await;
        let one_more = |kept: Option<&[u8]>| {
            let failures = kept.map(Failures::read).unwrap_or_default().one_more(now, self.rules);
            (failures.written(), failures.wait(now))
        };
        self.locker.update(world, one_more).await
    }
}

impl Failures {
    fn wait(self, now: u64) -> Option<u64> {
        self.until.checked_sub(now).filter(|wait| *wait > 0)
    }

    /// While it waits, nothing is counted: a provider with an old token is not shut out for ever.
    fn one_more(self, now: u64, rules: &LockoutWire) -> Self {
        let longest = u64::from(rules.max_seconds) * SECOND;
        // A clock that was set back.
        let until = self.until.min(now.saturating_add(longest));
        if until > now {
            return Self { until, ..self };
        }
        let forgotten = now.saturating_sub(until) > longest;
        let count = if forgotten { 1 } else { self.count.saturating_add(1) };
        let doubled = count.checked_sub(rules.failures).map(|beyond| {
            let wait = u64::from(rules.seconds) * SECOND;
            wait.saturating_mul(1_u64.checked_shl(beyond).unwrap_or(u64::MAX)).min(longest)
        });
        Self { count, until: now + doubled.unwrap_or_default() }
    }

    fn read(bytes: &[u8]) -> Self {
        let number = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        let count = number(0).and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
        Self { count, until: number(8).unwrap_or_default() }
    }

    fn written(self) -> Vec<u8> {
        [u64::from(self.count).to_le_bytes(), self.until.to_le_bytes()].concat()
    }
}

/// An address without its port. Of IPv6 the network: everybody has 2^64 addresses in it.
pub(crate) fn source(address: &str) -> String {
    let bare = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => address.rsplit_once(':').map_or(address, |(host, _)| host),
    };
    match bare.parse::<Ipv6Addr>() {
        Ok(v6) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::")
        }
        _ => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: LockoutWire = LockoutWire { failures: 3, seconds: 30, max_seconds: 100, slots: 8 };

    #[test]
    fn each_failure_beyond_the_number_doubles_the_wait() {
        let mut failures = Failures::default();
        let mut fail = |second: u64| {
            failures = Failures::read(&failures.one_more(second * SECOND, &RULES).written());
            failures.wait(second * SECOND).unwrap_or_default() / SECOND
        };
        assert_eq!([1000, 1000, 1000].map(&mut fail), [0, 0, 30]);
        assert_eq!([1010, 1029].map(&mut fail), [20, 1], "not counted");
        assert_eq!([1031, 1100, 1180].map(&mut fail), [60, 100, 20]);
    }

    #[test]
    fn failures_are_forgotten() {
        let failures = Failures { count: 50, until: 1000 * SECOND };
        assert_eq!(failures.one_more(1101 * SECOND, &RULES).count, 1);
        assert_eq!(failures.one_more(1100 * SECOND, &RULES).count, 51);
    }

    #[test]
    fn an_address_has_no_port_and_a_network_is_one_address() {
        let cases = [
            ("192.0.2.1:40123", "192.0.2.1"),
            ("[2001:db8:1:2:3:4:5:6]:40123", "2001:db8:1:2::"),
            ("[2001:db8:1:2:ffff::9]:1", "2001:db8:1:2::"),
            ("[::ffff:192.0.2.1]:40123", "::ffff:192.0.2.1"),
            ("", ""),
        ];
        for (address, wanted) in cases {
            assert_eq!(source(address), wanted);
        }
    }
}

//! The customers' connections and how they are: when they last asked, when that last went well, what has failed.

use serde_json::{Value, json};

use crate::config::{Directory, DirectoryId};
use crate::exchange::{Answer, Locker, World};
use crate::gateway::Gateway;
use crate::request::RequestHead;

/// More customers than this are looked for, not looked through.
const SHOWN: usize = 100;
/// Two directories can share a slot; then the one that asked last is known, and the other looks as if it never had.
const SLOTS: u32 = 4096;

/// How a directory is. Times are milliseconds since 1970.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Health {
    last_request: u64,
    /// Never, when zero.
    last_success: u64,
    last_status: u64,
    /// In a row: the service was at fault, or could not be reached.
    failures: u64,
    /// Requests with no or a wrong credential, since the last one with a right one.
    unauthorized: u64,
}

/// A directory was asked for; `entered` when with a right credential.
pub(super) async fn note(world: &World, directory: &DirectoryId, (at, status): (u64, u16), entered: bool) {
    let one_more = |kept: Option<&[u8]>| {
        let health = kept.and_then(Health::read).unwrap_or_default();
        (health.after(at, status.into(), entered).written(), ())
    };
    locker(directory).update(world, one_more).await;
}

impl Health {
    fn after(self, at: u64, status: u64, entered: bool) -> Self {
        Self {
            last_request: at,
            last_success: if status < 400 { at } else { self.last_success },
            last_status: status,
            failures: if status >= 500 { self.failures + 1 } else { 0 },
            unauthorized: if entered { 0 } else { self.unauthorized + 1 },
        }
    }

    fn written(self) -> Vec<u8> {
        let Self { last_request, last_success, last_status, failures, unauthorized } = self;
        format!("{last_request} {last_success} {last_status} {failures} {unauthorized}").into_bytes()
    }

    fn read(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut numbers = text.split(' ').map_while(|number| number.parse().ok());
        let mut next = || numbers.next();
        Some(Self {
            last_request: next()?,
            last_success: next()?,
            last_status: next()?,
            failures: next()?,
            unauthorized: next()?,
        })
    }

    fn shown(self) -> Value {
        json!({
            "last_request": self.last_request,
            "last_success": (self.last_success > 0).then_some(self.last_success),
            "last_status": self.last_status,
            "failures": self.failures,
            "unauthorized": self.unauthorized,
        })
    }
}

/// The first hundred directories whose id or tenant has these letters in it.
pub(super) async fn found(gateway: &Gateway, world: &World, head: &RequestHead, find: &str) -> Answer {
    let find = find.to_ascii_lowercase();
    let fits = |text: &str| text.to_ascii_lowercase().contains(&find);
    let all = gateway.config.directories.by_name().into_iter().filter(|d| fits(&d.id) || fits(&d.tenant));
    let (mut shown, mut total) = (Vec::new(), 0);
    for directory in all {
        total += 1;
        if shown.len() < SHOWN {
            shown.push(described(world, directory, gateway.config.url(head, Some(directory))).await);
        }
    }
    let found = json!({"total": total, "directories": shown});
    super::page::json(usher_json::write(&found))
}

async fn described(world: &World, directory: &Directory, url: String) -> Value {
    let health = locker(&directory.id).load(world).await.and_then(|text| Health::read(&text));
    json!({
        "id": &*directory.id,
        "tenant": directory.tenant,
        "product": directory.product,
        "provider": directory.provider,
        "base_url": url,
        "health": health.map(Health::shown),
    })
}

fn locker(directory: &DirectoryId) -> Locker {
    Locker::of(directory, "console/directory", SLOTS, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_read_as_it_was_written() {
        let health = Health::default().after(5, 200, true).after(6, 503, true).after(7, 401, false);
        assert_eq!(health, Health { last_request: 7, last_success: 5, last_status: 401, failures: 0, unauthorized: 1 });
        assert_eq!(Health::read(&health.written()), Some(health));
        assert_eq!(Health::read(b"1 2"), None);
    }
}

//! Hashes of a record: its version for the provider, and its state for event ids.
//!
//! Maps are ordered by key, so the text of a resource is canonical and every replica computes the same hash.

use std::hash::Hasher as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use super::{Record, Resource};

/// The weak entity tag of a resource (RFC 7644 section 3.14): a hash of all but `meta`. It tells versions apart and keeps
/// no secret, so a short hash will do; it is a fixed one, so that every replica computes the same.
pub fn etag(resource: &Resource) -> String {
    let mut hash = SipHasher13::new();
    for entry in resource.text().entries() {
        match &*entry.name {
            "meta" => {}
            "members" => name_members(&mut hash, resource.get("members")),
            _ => hash.write(entry.whole.as_bytes()),
        }
    }
    let hash = hash.finish128().as_u128().to_le_bytes();
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(hash.get(..12).unwrap_or_default()))
}

/// The set of ids: a service may list members in any order.
fn name_members(hash: &mut SipHasher13, members: Option<&Value>) {
    let members = members.and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<&str> = members.filter_map(|m| m.get("value")?.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        hash.write(&u64::try_from(id.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.write(id.as_bytes());
    }
}

/// What distinguishes this state of the record from every earlier and later one: the service's version, else a hash
/// of the resource. `meta.lastModified` is in it and always grows, so deactivate, reactivate, deactivate are three
/// states. Members are not in it: their number must not matter.
///
/// A service with its own shape may keep neither. Then nothing tells the first deactivation from the second, and two
/// deliveries of one change are better than none of the second: the time stands for the state.
pub fn state_of(record: &Record, time: &str) -> String {
    match (&record.version, record.recalled) {
        // Off, on, off through two proxies, and the first one still remembers the state before: the same change of the
        // same version, but not the same operation. A service that drops repetitions would drop it, with a 2xx.
        (Some(version), Some(until)) => return format!("{version}@{until}"),
        (Some(version), None) => return version.clone(),
        (None, _) => {}
    }
    if record.resource.get("meta").and_then(|meta| meta.get("lastModified")).is_none() {
        return time.to_owned();
    }
    URL_SAFE_NO_PAD.encode(Sha256::digest(record.as_group()))
}

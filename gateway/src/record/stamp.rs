//! Hashes of a record: its version for the provider, and its state for event ids.
//!
//! Maps are ordered by key, so the text of a resource is canonical and every replica computes the same hash.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Record;

/// The weak entity tag of a resource (RFC 7644 section 3.14): a hash of all but `meta`.
pub fn etag(resource: &Map<String, Value>) -> String {
    let mut text = Vec::with_capacity(1024);
    for (name, value) in resource.iter().filter(|(name, _)| *name != "meta") {
        text.extend_from_slice(name.as_bytes());
        match value {
            Value::Array(members) if name == "members" => name_members(&mut text, members),
            value => usher_json::append(&mut text, value),
        }
    }
    let hash = Sha256::digest(text);
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(hash.get(..12).unwrap_or_default()))
}

/// The set of ids: a service may list members in any order.
fn name_members(text: &mut Vec<u8>, members: &[Value]) {
    let ids: BTreeSet<&str> = members.iter().filter_map(|m| m.get("value")?.as_str()).collect();
    ids.iter().for_each(|id| text.extend_from_slice(format!("{}:{id}", id.len()).as_bytes()));
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

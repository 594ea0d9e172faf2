//! The last few hundred exchanges, in a ring of slots that all workers share.

use serde_json::{Map, Value, json};

use super::masked::{sentence, words};
use crate::config::Console;
use crate::error::ScimError;
use crate::exchange::{Answer, Locker, Tally, World};
use crate::request::RequestHead;

/// Of a header that anybody may write anything into.
const HEADER_CHARS: usize = 80;
const PATH_CHARS: usize = 200;

/// Keep an exchange, in the place of the oldest.
pub(super) async fn add(world: &World, console: &Console, mut exchange: Map<String, Value>) {
    let one_more = |seen: Option<&[u8]>| (next(seen).to_string().into_bytes(), next(seen));
    let number = last().update(world, one_more).await;
    exchange.insert("number".to_owned(), number.into());
    slot(console, number).save(world, &usher_json::write_object(&exchange)).await;
}

/// An exchange as the page shows it. The path is without the query, which has names and addresses in it; `at` is in
/// milliseconds since 1970, `took` in microseconds.
pub(super) fn described(
    console: &Console,
    (head, path): (&RequestHead, &str),
    directory: Option<&str>,
    answer: &Answer,
    tally: Tally,
    (began, ended): (u64, u64),
) -> Map<String, Value> {
    let told = |name: &str| head.one(name).ok().flatten().map(|text| cut(text, HEADER_CHARS));
    let path = cut(path, PATH_CHARS);
    let account = &answer.account;
    let described = [
        ("at", (began / 1_000_000).into()),
        ("took", (ended.saturating_sub(began) / 1_000).into()),
        ("directory", directory.into()),
        ("method", told(":method").into()),
        ("path", if console.personal_data { path.into() } else { words(path).into() }),
        ("operation", account.operation.into()),
        ("status", answer.status.into()),
        ("outcome", account.outcome.word().into()),
        ("events", tally.events.into_iter().map(|(name, times)| json!([name, times])).collect()),
        ("calls", tally.calls.into()),
        ("failure", answer.failure.as_ref().map(|error| failure(error, console.personal_data)).into()),
        ("request_id", told("x-request-id").into()),
        ("agent", told("user-agent").into()),
    ];
    described.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why it was refused.
fn failure(error: &ScimError, personal_data: bool) -> Value {
    let reason = match (personal_data, error.told_by_service) {
        (true, _) => error.reason.clone(),
        (false, false) => sentence(&error.reason),
        (false, true) => "the user service said why (hidden: `personal_data` is off)".to_owned(),
    };
    let at = if personal_data { error.at.clone() } else { sentence(&error.at) };
    json!({"scim_type": error.kind.scim_type(), "at": at, "reason": reason})
}

/// Those after this number, oldest first.
pub(super) async fn since(world: &World, console: &Console, after: &str) -> Answer {
    let last = last().load(world).await.map_or(0, |seen| number(&seen));
    // A page that was left open while the proxy was restarted counts from before.
    let after = after.parse().ok().filter(|after| *after <= last).unwrap_or(0);
    let first = after.max(last.saturating_sub(console.exchanges)) + 1;
    let mut found: Vec<String> = Vec::new();
    for number in first..=last {
        found.extend(slot(console, number).load(world).await.and_then(|text| String::from_utf8(text).ok()));
    }
    let (kept, found) = (console.exchanges, found.join(","));
    super::page::json(format!("{{\"last\":{last},\"kept\":{kept},\"exchanges\":[{found}]}}").into_bytes())
}

/// The number of the last one.
fn last() -> Locker {
    Locker::of_everyone("console/next", 1, &[])
}

fn slot(console: &Console, number: u64) -> Locker {
    Locker::in_ring("console/exchange", number.checked_rem(console.exchanges).unwrap_or_default())
}

fn next(seen: Option<&[u8]>) -> u64 {
    seen.map_or(0, number).saturating_add(1)
}

fn number(text: &[u8]) -> u64 {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

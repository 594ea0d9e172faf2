//! What a password costs that somebody has chosen: PBKDF2 in the module, when it is first seen, when it is remembered, and
//! when it is wrong.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::client::Client;
use crate::compare::Bench;
use crate::proxy::Proxy;
use crate::table::{Row, micros};

/// `okta:a password that somebody chose` and `okta:another password that is wrong`.
const RIGHT: &str = "b2t0YTphIHBhc3N3b3JkIHRoYXQgc29tZWJvZHkgY2hvc2U=";
const WRONG: &str = "b2t0YTphbm90aGVyIHBhc3N3b3JkIHRoYXQgaXMgd3Jvbmc=";
const SALT: &str = "73616c74206f66207468652062656e6368";
/// Rounds, and what the right password becomes with this salt.
const HASHES: [(u32, &str); 3] = [
    (10_000, "325ea806f04b5ae5f3dcf4db834ff6bf53d23c9136c3246329db0dc9d999956b"),
    (100_000, "9df8ad0e51cceb359be40305e434e16568d53c72e1d655380b2325c3c69105bc"),
    (600_000, "2b418561d2fa0fdab46594bbbb2994c7458b631f25983fa2af57ff3ff922a014"),
];
const QUICK: &str = "bb5a3c3229416787572ed5af0146e2991e429d35df7e9aabe8c9de0a38044344";
/// Each pays for itself, and each has its own count of passwords that were tried.
const DIRECTORIES: usize = 9;

pub(crate) fn passwords(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let usher = configured(bench, &json!({"username": "okta", "sha256": QUICK}))?;
    rows.push(Row::new("password with `sha256`", micros(nanos(&times(&usher, RIGHT, 200)?))));
    for (iterations, hash) in HASHES {
        let slow = json!({"iterations": iterations, "salt": SALT, "hash": hash});
        let usher = configured(bench, &json!({"username": "okta", "pbkdf2": slow}))?;
        // The first of all finds a module that V8 has not optimised yet.
        let first = times(&usher, RIGHT, 200)?;
        let cold = first.get(1..).unwrap_or_default();
        let kinds = [
            ("first seen", nanos(cold)),
            ("remembered", nanos(&times(&usher, RIGHT, 200)?)),
            ("wrong", nanos(&times(&usher, WRONG, 401)?)),
        ];
        let name = |what| format!("password with `pbkdf2`, {iterations} iterations, {what}");
        rows.extend(kinds.map(|(what, nanos)| Row::new(name(what), micros(nanos))));
    }
    Ok(rows)
}

fn configured(bench: &Bench<'_>, basic: &Value) -> Result<Proxy> {
    Proxy::usher(bench.upstream.port, |configuration| {
        let one = |i| json!({"id": format!("d{i}"), "credentials": [{"basic": basic}]});
        configuration["directories"] = (0..DIRECTORIES).map(one).collect();
    })
}

/// One request to each directory, which asks the service nothing.
fn times(usher: &Proxy, pair: &str, wanted: u16) -> Result<Vec<Duration>> {
    let one = |i| {
        let request = format!(
            "GET /scim/v2/d{i}/ServiceProviderConfig HTTP/1.1\r\nhost: bench\r\nauthorization: Basic {pair}\r\n\r\n"
        );
        let mut client = Client::connect(usher.port())?;
        let begin = Instant::now();
        let (status, _) = client.ask(request.as_bytes())?;
        ensure!(status == wanted, "{status} instead of {wanted}");
        Ok(begin.elapsed())
    };
    (0..DIRECTORIES).map(one).collect()
}

/// The one in the middle.
fn nanos(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_nanos() as f64)
}

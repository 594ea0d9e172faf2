//! A working day in short: people come, change, are looked for and go, with a body now and then that is much too large.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{MIB, Memory, bounded, send, tell, warmed};
use crate::stack::{ACME, GLOBEX, Options, ScimClient, Stack};

const CLIENTS: usize = 4;
/// Between one person and the next, of each client.
const PACE: Duration = Duration::from_millis(250);
/// How often it is looked at.
const LOOKS: u32 = 10;
/// What the second half may add: as much as a single answer of a service may have.
const MOST: f64 = 4.0 * MIB;

/// For so long.
pub fn soak(lasting: Duration) -> Result<bool> {
    println!("{} minutes of work by {CLIENTS} clients:", lasting.as_secs() / 60);
    let stack = Stack::start(Options::default())?;
    drop(warmed(&stack)?);
    let (end, requests) = (Instant::now() + lasting, AtomicUsize::new(0));
    let mut seen = vec![Memory::settled(&stack)?];
    tell("at the start", seen[0]);
    std::thread::scope(|scope| -> Result<()> {
        let (stack, requests) = (&stack, &requests);
        let clients: Vec<_> =
            (0..CLIENTS).map(|number| scope.spawn(move || work(stack, number, end, requests))).collect();
        for look in 1..=LOOKS {
            std::thread::sleep(lasting / LOOKS);
            let (now, sent) = (Memory::of(stack)?, requests.load(Ordering::Relaxed));
            tell(&format!("after {} s, {sent} requests", (lasting * look / LOOKS).as_secs()), now);
            seen.push(now);
        }
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| anyhow::anyhow!("a client panicked"))?)
    })?;
    let (half, last) = (seen[seen.len() / 2], seen[seen.len() - 1]);
    Ok(bounded("the second half added", last.resident - half.resident, MOST))
}

fn work(stack: &Stack, number: usize, end: Instant, requests: &AtomicUsize) -> Result<()> {
    let mut client = stack.client(if number.is_multiple_of(2) { &ACME } else { &GLOBEX })?;
    for person in 0.. {
        let begin = Instant::now();
        if begin > end {
            break;
        }
        live(&mut client, &format!("soak-{number}-{person}@example.test"), person % 20 == 0)?;
        requests.fetch_add(5 + usize::from(person % 20 == 0), Ordering::Relaxed);
        std::thread::sleep(PACE.saturating_sub(begin.elapsed()));
    }
    Ok(())
}

/// One of them, from the first day to the last.
fn live(client: &mut ScimClient, name: &str, too_large: bool) -> Result<()> {
    let user = json!({"userName": name, "name": {"givenName": "Ada", "familyName": "Lovelace"}, "active": true,
                      "emails": [{"value": name, "type": "work", "primary": true}]});
    let made = send(client, "POST", "/Users", Some(user.clone()))?;
    ensure!(made.status == 201, "{made:?}");
    let path = format!("/Users/{}", made.body["id"].as_str().unwrap_or_default());
    let off = json!({"Operations": [{"op": "replace", "path": "active", "value": false}]});
    let mut steps: Vec<(&str, String, Option<Value>, u16)> = vec![
        ("GET", format!("/Users?filter=userName%20eq%20%22{name}%22"), None, 200),
        ("PATCH", path.clone(), Some(off), 200),
        ("PUT", path.clone(), Some(user), 200),
        ("DELETE", path, None, 204),
    ];
    if too_large {
        steps.push(("POST", "/Users".into(), Some(json!({"userName": "a".repeat(900_000)})), 400));
    }
    for (method, path, body, status) in steps {
        let answer = send(client, method, &path, body)?;
        ensure!(answer.status == status, "{method} {path}: {}", answer.status);
    }
    Ok(())
}

//! Requests of all customers at once, some of them broken off: nothing of one gets into another's answer. `make
//! interleaved` sends 200,000 of them.

use std::io::Write;
use std::net::TcpStream;

use super::customers::{customers, request, stack_with, user};
use super::*;

const THREADS: usize = 16;

/// How many, in all: a few, unless somebody wishes for more.
fn wanted() -> usize {
    std::env::var("USHER_INTERLEAVED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_600)
}

#[test]
fn what_is_asked_side_by_side_stays_apart() {
    let stack = stack_with(json!({"lockout": {"failures": 0}}), Vec::new());
    let mut client = stack.client(&ACME).unwrap();
    let all = customers();
    let ids: Vec<String> = all
        .iter()
        .map(|customer| {
            let body = user(&format!("canary-{}@example.test", customer.id));
            id(&client.send(&request(customer, customer.id, "POST", "/Users", Some(body))).unwrap())
        })
        .collect();
    let threads = if wanted() > 10_000 { 64 } else { THREADS };
    std::thread::scope(|scope| {
        for seed in 0..threads {
            let (stack, ids) = (&stack, &ids);
            scope.spawn(move || talk(stack, ids, seed, wanted() / threads));
        }
    });
}

fn talk(stack: &Stack, ids: &[String], seed: usize, count: usize) {
    let mut client = stack.client(&ACME).unwrap();
    let all = customers();
    let mut drawn = seed as u64 + 1;
    for _ in 0..count {
        // Xorshift: the same for the same thread, and good enough to mix.
        drawn ^= drawn << 13;
        drawn ^= drawn >> 7;
        drawn ^= drawn << 17;
        let [who, whose] = [drawn, drawn >> 8].map(|number| (number % 8) as usize);
        if drawn.is_multiple_of(11) {
            break_off(stack, all[who].id, &all[who].header);
            continue;
        }
        let own = drawn.is_multiple_of(2);
        let id = if own { &ids[who] } else { &ids[whose] };
        let answer = client.send(&request(&all[who], all[who].id, "GET", &format!("/Users/{id}"), None)).unwrap();
        if *id == ids[who] {
            assert_eq!(answer.body["userName"], format!("canary-{}@example.test", all[who].id));
        } else {
            assert_eq!(answer.status, 404);
            assert!(!answer.body.to_string().contains("canary"), "{answer:?}");
        }
    }
}

/// A request whose client goes away, with or without its end.
fn break_off(stack: &Stack, directory: &str, (name, value): &(&str, String)) {
    let mut connection = TcpStream::connect(("127.0.0.1", stack.ports.scim)).unwrap();
    let head = format!("GET /scim/v2/{directory}/Users HTTP/1.1\r\nhost: localhost\r\n{name}: {value}\r\n\r\n");
    connection.write_all(head.as_bytes()).unwrap();
}

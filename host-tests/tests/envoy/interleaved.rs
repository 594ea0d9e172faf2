//! Requests of all customers at once, some of them broken off: nothing of one gets into another's answer or events. `make
//! interleaved` sends 200,000 of them.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::customers::{Customer, customers, request, stack_with, user};
use super::*;

const THREADS: usize = 16;

/// How many, in all: a few, unless somebody wishes for more.
fn wanted() -> usize {
    std::env::var("USHER_INTERLEAVED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_600)
}

/// What was asked, and what was broken off.
#[derive(Default)]
struct Count {
    own: AtomicUsize,
    foreign: AtomicUsize,
    lists: AtomicUsize,
    changes: AtomicUsize,
    overtaken: AtomicUsize,
    broken_off: AtomicUsize,
}

#[test]
fn what_is_asked_side_by_side_stays_apart() {
    let mut stack = stack_with(json!({"lockout": {"failures": 0}}), Vec::new());
    let mut client = stack.client(&ACME).unwrap();
    let ids: Vec<String> = customers()
        .iter()
        .map(|customer| {
            let body = user(&format!("canary-{}@example.test", customer.id));
            id(&client.send(&request(customer, customer.id, "POST", "/Users", Some(body))).unwrap())
        })
        .collect();
    let threads = if wanted() > 10_000 { 64 } else { THREADS };
    let count = Count::default();
    std::thread::scope(|scope| {
        for seed in 0..threads {
            let (stack, ids, count) = (&stack, &ids, &count);
            scope.spawn(move || talk(stack, ids, seed, wanted() / threads, count));
        }
    });
    let said = [&count.own, &count.foreign, &count.lists, &count.changes, &count.broken_off];
    let [own, foreign, lists, changes, broken_off] = said.map(|count| count.load(Ordering::Relaxed));
    let overtaken = count.overtaken.load(Ordering::Relaxed);
    println!(
        "{own} of their own, {foreign} of others, {lists} lists, {changes} changes and {overtaken} overtaken ones, \
         {broken_off} broken off"
    );
    assert!([own, foreign, lists, changes, broken_off].iter().all(|count| *count > 0));
    events_are_apart(&mut stack, changes);
}

fn talk(stack: &Stack, ids: &[String], seed: usize, count: usize, counts: &Count) {
    let mut client = stack.client(&ACME).unwrap();
    let all = customers();
    let mut drawn = seed as u64 + 1;
    for number in 0..count {
        // Xorshift: the same for the same thread, and good enough to mix.
        drawn ^= drawn << 13;
        drawn ^= drawn >> 7;
        drawn ^= drawn << 17;
        let [who, whose] = [drawn, drawn >> 8].map(|number| (number % 8) as usize);
        let mark = format!("canary-{}@example.test", all[who].id);
        let mut ask = |method: &str, path: &str, body: Option<Value>| {
            client.send(&request(&all[who], all[who].id, method, path, body)).unwrap()
        };
        let counted = match (drawn >> 16) % 16 {
            0 => {
                break_off(stack, &all[who], drawn.is_multiple_of(2));
                &counts.broken_off
            }
            1 => {
                let title = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
                    {"op": "replace", "path": "title", "value": format!("{} {seed}-{number}", all[who].id)}]});
                let answer = ask("PATCH", &format!("/Users/{}", ids[who]), Some(title));
                match answer.status {
                    200 => {
                        assert_eq!(answer.body["userName"], mark, "{answer:?}");
                        &counts.changes
                    }
                    // Others are changing the same user.
                    412 => &counts.overtaken,
                    _ => panic!("{answer:?}"),
                }
            }
            2 | 3 => {
                let answer = ask("GET", "/Users", None);
                assert_eq!((answer.status, &answer.body["totalResults"]), (200, &json!(1)), "{answer:?}");
                assert_eq!(answer.body["Resources"][0]["userName"], mark);
                &counts.lists
            }
            kind if kind < 10 || who == whose => {
                assert_eq!(ask("GET", &format!("/Users/{}", ids[who]), None).body["userName"], mark);
                &counts.own
            }
            _ => {
                let answer = ask("GET", &format!("/Users/{}", ids[whose]), None);
                assert!(answer.status == 404 && !answer.body.to_string().contains("canary"), "{answer:?}");
                &counts.foreign
            }
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

/// Each title names the customer who set it.
fn events_are_apart(stack: &mut Stack, changes: usize) {
    let events = stack.events().unwrap();
    let updated: Vec<_> = events.iter().filter(|event| event["event"] == "user.updated").collect();
    assert_eq!(updated.len(), changes);
    for event in updated {
        let directory = event["directory_id"].as_str().unwrap();
        let title = event["data"]["raw"]["title"].as_str().unwrap();
        assert_eq!(title.split_once(' ').unwrap().0, directory, "{event}");
        assert_eq!(event["data"]["raw"]["userName"], format!("canary-{directory}@example.test"));
    }
}

/// A request whose client goes away before its answer, or before its end.
fn break_off(stack: &Stack, customer: &Customer, whole: bool) {
    let mut connection = TcpStream::connect(("127.0.0.1", stack.ports.scim)).unwrap();
    let (directory, (name, value)) = (customer.id, &customer.header);
    let text = format!(
        "POST /scim/v2/{directory}/.search HTTP/1.1\r\nhost: localhost\r\n{name}: {value}\r\ncontent-type: \
         application/scim+json\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    connection.write_all(&text.as_bytes()[..text.len() - usize::from(!whole)]).unwrap();
}

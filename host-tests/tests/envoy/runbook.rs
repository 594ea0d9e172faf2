//! docs/runbook.md: each error that it explains is brought about, and says what the page says it says.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use usher_host_tests::stack::{repository, without_filter};

use super::accounts::line_of;
use super::*;

/// An error as a provider and an operator see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    status: u64,
    detail: String,
    details: String,
    outcome: String,
}

#[test]
fn every_error_of_the_runbook_is_what_it_says() {
    let mut seen = Vec::new();
    let stack = Stack::start(Options { edits: vec![without_filter()], ..Options::default() }).unwrap();
    seen.push(look(&stack, &ask(&mut stack.client(&ACME).unwrap(), "GET", "/Users")));
    drop(stack);
    let mut stack = Stack::start(Options { edits: vec![configure(small())], ..Options::default() }).unwrap();
    seen.extend(requests_at_fault(&stack));
    seen.extend(services_at_fault(&mut stack));

    let told = sections();
    for seen in &seen {
        let heading = heading(seen);
        let text = told.get(&heading).unwrap_or_else(|| panic!("docs/runbook.md has no `### {heading}`, {seen:?}"));
        for word in [&seen.details, &seen.outcome] {
            assert!(text.contains(&format!("`{word}`")), "`### {heading}` does not name `{word}`");
        }
    }
    let headings: Vec<_> = seen.iter().map(heading).collect();
    for heading in told.keys() {
        assert!(headings.contains(heading), "nothing brings about `### {heading}`");
    }
    assert!(told.len() >= 20, "{}", told.len());
}

fn heading(seen: &Seen) -> String {
    numberless(&format!("{}: {}", seen.status, seen.detail))
}

/// The page has the usual limits, and this test has small ones.
fn numberless(text: &str) -> String {
    let (status, rest) = text.split_once(':').unwrap();
    let mut digits = false;
    let kept = rest.chars().filter_map(|letter| {
        let again = digits && letter.is_ascii_digit();
        digits = letter.is_ascii_digit();
        (!again).then_some(if digits { '#' } else { letter })
    });
    format!("{status}:{}", kept.collect::<String>())
}

/// What is so large otherwise that it would take long to reach.
fn small() -> Value {
    let mut configuration = plugin_configuration().unwrap();
    configuration["limits"] = json!({"scan_records": 2, "page_size": 2, "operations": 3, "body_bytes": 4096});
    configuration["user_service"]["timeout_ms"] = json!(500);
    configuration["directories"][0]["unknown_members"] = json!("refuse");
    configuration["directories"][1]["strict"] = json!(true);
    configuration["lockout"] = json!({"failures": 3});
    let credentials = configuration["directories"][0]["credentials"].clone();
    let closed = json!({"id": "closed", "state": "deactivated", "credentials": credentials});
    let busy =
        json!({"id": "busy", "rate_limit": {"requests_per_second": 0.01, "burst": 1}, "credentials": credentials});
    configuration["directories"].as_array_mut().unwrap().extend([closed, busy]);
    configuration
}

fn look(stack: &Stack, answer: &Answer) -> Seen {
    let line = line_of(stack, answer);
    let text = |key: &str| line[key].as_str().unwrap_or("-").to_owned();
    let detail = answer.body["detail"].as_str().unwrap_or_else(|| panic!("no detail in {answer:?}")).to_owned();
    Seen { status: answer.status.into(), detail, details: text("details"), outcome: text("outcome") }
}

fn requests_at_fault(stack: &Stack) -> Vec<Seen> {
    let mut client = stack.client(&ACME).unwrap();
    let mut globex = stack.client(&GLOBEX).unwrap();
    let mut stranger = ScimClient::new(ACME.base(&stack.url()), "wrong", &stack.file("events.jsonl")).unwrap();
    let mut elsewhere =
        ScimClient::new(format!("{}/scim", stack.url()), ACME.token, &stack.file("events.jsonl")).unwrap();
    let ada = id(&create(&mut client, "ada@acme.test"));
    for name in ["bob@acme.test", "cy@acme.test"] {
        create(&mut client, name);
    }
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Engineers"});
    tell(&mut client, "POST", "/Groups", group.clone());
    let with_stranger = json!({"schemas": group["schemas"], "displayName": "Others", "members": [{"value": "nobody"}]});
    let at_ada = format!("/Users/{ada}");
    let user = |more: Value| {
        let mut user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "dee@acme.test"});
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user
    };
    let raw = |headers: &[(&str, &str)], text: &str| Request {
        method: "POST".into(),
        path: "/Users".into(),
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        text: Some(text.into()),
        ..Request::default()
    };
    let json = ("content-type", "application/scim+json");
    let set = |path: &str| operation(json!({"op": "replace", "path": path, "value": "x"}));
    let answers = [
        ask(&mut stranger, "GET", "/Users"),
        ask(&mut elsewhere, "GET", "/Users"),
        create(&mut client, "ada@acme.test"),
        tell(&mut client, "POST", "/Groups", group),
        ask(&mut client, "GET", "/Users/01a20000-0000-7000-8000-000000000000"),
        tell(&mut client, "PATCH", &at_ada, set("shoeSize")),
        tell(&mut client, "PATCH", &at_ada, set("id")),
        tell(&mut client, "PATCH", &at_ada, set("emails[type eq \"home\"].value")),
        tell(&mut client, "POST", "/Users", user(json!({"name": "Dee"}))),
        tell(&mut client, "POST", "/Users", json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]})),
        tell(&mut globex, "POST", "/Users", user(json!({"shoeSize": 40}))),
        client.send(&raw(&[json], "{\"userName\": ")).unwrap(),
        client.send(&raw(&[("content-type", "text/plain")], "{}")).unwrap(),
        client.send(&raw(&[json], &" ".repeat(5000))).unwrap(),
        tell(&mut client, "PATCH", &at_ada, operations(4)),
        ask(&mut client, "GET", "/Users?filter=userName%20is%20%22ada%22"),
        ask(&mut client, "GET", "/Users?filter=title%20eq%20%22Boss%22"),
        ask(&mut client, "PUT", "/Users"),
        tell(&mut client, "POST", "/Groups", with_stranger),
        ask(&mut client, "GET", "/Me"),
    ];
    let mut seen: Vec<_> = answers.iter().map(|answer| look(stack, answer)).collect();
    seen.extend(strangers_and_the_busy(stack));
    seen
}

/// The last answer of each is the one that is meant.
fn strangers_and_the_busy(stack: &Stack) -> Vec<Seen> {
    let meant = [("closed", ACME.token, 1), ("busy", ACME.token, 2), ("globex", "wrong", 4)];
    let last = meant.map(|(directory, token, times)| {
        let base = format!("{}/scim/v2/{directory}", stack.url());
        let mut client = ScimClient::new(base, token, &stack.file("events.jsonl")).unwrap();
        (0..times).map(|_| ask(&mut client, "GET", "/Users")).last().unwrap()
    });
    last.iter().map(|answer| look(stack, answer)).collect()
}

fn operation(one: Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [one]})
}

fn operations(count: usize) -> Value {
    let one = json!({"op": "replace", "path": "title", "value": "x"});
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": vec![one; count]})
}

fn services_at_fault(stack: &mut Stack) -> Vec<Seen> {
    let mut client = stack.client(&ACME).unwrap();
    let listed = ask(&mut client, "GET", "/Users?filter=userName%20eq%20%22ada%40acme.test%22");
    let ada = listed.body["Resources"][0]["id"].as_str().unwrap().to_owned();
    let record = format!("{}/provisioning/users/{ada}?directory=acme", stack.service_url());
    let record = ureq::get(&record).call().unwrap().body_mut().read_to_string().unwrap();
    let at_ada = format!("/Users/{ada}");
    stack.kill_service();
    let mut seen = vec![look(stack, &create(&mut client, "eve@acme.test"))];
    let answers = [
        ("500 Oops", "", ""),
        ("401 Unauthorized", "", ""),
        ("422 Unprocessable", "{\"detail\": \"no more seats in this plan\"}", ""),
        ("429 Too Many Requests", "", "retry-after: 7\r\n"),
        ("412 Precondition Failed", "", ""),
        ("", "", ""),
    ];
    for (status, body, header) in answers {
        let service = Service::start(
            stack.ports.service,
            record.clone(),
            format!("HTTP/1.1 {status}\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()),
            status.is_empty(),
        );
        seen.push(look(stack, &tell(&mut client, "PATCH", &at_ada, deactivation())));
        drop(service);
    }
    seen
}

/// A user service with one record, and one answer to every delivery; or none at all.
struct Service {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    port: u16,
}

impl Service {
    fn start(port: u16, record: String, answer: String, silent: bool) -> Service {
        let over = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&over);
        let listener = eventually("the port is free", || TcpListener::bind(("127.0.0.1", port)).ok());
        let read = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{record}",
            record.len()
        );
        let thread = std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                if ending.load(Ordering::Relaxed) {
                    break;
                }
                kept.extend(serve(stream, &read, &answer, silent));
            }
        });
        Service { over, thread: Some(thread), port }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        self.thread.take().map(JoinHandle::join);
    }
}

/// A connection that is to stay open without an answer is given back.
fn serve(mut stream: TcpStream, read: &str, write: &str, silent: bool) -> Option<TcpStream> {
    let mut input = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    while input.read_line(&mut head).ok()? > 2 {
        let last = head.lines().last().unwrap_or_default().to_lowercase();
        length = last.strip_prefix("content-length:").and_then(|text| text.trim().parse().ok()).unwrap_or(length);
    }
    input.read_exact(&mut vec![0; length]).ok()?;
    let delivery = head.starts_with("POST");
    if delivery && silent {
        return Some(stream);
    }
    stream.write_all(if delivery { write } else { read }.as_bytes()).ok()?;
    None
}

/// By heading: what stands below it.
fn sections() -> BTreeMap<String, String> {
    let page = std::fs::read_to_string(repository().join("docs/runbook.md")).unwrap();
    let sections = page.split("\n### ").skip(1).filter_map(|rest| rest.split_once('\n'));
    sections.map(|(heading, text)| (numberless(heading), text.split("\n## ").next().unwrap().to_owned())).collect()
}

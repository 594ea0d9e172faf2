//! The console: who sees it, what it shows, and what it never shows. How it is used is in `browser-tests`.

use usher_host_tests::stack::lay_over;

use super::*;

const TOKEN: &str = "the-console-has-a-token-of-its-own";
/// `printf %s "$TOKEN" | sha256sum`
const SHA256: &str = "0208dab59b8fe9a0c10b8509369a625994eecfa7ce1a8cec0265986435727731";

fn with_console(console: Value) -> Stack {
    let mut configuration = plugin_configuration().unwrap();
    lay_over(configuration.as_object_mut().unwrap(), json!({"console": console}).as_object().unwrap());
    Stack::start(Options { edits: vec![configure(configuration)], ..Options::default() }).unwrap()
}

/// Somebody who looks, with this token.
fn watcher(stack: &Stack, token: &str) -> ScimClient {
    ScimClient::new(format!("{}/usher", stack.url()), token, &stack.file("events.jsonl")).unwrap()
}

fn exchanges(watcher: &mut ScimClient, after: u64) -> Vec<Value> {
    let seen = ask(watcher, "GET", &format!("/exchanges?after={after}"));
    assert_eq!(seen.status, 200);
    seen.body["exchanges"].as_array().unwrap().clone()
}

fn last(watcher: &mut ScimClient) -> u64 {
    ask(watcher, "GET", "/exchanges").body["last"].as_u64().unwrap()
}

/// On one stack, since each takes its time to start.
#[test]
fn the_console_shows_what_happens_to_those_who_may_look() {
    let stack = with_console(json!({"sha256": SHA256}));
    strangers_see_nothing(&stack);
    the_page_is_one_document_that_nothing_can_be_smuggled_into(&stack);
    an_exchange_is_shown_with_its_events(&stack);
    nobody_is_named(&stack);
    directories_are_shown_as_they_are(&stack);
    every_worker_writes_into_the_same_ring(&stack);
}

#[test]
fn there_is_no_console_unless_it_is_configured() {
    let stack = start();
    assert_eq!(ask(&mut watcher(&stack, TOKEN), "GET", "").status, 404);
}

#[test]
fn the_ring_holds_as_many_as_it_is_told_and_personal_data_when_it_is_told() {
    let stack = with_console(json!({"sha256": SHA256, "exchanges": 5, "personal_data": true}));
    let mut client = stack.client(&ACME).unwrap();
    (0..9).for_each(|_| drop(create(&mut client, "ada@acme.test")));
    let kept = exchanges(&mut watcher(&stack, TOKEN), 0);
    assert_eq!(kept.len(), 5);
    assert!(kept[4]["failure"]["reason"].as_str().unwrap().contains("ada@acme.test"), "{}", kept[4]);
}

fn strangers_see_nothing(stack: &Stack) {
    for token in ["", "wrong", ACME.token] {
        for path in ["", "/", "/exchanges", "/directories", "/nowhere"] {
            let answer = ask(&mut watcher(stack, token), "GET", path);
            assert_eq!(answer.status, 401, "{path}");
            assert!(answer.header("www-authenticate").unwrap().starts_with("Basic "));
            assert!(!answer.body.to_string().contains("acme"), "{path}");
        }
    }
    let mut client = ScimClient::new(ACME.base(&stack.url()), TOKEN, &stack.file("events.jsonl")).unwrap();
    assert_eq!(ask(&mut client, "GET", "/Users").status, 401, "the console's token opens no directory");
}

fn the_page_is_one_document_that_nothing_can_be_smuggled_into(stack: &Stack) {
    let page = ask(&mut watcher(stack, TOKEN), "GET", "");
    assert_eq!((page.status, page.header("content-encoding")), (200, Some("gzip")));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(tell(&mut watcher(stack, TOKEN), "POST", "/exchanges", json!({})).status, 405);
    assert_eq!(ask(&mut watcher(stack, TOKEN), "GET", "/nowhere").status, 404);
}

fn an_exchange_is_shown_with_its_events(stack: &Stack) {
    let mut watcher = watcher(stack, TOKEN);
    let before = last(&mut watcher);
    let answer = create(&mut stack.client(&ACME).unwrap(), "ada@acme.test");
    let seen = exchanges(&mut watcher, before);
    assert_eq!(seen.len(), 1, "looking is not an exchange: {seen:?}");
    let shown = ["directory", "operation", "status", "outcome", "events", "method", "path", "calls"];
    let shown: Vec<&Value> = shown.iter().map(|key| &seen[0][key]).collect();
    let created = json!(["acme", "create_user", 201, "accepted", [["user.created", 1]], "POST", "Users", 1]);
    assert_eq!(json!(shown), created);
    assert_eq!(seen[0]["request_id"].as_str(), answer.header("x-request-id"));
}

/// What people are called, what they type into filters, and what opens doors.
fn nobody_is_named(stack: &Stack) {
    let mut client = stack.client(&ACME).unwrap();
    create(&mut client, "grace@acme.test");
    create(&mut client, "grace@acme.test");
    ask(&mut client, "GET", "/Users?filter=userName%20eq%20%22grace%40acme.test%22");
    ask(&mut client, "GET", "/Users/grace@acme.test");
    ask(&mut client, "GET", "/Users?filter=active%20eq%20%22Hopper%22");
    let seen = json!(exchanges(&mut watcher(stack, TOKEN), 0)).to_string();
    for secret in ["grace", "Hopper", ACME.token, TOKEN, "Bearer"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    assert!(seen.contains("hidden") && seen.contains("active"), "{seen}");
}

fn directories_are_shown_as_they_are(stack: &Stack) {
    let mut stranger = ScimClient::new(GLOBEX.base(&stack.url()), "wrong", &stack.file("events.jsonl")).unwrap();
    (0..3).for_each(|_| assert_eq!(ask(&mut stranger, "GET", "/Users").status, 401));
    ask(&mut stack.client(&ACME).unwrap(), "GET", "/Users");
    let shown = ask(&mut watcher(stack, TOKEN), "GET", "/directories").body;
    assert_eq!(shown["total"], 2);
    let (acme, globex) = (&shown["directories"][0], &shown["directories"][1]);
    assert_eq!(acme["base_url"], ACME.base(&stack.url()));
    assert_eq!((&acme["health"]["last_status"], &acme["health"]["unauthorized"]), (&json!(200), &json!(0)));
    assert_eq!((&globex["provider"], &globex["health"]["unauthorized"]), (&json!("entra"), &json!(3)));
    assert_eq!(ask(&mut watcher(stack, TOKEN), "GET", "/directories?find=GLOB").body["total"], 1);
}

/// Each connection stays with one worker; sixteen of them meet both.
fn every_worker_writes_into_the_same_ring(stack: &Stack) {
    let mut watcher = watcher(stack, TOKEN);
    let before = last(&mut watcher);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let mut client = stack.client(&ACME).unwrap();
                (0..10).for_each(|_| drop(ask(&mut client, "GET", "/Users?count=1")));
            });
        }
    });
    let numbers: Vec<u64> = exchanges(&mut watcher, before).iter().map(|x| x["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (before + 1..=before + 160).collect::<Vec<_>>());
}

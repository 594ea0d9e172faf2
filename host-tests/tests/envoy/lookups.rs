//! Directories that the user service is asked for: found, changed, revoked, and found while the service is away.

use std::time::Instant;

use super::customers::hash;
use super::*;

const TOKEN: &str = "initech-token-that-nobody-guesses";
const OTHER: &str = "initech-token-that-comes-after-it";
const FORGET: &str = "the-user-service-says-forget-it";

fn start_with(ttl: u64) -> Stack {
    let mut configuration = plugin_configuration().unwrap();
    configuration["directory_lookup"] = json!({"ttl_seconds": ttl, "negative_ttl_seconds": 600, "stale_seconds": 600, "forget": {"sha256": hash(FORGET)}});
    Stack::start(Options { edits: vec![configure(configuration)], ..Options::default() }).unwrap()
}

fn write(stack: &Stack, more: Value) {
    let folder = stack.file("directories");
    std::fs::create_dir_all(&folder).unwrap();
    let mut directory =
        json!({"id": "initech", "tenant": "initech", "credentials": [{"bearer": {"sha256": hash(TOKEN)}}]});
    usher_host_tests::stack::lay_over(directory.as_object_mut().unwrap(), more.as_object().unwrap());
    std::fs::write(folder.join("initech.json"), directory.to_string()).unwrap();
}

fn status(stack: &Stack, directory: &str, token: &str) -> u16 {
    let mut client = stack.client(&ACME).unwrap();
    let request = Request {
        method: "GET".into(),
        path: "/Users".into(),
        base: Some(format!("/scim/v2/{directory}")),
        headers: [("authorization".to_owned(), format!("Bearer {token}"))].into(),
        ..Request::default()
    };
    client.send(&request).unwrap().status
}

fn forget(stack: &Stack, token: &str) -> u16 {
    let mut client = stack.client(&ACME).unwrap();
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))].into();
    let base = Some("/usher-directories".to_owned());
    client
        .send(&Request { method: "DELETE".into(), path: "/initech".into(), base, headers, ..Request::default() })
        .unwrap()
        .status
}

/// Each request comes by a connection of its own, so that both workers are asked.
fn everywhere(stack: &Stack, token: &str, wanted: u16) {
    for _ in 0..20 {
        assert_eq!(status(stack, "initech", token), wanted);
    }
}

fn calls(stack: &Stack) -> u64 {
    let stats = stack.admin("/stats?filter=cluster.user-service.upstream_rq_total").unwrap();
    stats.lines().filter_map(|line| line.rsplit(": ").next()?.parse::<u64>().ok()).sum()
}

#[test]
fn a_directory_comes_changes_and_goes_when_the_service_says_so() {
    let mut stack = start_with(600);
    assert_eq!(status(&stack, "initech", TOKEN), 401);
    write(&stack, json!({}));
    assert_eq!(status(&stack, "initech", TOKEN), 401, "that there is none is remembered");
    assert_eq!((forget(&stack, "wrong"), forget(&stack, TOKEN)), (401, 401));
    assert_eq!(forget(&stack, FORGET), 204);
    everywhere(&stack, TOKEN, 200);
    assert_eq!((status(&stack, "initech", OTHER), status(&stack, "acme", ACME.token)), (401, 200));

    write(&stack, json!({"credentials": [{"bearer": {"sha256": hash(OTHER)}}]}));
    everywhere(&stack, TOKEN, 200);
    let revoked = Instant::now();
    assert_eq!(forget(&stack, FORGET), 204);
    everywhere(&stack, TOKEN, 401);
    eprintln!("revoked on all workers after {:?}", revoked.elapsed());
    everywhere(&stack, OTHER, 200);

    write(&stack, json!({"state": "deactivated", "credentials": [{"bearer": {"sha256": hash(OTHER)}}]}));
    forget(&stack, FORGET);
    everywhere(&stack, OTHER, 403);

    std::fs::remove_file(stack.file("directories").join("initech.json")).unwrap();
    forget(&stack, FORGET);
    everywhere(&stack, OTHER, 401);

    write(&stack, json!({"id": "globex"}));
    forget(&stack, FORGET);
    assert_eq!(status(&stack, "initech", TOKEN), 503, "another directory than the one that was asked for");
    assert!(stack.events().unwrap().is_empty());
}

#[test]
fn while_the_service_is_away_what_is_known_is_good_and_nobody_is_refused() {
    let mut stack = start_with(1);
    write(&stack, json!({}));
    assert_eq!(find(&stack, TOKEN), 200);
    std::thread::sleep(Duration::from_millis(1200));
    stack.kill_service();
    for _ in 0..5 {
        assert_eq!(find(&stack, TOKEN), 200, "old, and better than nothing");
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(find(&stack, OTHER), 401);
    assert_eq!(status(&stack, "nobody-knows", TOKEN), 503);
    assert_eq!(status(&stack, "acme", "wrong-wrong-wrong-wrong"), 401);
}

/// Discovery asks nothing more of the service.
fn find(stack: &Stack, token: &str) -> u16 {
    let mut client = stack.client(&ACME).unwrap();
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))].into();
    let base = Some("/scim/v2/initech".to_owned());
    let path = "/ServiceProviderConfig".to_owned();
    client.send(&Request { method: "GET".into(), path, base, headers, ..Request::default() }).unwrap().status
}

#[test]
fn made_up_names_do_not_reach_the_service_for_long() {
    let stack = start_with(600);
    write(&stack, json!({}));
    assert_eq!(find(&stack, TOKEN), 200);
    let before = calls(&stack);
    let answers: Vec<u16> = (0..200).map(|number| status(&stack, &format!("made-up-{number}"), TOKEN)).collect();
    assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
    let asked = calls(&stack) - before;
    let known = answers.iter().filter(|status| **status == 401).count() as u64;
    assert!(
        asked == known && answers.contains(&429) && answers[..19].iter().all(|status| *status == 401),
        "{answers:?}"
    );
    assert_eq!(find(&stack, TOKEN), 200, "who is known is served all the same");
    assert_eq!(calls(&stack) - before, asked);
}

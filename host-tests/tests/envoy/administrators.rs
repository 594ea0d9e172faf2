//! Two administrators at once. Different attributes: both win. The same attribute: the later one wins, and both are
//! answered truly. Two workers of a real Envoy, many rounds, on both databases.

use std::sync::Barrier;
use std::thread::scope;

use usher_host_tests::postgresql::{MISSING, Postgresql, installed};

use super::*;

const ROUNDS: usize = 25;

#[test]
fn nothing_of_two_at_once_is_lost() {
    let mut stack = start();
    everything(&stack);
    if !installed() {
        return eprintln!("{MISSING}");
    }
    let server = Postgresql::start().unwrap();
    stack.forget(Some(&server.empty().unwrap())).unwrap();
    everything(&stack);
    stack.stop();
}

/// The sample keeps records in shared data, so half of these changes begin with what a worker remembers.
fn everything(stack: &Stack) {
    let mut clients = [stack.client(&ACME).unwrap(), stack.client(&ACME).unwrap()];
    let mut service = stack.client(&ACME).unwrap();
    for round in 0..ROUNDS {
        let user = id(&create(&mut clients[0], &format!("user-{round}@acme.test")));
        service.events().unwrap();
        different_attributes_both_win(&mut clients, &mut service, &user);
        of_one_attribute_the_later_wins(&mut clients, &mut service, &user);
        with_if_match_one_wins(&mut clients, &mut service, &user);
        both_members_are_in(&mut clients, &mut service, round);
    }
}

/// Sends both at the same moment, each on a connection of its own.
fn at_once(clients: &mut [ScimClient; 2], requests: [Request; 2]) -> [Answer; 2] {
    let start = Barrier::new(2);
    let [one, other] = clients;
    let [first, second] = &requests;
    let send = |client: &mut ScimClient, request: &Request| {
        start.wait();
        client.send(request).unwrap()
    };
    scope(|scope| {
        let sent = scope.spawn(|| send(one, first));
        let also = send(other, second);
        [sent.join().unwrap(), also]
    })
}

fn set(user: &str, path: &str, value: &str) -> Request {
    patch(format!("/Users/{user}"), json!({"op": "replace", "path": path, "value": value}))
}

fn patch(path: String, operation: Value) -> Request {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    let body = json!({"schemas": schemas, "Operations": [operation]});
    Request { method: "PATCH".into(), path, body: Some(body), ..Request::default() }
}

fn different_attributes_both_win(clients: &mut [ScimClient; 2], service: &mut ScimClient, user: &str) {
    let answers = at_once(clients, [set(user, "title", "Countess"), set(user, "nickName", "Ada")]);
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 200], "{answers:?}");
    assert_eq!((&answers[0].body["title"], &answers[1].body["nickName"]), (&json!("Countess"), &json!("Ada")));
    let read = ask(service, "GET", &format!("/Users/{user}")).body;
    assert_eq!((&read["title"], &read["nickName"]), (&json!("Countess"), &json!("Ada")));
    let events = service.events().unwrap();
    let mut paths: Vec<_> = events.iter().flat_map(|e| e["changes"].as_array().unwrap()).map(|c| &c["path"]).collect();
    paths.sort_by_key(|path| path.to_string());
    assert_eq!(paths, ["nickName", "title"], "each once, and neither takes the other back");
    let last = &events.last().unwrap()["data"]["raw"];
    assert_eq!((&last["title"], &last["nickName"]), (&json!("Countess"), &json!("Ada")));
}

/// What each was told was so, for as long as it was; what each change says was there before was there before.
fn of_one_attribute_the_later_wins(clients: &mut [ScimClient; 2], service: &mut ScimClient, user: &str) {
    let answers = at_once(clients, [set(user, "title", "Queen"), set(user, "title", "King")]);
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 200], "{answers:?}");
    assert_eq!((&answers[0].body["title"], &answers[1].body["title"]), (&json!("Queen"), &json!("King")));
    let events = service.events().unwrap();
    let changes: Vec<_> = events.iter().map(|event| &event["changes"][0]).collect();
    assert_eq!((changes.len(), &changes[0]["previous"]), (2, &json!("Countess")));
    assert_eq!(changes[1]["previous"], changes[0]["value"]);
    let read = ask(service, "GET", &format!("/Users/{user}"));
    assert_eq!(read.body["title"], changes[1]["value"]);
    let later = answers.iter().find(|answer| answer.body["title"] == changes[1]["value"]).unwrap();
    assert_eq!(read.header("etag"), later.header("etag"));
}

fn with_if_match_one_wins(clients: &mut [ScimClient; 2], service: &mut ScimClient, user: &str) {
    let tag = ask(service, "GET", &format!("/Users/{user}")).header("etag").unwrap().to_owned();
    let requests = ["Pawn", "Rook"].map(|title| {
        let mut request = set(user, "title", title);
        request.headers.insert("if-match".into(), tag.clone());
        request
    });
    let answers = at_once(clients, requests);
    let mut statuses = answers.each_ref().map(|answer| answer.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{answers:?}");
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    assert_eq!(ask(service, "GET", &format!("/Users/{user}")).body["title"], winner.body["title"]);
    assert_eq!(service.events().unwrap().len(), 1);
}

fn both_members_are_in(clients: &mut [ScimClient; 2], service: &mut ScimClient, round: usize) {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    let made =
        tell(&mut clients[0], "POST", "/Groups", json!({"schemas": schemas, "displayName": format!("G{round}")}));
    let path = format!("/Groups/{}", id(&made));
    let join = |id: &str| patch(path.clone(), json!({"op": "add", "path": "members", "value": [{"value": id}]}));
    let answers = at_once(clients, [join("m1"), join("m2")]);
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 200], "{answers:?}");
    let read = ask(service, "GET", &path).body;
    let mut members: Vec<_> =
        read["members"].as_array().unwrap().iter().map(|m| m["value"].as_str().unwrap()).collect();
    members.sort_unstable();
    assert_eq!(members, ["m1", "m2"]);
    let names: Vec<_> = service.events().unwrap().iter().map(|event| event["event"].clone()).collect();
    assert_eq!(names, ["group.created", "group.user_added", "group.user_added"]);
}

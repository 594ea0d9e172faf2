//! The file of accepted events: all of them, only them, in order, to the letter.

use std::fs::{self, OpenOptions};
use std::path::Path;

use serde_json::{Value, json};

use crate::drive::*;

fn ids(file: &Path) -> Vec<String> {
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    fs::read_to_string(file).unwrap().lines().map(id).collect()
}

fn created(n: usize) -> Value {
    event(&format!("e{n}"), "user.created", user(&format!("u{n}"), &format!("name{n}")))
}

#[tokio::test]
async fn it_has_each_event_as_it_was_received() {
    let file = folder("received").join("events.jsonl");
    let service = Service::journaled(Some(&file)).await;
    let one = r#"{"time":"t","id":"e1", "event":"user.created","changes":[{"value":1.0}],"data":{"id":"u1"}}"#;
    let two = "{\"id\":\"e2\",\r\n\"event\":\"user.promoted\",\"text\":\"a\\nb\"}";
    assert_eq!(service.post("acme", &[], format!("[{one} , {two}]")).await.0, 204);
    let expected = format!("{one}\n{}\n", two.replace("\r\n", "  "));
    assert_eq!(fs::read_to_string(file).unwrap(), expected);
}

#[tokio::test]
async fn it_has_nothing_of_what_was_refused_and_nothing_twice() {
    let file = folder("refused").join("events.jsonl");
    let service = Service::journaled(Some(&file)).await;
    service.accept(json!([created(1), created(2)])).await;
    refused(service.deliver(json!([created(3), event("e4", "user.created", user("u4", "name1"))])).await, 409);
    let stale = [("usher-resource", "users/u1"), ("if-match", "0")];
    refused(service.post("acme", &stale, json!([created(5)]).to_string()).await, 412);
    service.accept(json!([created(2), created(6), created(6)])).await;
    service.accept(json!([])).await;
    assert_eq!(ids(&file), ["e1", "e2", "e6"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_order_is_that_of_the_commits() {
    let file = folder("order").join("events.jsonl");
    let service = Service::journaled(Some(&file)).await;
    let service = std::sync::Arc::new(service);
    let deliver = |n: usize| {
        let service = service.clone();
        tokio::spawn(async move { service.accept(json!([created(2 * n), created(2 * n + 1)])).await })
    };
    for delivery in (0..25).map(deliver).collect::<Vec<_>>() {
        delivery.await.unwrap();
    }
    let users = service.ids("users?directory=acme").await;
    let events = ids(&file).iter().map(|id| id.replace('e', "u")).collect::<Vec<_>>();
    assert_eq!(users.len(), 50);
    assert_eq!(events, users);
}

#[tokio::test]
async fn a_restart_goes_on_where_it_stopped() {
    let folder = folder("restart");
    let file = folder.join("events.jsonl");
    let database = database(&folder).await;
    Service::open(&database, Some(&file)).await.accept(json!([created(1)])).await;
    let service = Service::open(&database, Some(&file)).await;
    service.accept(json!([created(1), created(2)])).await;
    assert_eq!(ids(&file), ["e1", "e2"]);
    assert_eq!(service.ids("users?directory=acme").await, ["u1", "u2"]);
}

/// A full disk: the delivery is committed and cannot be written. It is not acknowledged, and not lost.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_could_not_be_written_is_written_later_and_once() {
    let folder = folder("full");
    let file = folder.join("events.jsonl");
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let database = database(&folder).await;
    let service = Service::open(&database, Some(&file)).await;
    refused(service.deliver(json!([created(1)])).await, 500);
    refused(service.deliver(json!([created(1)])).await, 500);
    drop(service);
    fs::remove_file(&file).unwrap();
    let service = Service::open(&database, Some(&file)).await;
    assert_eq!(ids(&file), ["e1"]);
    service.accept(json!([created(1), created(2)])).await;
    assert_eq!(ids(&file), ["e1", "e2"]);
}

#[tokio::test]
async fn emptied_from_outside_it_begins_again() {
    let file = folder("emptied").join("events.jsonl");
    let service = Service::journaled(Some(&file)).await;
    service.accept(json!([created(1)])).await;
    OpenOptions::new().write(true).truncate(true).open(&file).unwrap();
    service.accept(json!([created(2)])).await;
    assert_eq!(ids(&file), ["e2"]);
}

//! The write: what each event does, and what is refused.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::drive::*;

const ADA: &str = "users/u1?directory=acme";
const ENGINEERS: &str = "groups/g1?directory=acme";

async fn version(service: &Service, address: &str) -> String {
    service.read(address).await["version"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn updates_replace_the_record() {
    let service = staffed().await;
    service
        .accept(json!([event("e9", "user.updated", json!({ "id": "u1", "raw": { "userName": "lovelace" } }))]))
        .await;
    let ada = service.read(ADA).await;
    assert_eq!(ada["raw"], json!({ "userName": "lovelace" }));
    assert_eq!(ada.get("active"), None);
    assert_eq!(service.ids("users?directory=acme&user_name=ada").await, [""; 0]);
}

#[tokio::test]
async fn memberships_come_and_go() {
    let service = staffed().await;
    let renamed = group("g1", "Makers");
    service
        .accept(json!([
            event("e8", "group.user_added", member("u2", renamed.clone())),
            event("e9", "group.user_removed", member("u1", renamed)),
        ]))
        .await;
    let group = service.read(ENGINEERS).await;
    assert_eq!(group["members"], json!([{ "id": "u2", "name": "bob" }]));
    assert_eq!(group["name"], "Makers");
    assert_eq!(service.read(ADA).await["groups"], json!([]));
}

#[tokio::test]
async fn a_group_is_as_the_last_of_many_events_says() {
    let service = staffed().await;
    let before = version(&service, ENGINEERS).await;
    let joins = |id: &str, name: &str| event(id, "group.user_added", member(id, group("g1", name)));
    service.accept(json!([joins("u2", "Makers"), joins("u3", "Makers"), joins("u4", "Movers")])).await;
    let group = service.read(ENGINEERS).await;
    assert_eq!((&group["name"], group["members"].as_array().unwrap().len()), (&json!("Movers"), 4));
    assert_ne!(group["version"], before);
    service.accept(json!([joins("u5", "Movers")])).await;
    assert_ne!(group["version"], version(&service, ENGINEERS).await);
}

#[tokio::test]
async fn joining_twice_is_being_in_once() {
    let service = staffed().await;
    service.accept(json!([event("e9", "group.user_added", member("u1", group("g1", "Engineers")))])).await;
    assert_eq!(service.read(ENGINEERS).await["members"].as_array().unwrap().len(), 1);
}

/// `staffed`, and in `g1` a member that nobody has created: `u9`.
async fn expecting() -> Service {
    let service = staffed().await;
    service.accept(json!([event("m9", "group.user_added", member("u9", group("g1", "Engineers")))])).await;
    service
}

#[tokio::test]
async fn a_member_may_come_before_its_user() {
    let service = expecting().await;
    refused(service.get("users/u9?directory=acme").await, 404);
    let members = json!([{ "id": "u1", "name": "ada" }, { "id": "u9" }]);
    assert_eq!(service.read(ENGINEERS).await["members"], members);
    assert_eq!(service.read("groups?directory=acme&member=u9").await["items"][0]["members"], members);
    service.accept(json!([event("e9", "user.created", user("u9", "zoe"))])).await;
    let members = json!([{ "id": "u1", "name": "ada" }, { "id": "u9", "name": "zoe" }]);
    assert_eq!(service.read(ENGINEERS).await["members"], members);
    let groups = json!([{ "id": "g1", "name": "Engineers" }]);
    assert_eq!(service.read("users/u9?directory=acme").await["groups"], groups);
}

#[tokio::test]
async fn a_member_without_a_user_can_be_removed_or_deleted() {
    for (name, data) in
        [("group.user_removed", member("u9", group("g1", "Engineers"))), ("user.deleted", json!({ "id": "u9" }))]
    {
        let service = expecting().await;
        let before = version(&service, ENGINEERS).await;
        service.accept(json!([event("e9", name, data)])).await;
        let after = service.read(ENGINEERS).await;
        assert_eq!(after["members"], json!([{ "id": "u1", "name": "ada" }]), "{name}");
        assert_ne!(after["version"], before, "{name}");
    }
}

#[tokio::test]
async fn removing_who_is_no_member_changes_nothing() {
    let service = staffed().await;
    let before = (service.read(ENGINEERS).await, service.read("users/u2?directory=acme").await);
    for stranger in ["u2", "u9", "g1"] {
        let data = member(stranger, group("g1", "Engineers"));
        service.accept(json!([event(stranger, "group.user_removed", data)])).await;
    }
    assert_eq!((service.read(ENGINEERS).await, service.read("users/u2?directory=acme").await), before);
}

#[tokio::test]
async fn a_group_takes_its_unknown_members_along() {
    let service = expecting().await;
    service
        .accept(json!([
            event("e8", "group.deleted", json!({ "id": "g1" })),
            event("e9", "user.created", user("u9", "zoe")),
        ]))
        .await;
    assert_eq!(service.read("users/u9?directory=acme").await["groups"], json!([]));
}

#[tokio::test]
async fn a_user_and_a_group_may_have_the_same_id() {
    let service = staffed().await;
    service
        .accept(json!([
            event("e5", "group.created", group("u1", "Namesakes")),
            event("e6", "group.user_added", member("u1", group("u1", "Namesakes"))),
            event("e7", "group.user_added", member("u2", group("u1", "Namesakes"))),
        ]))
        .await;
    assert_eq!(service.ids("groups?directory=acme&member=u1").await, ["g1", "u1"]);
    service.accept(json!([event("e8", "user.deleted", json!({ "id": "u1" }))])).await;
    let members = json!([{ "id": "u2", "name": "bob" }]);
    assert_eq!(service.read("groups/u1?directory=acme").await["members"], members);
    service.accept(json!([event("e9", "group.deleted", json!({ "id": "u1" }))])).await;
    assert_eq!(service.read("users/u2?directory=acme").await["groups"], json!([]));
}

#[tokio::test]
async fn a_deleted_user_leaves_its_groups() {
    let service = staffed().await;
    let before = version(&service, ENGINEERS).await;
    service.accept(json!([event("e9", "user.deleted", json!({ "id": "u1" }))])).await;
    refused(service.get(ADA).await, 404);
    assert_eq!(service.read(ENGINEERS).await["members"], json!([]));
    assert_ne!(version(&service, ENGINEERS).await, before);
    service.accept(json!([event("e10", "user.created", user("u1", "ada"))])).await;
    assert_eq!(service.read(ADA).await["groups"], json!([]));
}

#[tokio::test]
async fn a_deleted_group_leaves_its_members() {
    let service = staffed().await;
    let before = version(&service, ADA).await;
    service.accept(json!([event("e9", "group.deleted", json!({ "id": "g1" }))])).await;
    refused(service.get(ENGINEERS).await, 404);
    assert_ne!(version(&service, ADA).await, before);
    assert_eq!(service.read(ADA).await["groups"], json!([]));
    service.accept(json!([event("e10", "group.created", group("g1", "Engineers"))])).await;
    assert_eq!(service.read(ENGINEERS).await["members"], json!([]));
}

#[tokio::test]
async fn forgetting_what_is_gone_is_no_error() {
    Service::new().await.accept(json!([event("e1", "user.deleted", json!({ "id": "u1" }))])).await;
}

#[tokio::test]
async fn unknown_events_are_accepted_and_change_nothing() {
    let service = staffed().await;
    let before = service.read(ADA).await;
    service.accept(json!([event("e9", "user.promoted", user("u1", "lovelace"))])).await;
    assert_eq!(service.read(ADA).await, before);
}

#[tokio::test]
async fn every_change_gives_a_new_version() {
    let service = staffed().await;
    for (id, name, data) in [
        ("e5", "group.updated", group("g1", "Engineers")),
        ("e6", "group.user_added", member("u1", group("g1", "Engineers"))),
        ("e7", "group.user_removed", member("u1", group("g1", "Engineers"))),
    ] {
        let before = version(&service, ENGINEERS).await;
        service.accept(json!([event(id, name, data)])).await;
        assert_ne!(version(&service, ENGINEERS).await, before, "{name}");
    }
    let before = version(&service, ADA).await;
    service.accept(json!([event("e8", "user.updated", user("u1", "ada"))])).await;
    assert_ne!(version(&service, ADA).await, before);
}

#[tokio::test]
async fn a_membership_is_a_change_of_the_user_too() {
    let service = staffed().await;
    let bob = "users/u2?directory=acme";
    let before = version(&service, bob).await;
    service.accept(json!([event("e9", "group.user_added", member("u2", group("g1", "Engineers")))])).await;
    assert_ne!(version(&service, bob).await, before);
}

#[tokio::test]
async fn if_match_lets_the_expected_version_pass() {
    let service = staffed().await;
    let version = version(&service, ENGINEERS).await;
    let events = json!([event("e9", "group.updated", group("g1", "Makers"))]);
    let headers = [("usher-resource", "groups/g1"), ("if-match", version.as_str())];
    assert_eq!(service.post("acme", &headers, events.to_string()).await.0, 204);
    assert_eq!(service.read(ENGINEERS).await["name"], "Makers");
}

#[tokio::test]
async fn if_match_stops_another_version() {
    let service = staffed().await;
    let old = version(&service, ADA).await;
    service.accept(json!([event("e8", "user.updated", user("u1", "ada"))])).await;
    let before = service.read(ADA).await;
    let events = json!([event("e9", "user.updated", user("u1", "lovelace"))]).to_string();
    let headers = [("usher-resource", "users/u1"), ("if-match", old.as_str())];
    refused(service.post("acme", &headers, events.clone()).await, 412);
    assert_eq!(service.read(ADA).await, before);
    for never in ["999", "", "*"] {
        let headers = [("usher-resource", "users/u1"), ("if-match", never)];
        refused(service.post("acme", &headers, events.clone()).await, 412);
    }
    // Nor is the event known now: delivered with the right version, it counts.
    let headers = [("usher-resource", "users/u1"), ("if-match", before["version"].as_str().unwrap())];
    assert_eq!(service.post("acme", &headers, events).await.0, 204);
    assert_eq!(service.read(ADA).await["raw"]["userName"], "lovelace");
}

#[tokio::test]
async fn if_match_stops_a_record_that_is_gone_or_elsewhere() {
    let service = staffed().await;
    let version = version(&service, ADA).await;
    let events = json!([event("e9", "user.created", user("u9", "carl"))]).to_string();
    let gone = [("usher-resource", "users/u3"), ("if-match", version.as_str())];
    refused(service.post("acme", &gone, events.clone()).await, 412);
    let elsewhere = [("usher-resource", "users/u1"), ("if-match", version.as_str())];
    refused(service.post("globex", &elsewhere, events.clone()).await, 412);
    refused(service.post("acme", &[("if-match", version.as_str())], events).await, 400);
}

#[tokio::test]
async fn a_second_delivery_of_the_same_events_changes_nothing() {
    let service = staffed().await;
    let headers = [("usher-resource", "users/u1"), ("if-match", &version(&service, ADA).await)];
    let events = json!([event("e9", "user.updated", user("u1", "lovelace"))]).to_string();
    assert_eq!(service.post("acme", &headers, events.clone()).await.0, 204);
    let before = service.read(ADA).await;
    assert_eq!(service.post("acme", &headers, events).await.0, 204);
    service.accept(staff()).await;
    assert_eq!(service.read(ADA).await, before);
}

#[tokio::test]
async fn only_the_new_events_of_a_delivery_are_applied() {
    let service = staffed().await;
    service.accept(json!([staff()[0], event("e9", "user.created", user("u3", "carl"))])).await;
    assert_eq!(service.ids("users?directory=acme").await, ["u1", "u2", "u3"]);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let service = staffed().await;
    for (name, data) in [
        ("user.updated", user("u9", "zoe")),
        ("group.updated", group("g9", "Nobody")),
        ("group.user_added", member("u1", group("g9", "Nobody"))),
        ("group.user_added", member("u9", group("g9", "Nobody"))),
        ("group.user_removed", member("u1", group("g9", "Nobody"))),
        ("group.user_removed", member("u9", group("g9", "Nobody"))),
        ("user.updated", user("g1", "not a user")),
    ] {
        refused(service.deliver(json!([event("e9", name, data)])).await, 404);
    }
}

#[tokio::test]
async fn what_is_taken_is_409() {
    let service = staffed().await;
    service.accept(json!([event("e5", "group.created", group("g2", "Émigrés"))])).await;
    for (name, data) in [
        ("user.created", user("u3", "ADA")),
        ("user.created", user("u1", "someone else")),
        ("user.updated", user("u2", "Ada")),
        ("group.created", group("g3", "ÉMIGRÉS")),
        ("group.created", group("g1", "Something else")),
        ("group.updated", group("g1", "émigrés")),
        ("group.user_added", member("u1", group("g1", "émigrés"))),
    ] {
        refused(service.deliver(json!([event("e9", name, data)])).await, 409);
    }
    assert_eq!(service.read("users?directory=acme").await["total"], 2);
    assert_eq!(service.read("groups?directory=acme").await["total"], 2);
}

#[tokio::test]
async fn a_name_is_free_for_itself_for_the_other_kind_and_after_a_deletion() {
    let service = staffed().await;
    service
        .accept(json!([
            event("e5", "user.updated", user("u1", "ADA")),
            event("e6", "user.created", user("u3", "engineers")),
            event("e7", "user.deleted", json!({ "id": "u2" })),
            event("e8", "user.created", user("u4", "bob")),
        ]))
        .await;
    assert_eq!(service.ids("users?directory=acme").await, ["u1", "u3", "u4"]);
}

#[tokio::test]
async fn what_is_no_array_of_events_is_400() {
    let service = Service::new().await;
    let no_data = json!([{ "id": "e1", "event": "user.created" }]);
    for body in [
        "".into(),
        "nonsense".into(),
        r#"[{"id": "e1", "#.into(),
        event("e1", "user.created", user("u1", "ada")).to_string(),
        json!(["e1"]).to_string(),
        json!([["e1", "user.created", user("u1", "ada")]]).to_string(),
        json!([{ "event": "user.created", "data": user("u1", "ada") }]).to_string(),
        json!([{ "id": "e1", "data": user("u1", "ada") }]).to_string(),
        no_data.to_string(),
        json!([event("e1", "user.created", Value::Null)]).to_string(),
        json!([event("e1", "user.created", json!(["u1"]))]).to_string(),
        json!([event("e1", "user.created", json!({ "raw": {} }))]).to_string(),
        json!([event("e1", "group.user_added", json!({ "id": "u1" }))]).to_string(),
    ] {
        refused(service.post("acme", &[], body).await, 400);
    }
    assert_eq!(service.read("users?directory=acme").await["total"], 0);
}

#[tokio::test]
async fn a_delivery_is_taken_whole_or_not_at_all() {
    let service = staffed().await;
    let good = event("e8", "user.created", user("u3", "carl"));
    for bad in [
        event("e9", "user.created", user("u4", "ada")),
        event("e9", "user.updated", user("u9", "zoe")),
        event("e9", "user.created", json!({})),
    ] {
        assert_ne!(service.deliver(json!([good, bad])).await.0, 204);
        assert_eq!(service.ids("users?directory=acme").await, ["u1", "u2"]);
    }
    service.accept(json!([good])).await;
    assert_eq!(service.ids("users?directory=acme").await, ["u1", "u2", "u3"]);
}

#[tokio::test]
async fn a_large_delivery_is_taken() {
    let service = Service::new().await;
    let mut data = user("u1", "ada");
    data["raw"]["photo"] = "x".repeat(3_000_000).into();
    service.accept(json!([event("e1", "user.created", data)])).await;
}

/// PostgreSQL has limits that SQLite has not. Answered as the service's own problem, it would be tried again for ever.
#[tokio::test]
async fn what_the_database_cannot_keep_is_the_senders_problem() {
    let service = staffed().await;
    let long: String = (1..1000_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    for (id, name) in [("u3", "a\0b"), ("u4", &long)] {
        let mut data = user(id, name);
        data["raw"]["emails"] = json!([{ "value": name }]);
        let (status, answer) = service.deliver(json!([event(id, "user.created", data)])).await;
        assert!([204, 400].contains(&status), "{status}: {answer}");
    }
    assert_ne!(service.get("users?directory=acme&user_name=%00").await.0, 500);
}

/// Fifty writers, each of whom reads between its writes: nobody hears that the database is locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_write_at_once() {
    let folder = folder("crowd");
    let service = Service::open(&database(&folder).await, Some(&folder.join("events.jsonl"))).await;
    service.accept(staff()).await;
    let service = Arc::new(service);
    let writer = |writer: usize| {
        let service = service.clone();
        tokio::spawn(async move {
            for turn in 0..5 {
                let id = format!("w{writer}-{turn}");
                let joins = member(&id, group("g1", "Engineers"));
                service
                    .accept(json!([
                        event(&format!("created-{id}"), "user.created", user(&id, &id)),
                        event(&format!("joins-{id}"), "group.user_added", joins),
                    ]))
                    .await;
                let written = service.read(&format!("users/{id}?directory=acme")).await;
                assert_eq!(written["groups"], json!([{ "id": "g1", "name": "Engineers" }]));
            }
        })
    };
    for writer in (0..50).map(writer).collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(service.read("users?directory=acme").await["total"], 2 + 250);
    assert_eq!(service.read(ENGINEERS).await["members"].as_array().unwrap().len(), 1 + 250);
}

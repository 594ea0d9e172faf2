//! Reading by id, and what every read has in common.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::drive::*;

#[tokio::test]
async fn a_record_is_given_back_as_it_was_stored() {
    let service = Service::new().await;
    let data = r#"{"id":"u1","first_name":"Ada","roles":[],"raw":{"userName":"ada","n":12345678901234567890123,"f":1.0,"z":1,"a":null}}"#;
    let body = format!(r#"[{{"id":"e1","event":"user.created","data":{data}}}]"#);
    assert_eq!(service.post("acme", &[], body).await.0, 204);
    let request = Request::get("/provisioning/users/u1?directory=acme").body(Body::empty()).unwrap();
    let (_, text) = service.text(request).await;
    assert!(text.contains(r#""raw":{"userName":"ada","n":12345678901234567890123,"f":1.0,"z":1,"a":null}"#), "{text}");
    let record = service.read("users/u1?directory=acme").await;
    assert_eq!((&record["first_name"], &record["roles"]), (&json!("Ada"), &json!([])));
}

#[tokio::test]
async fn groups_carry_members_and_users_carry_groups() {
    let service = staffed().await;
    let mut named = user("u2", "bob");
    named["raw"]["displayName"] = "Bob B".into();
    service
        .accept(json!([
            event("e8", "user.updated", named),
            event("e9", "group.user_added", member("u2", group("g1", "Engineers"))),
        ]))
        .await;
    let members = json!([{ "id": "u1", "name": "ada" }, { "id": "u2", "name": "Bob B" }]);
    let groups = json!([{ "id": "g1", "name": "Engineers" }]);
    assert_eq!(service.read("groups/g1?directory=acme").await["members"], members);
    assert_eq!(service.read("users/u2?directory=acme").await["groups"], groups);
    assert_eq!(service.read("groups?directory=acme").await["items"][0]["members"], members);
    assert_eq!(service.read("users?directory=acme").await["items"][1]["groups"], groups);
}

#[tokio::test]
async fn a_group_comes_with_the_named_users_where_they_are_wanted() {
    let service = staffed().await;
    let target = "groups/g1?directory=acme&members=u2,nobody,u1";
    let group = service.read(&format!("{target}&include=users")).await;
    let ids: Vec<_> = group["users"].as_array().unwrap().iter().map(|user| &user["id"]).collect();
    assert_eq!(ids, ["u1", "u2"], "members or not");
    assert_eq!(group["users"][0], service.read("users/u1?directory=acme").await);
    assert_eq!(group["members"], service.read("groups/g1?directory=acme").await["members"]);
    for less in [target, "groups/g1?directory=acme&include=users"] {
        assert_eq!(service.read(less).await.get("users"), None, "{less}");
    }
}

#[tokio::test]
async fn members_are_what_the_events_said_not_what_raw_says() {
    let service = staffed().await;
    let data =
        json!({ "id": "g2", "members": ["u2"], "raw": { "displayName": "Two", "members": [{ "value": "u2" }] } });
    service.accept(json!([event("e9", "group.created", data)])).await;
    assert_eq!(service.read("groups/g2?directory=acme").await["members"], json!([]));
}

#[tokio::test]
async fn versions_are_strings() {
    let service = staffed().await;
    for address in ["users/u1", "groups/g1"] {
        assert!(service.read(&format!("{address}?directory=acme")).await["version"].is_string());
    }
    assert!(service.read("users?directory=acme").await["items"][0]["version"].is_string());
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let service = staffed().await;
    for address in ["users/u9", "groups/g9", "users/g1", "groups/u1", "roles/u1", "users/u1/groups"] {
        refused(service.get(&format!("{address}?directory=acme")).await, 404);
    }
}

#[tokio::test]
async fn no_call_goes_without_a_directory() {
    let service = staffed().await;
    for address in ["users", "groups", "users/u1", "groups/g1", "users?directory=", "users?directory=acme&directory=x"]
    {
        refused(service.get(address).await, 400);
    }
    let post = Request::post("/provisioning/events").body(staff().to_string().into()).unwrap();
    refused(service.send(post).await, 400);
}

#[tokio::test]
async fn directories_know_nothing_of_each_other() {
    let service = staffed().await;
    for address in ["users/u1", "groups/g1"] {
        refused(service.get(&format!("{address}?directory=globex")).await, 404);
    }
    for search in ["users?", "groups?", "users?user_name=ada&", "users?ids=u1&", "groups?member=u1&"] {
        assert_eq!(service.read(&format!("{search}directory=globex")).await["total"], 0, "{search}");
    }
    let events = json!([event("e9", "user.updated", user("u1", "eve"))]).to_string();
    refused(service.post("globex", &[], events).await, 404);
}

#[tokio::test]
async fn directories_may_use_the_same_ids_names_and_event_ids() {
    let service = staffed().await;
    assert_eq!(service.post("globex", &[], staff().to_string()).await.0, 204);
    let before = [service.read("users/u1?directory=acme").await, service.read("groups/g1?directory=acme").await];
    let events = json!([
        event("e8", "user.deleted", json!({ "id": "u1" })),
        event("e9", "group.deleted", json!({ "id": "g1" })),
    ]);
    assert_eq!(service.post("globex", &[], events.to_string()).await.0, 204);
    assert_eq!([service.read("users/u1?directory=acme").await, service.read("groups/g1?directory=acme").await], before);
    assert_eq!(service.ids("groups?directory=acme&member=u1").await, ["g1"]);
    assert_eq!(service.ids("users?directory=globex").await, ["u2"]);
}

#[tokio::test]
async fn it_says_that_it_is_well() {
    let request = Request::get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(Service::new().await.send(request).await.0, 200);
}

#[tokio::test]
async fn other_types_are_kept_under_their_name() {
    let service = staffed().await;
    let role = |name: &str| json!({ "id": "r1", "raw": { "displayName": name, "externalId": "x1" } });
    service.accept(json!([event("e8", "role.created", role("Admin"))])).await;
    let mut record = service.read("roles/r1?directory=acme").await;
    assert_eq!((&record["raw"]["displayName"], record.get("members")), (&json!("Admin"), None));
    let headers = [("usher-resource", "roles/r1"), ("if-match", record["version"].as_str().unwrap())];
    let update = json!([event("e9", "role.updated", role("Owner"))]).to_string();
    assert_eq!(service.post("acme", &headers, update.clone()).await.0, 204);
    refused(service.post("acme", &headers, update.replace("e9", "e10")).await, 412);
    record = service.read("roles?directory=acme&display_name=owner&external_id=x1&ids=r1").await;
    assert_eq!((&record["total"], &record["items"][0]["id"]), (&json!(1), &json!("r1")));
    service.accept(json!([event("e11", "role.deleted", role("Owner"))])).await;
    refused(service.get("roles/r1?directory=acme").await, 404);
    assert_eq!(service.read("roles?directory=acme").await["total"], 0);
}

//! Lists: each look-up, all of them together, and pages.

use serde_json::{Value, json};

use crate::drive::*;

/// Three users and three groups that differ in all that can be looked up.
async fn varied() -> Service {
    let service = Service::new().await;
    let person = |id: &str, name: &str, external: &str, display: &str, emails: Value| {
        let raw = json!({ "userName": name, "externalId": external, "displayName": display, "emails": emails });
        event(&format!("e-{id}"), "user.created", json!({ "id": id, "raw": raw }))
    };
    let team = |id: &str, external: &str, display: &str| {
        let raw = json!({ "externalId": external, "displayName": display });
        event(&format!("e-{id}"), "group.created", json!({ "id": id, "raw": raw }))
    };
    let joins = |id: &str, user: &str, group: Value| event(id, "group.user_added", member(user, group));
    service
        .accept(json!([
            person(
                "u1",
                "Ada@acme.test",
                "X1",
                "Ada L",
                json!([{ "value": "Ada@Work.test" }, { "value": "ada@home.test" }])
            ),
            person("u2", "Ölaf@acme.test", "x1", "Same", json!([{ "type": "work" }])),
            person("u3", "carl@acme.test", "X3", "SAME", json!([{ "value": "ada@home.test" }])),
            team("g1", "X1", "Ärzte"),
            team("g2", "x1", "Makers"),
            team("g3", "X3", "Idle"),
            joins("m1", "u1", json!({ "id": "g1", "raw": { "externalId": "X1", "displayName": "Ärzte" } })),
            joins("m2", "u1", group("g2", "Makers")),
            joins("m3", "u2", group("g2", "Makers")),
        ]))
        .await;
    service
}

async fn finds(service: &Service, search: &str, expected: &[&str]) {
    let separator = if search.contains('?') { '&' } else { '?' };
    let address = format!("{search}{separator}directory=acme");
    assert_eq!(service.ids(&address).await, expected, "{search}");
    assert_eq!(service.read(&address).await["total"], expected.len(), "{search}");
}

#[tokio::test]
async fn users_are_found_by_each_parameter() {
    let service = varied().await;
    for (search, expected) in [
        ("users", &["u1", "u2", "u3"][..]),
        ("users?user_name=ADA@ACME.TEST", &["u1"]),
        ("users?user_name=%C3%96LAF@acme.test", &["u2"]),
        ("users?user_name=ada", &[]),
        ("users?external_id=X1", &["u1"]),
        ("users?external_id=x1", &["u2"]),
        ("users?email=ada@work.TEST", &["u1"]),
        ("users?email=ada@home.test", &["u1", "u3"]),
        ("users?email=nobody@home.test", &[]),
        ("users?display_name=same", &["u2", "u3"]),
        ("users?ids=u3,u1,u9", &["u1", "u3"]),
        ("users?ids=", &[]),
        ("users?ids=g1", &[]),
        ("users?unheard=of", &["u1", "u2", "u3"]),
    ] {
        finds(&service, search, expected).await;
    }
}

#[tokio::test]
async fn groups_are_found_by_each_parameter() {
    let service = varied().await;
    for (search, expected) in [
        ("groups", &["g1", "g2", "g3"][..]),
        ("groups?display_name=%C3%A4RZTE", &["g1"]),
        ("groups?external_id=X3", &["g3"]),
        ("groups?external_id=x3", &[]),
        ("groups?ids=g3,g2", &["g2", "g3"]),
        ("groups?member=u1", &["g1", "g2"]),
        ("groups?member=u2", &["g2"]),
        ("groups?member=u3", &[]),
    ] {
        finds(&service, search, expected).await;
    }
}

#[tokio::test]
async fn conditions_hold_together() {
    let service = varied().await;
    for (search, expected) in [
        ("users?display_name=same&external_id=X3", &["u3"][..]),
        ("users?email=ada@home.test&ids=u2,u3", &["u3"]),
        ("users?user_name=ada@acme.test&external_id=X3", &[]),
        ("groups?member=u1&display_name=makers", &["g2"]),
        ("groups?member=u1&ids=g3", &[]),
    ] {
        finds(&service, search, expected).await;
    }
}

#[tokio::test]
async fn look_ups_follow_a_change() {
    let service = varied().await;
    let raw = json!({ "userName": "new", "externalId": "new", "displayName": "new", "emails": [{ "value": "new" }] });
    service.accept(json!([event("e9", "user.updated", json!({ "id": "u1", "raw": raw }))])).await;
    for parameter in ["user_name", "external_id", "email", "display_name"] {
        finds(&service, &format!("users?{parameter}=new"), &["u1"]).await;
    }
    finds(&service, "users?email=ada@work.test", &[]).await;
    finds(&service, "users?email=ada@home.test", &["u3"]).await;
}

async fn crowd(size: usize) -> Service {
    let service = Service::new().await;
    // Neither the order of the ids nor that of the names.
    let id = |n: usize| format!("u{}", (n * 7919) % 1000);
    let created = |n| event(&format!("e{n}"), "user.created", user(&id(n), &format!("n{}", id(n))));
    service.accept((0..size).map(created).collect()).await;
    service
}

#[tokio::test]
async fn pages_follow_each_other_in_the_order_of_creation() {
    let service = crowd(7).await;
    let all = service.ids("users?directory=acme").await;
    assert_eq!(all, ["u0", "u919", "u838", "u757", "u676", "u595", "u514"]);
    for (page, expected) in [
        ("start_index=1&count=3", &all[0..3]),
        ("start_index=4&count=3", &all[3..6]),
        ("start_index=7&count=3", &all[6..7]),
        ("start_index=8&count=3", &[]),
        ("start_index=0&count=2", &all[0..2]),
        ("start_index=-5&count=2", &all[0..2]),
        ("start_index=6", &all[5..7]),
        ("count=2", &all[0..2]),
        ("count=0", &[]),
        ("count=-1", &[]),
    ] {
        let address = format!("users?directory=acme&{page}");
        assert_eq!(service.ids(&address).await, expected, "{page}");
        assert_eq!(service.read(&address).await["total"], 7, "{page}");
    }
}

#[tokio::test]
async fn an_update_keeps_its_place() {
    let service = staffed().await;
    service.accept(json!([event("e9", "user.updated", user("u1", "zoe"))])).await;
    assert_eq!(service.ids("users?directory=acme").await, ["u1", "u2"]);
}

#[tokio::test]
async fn a_page_has_a_hundred_unless_told_otherwise() {
    let service = crowd(120).await;
    let page = service.read("users?directory=acme").await;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (100, &json!(120)));
    assert_eq!(service.ids("users?directory=acme&count=110").await.len(), 110);
    assert_eq!(service.ids("users?directory=acme&start_index=101").await.len(), 20);
}

#[tokio::test]
async fn numbers_are_numbers() {
    let service = Service::new().await;
    for page in ["count=many", "start_index=first", "count=1.5"] {
        refused(service.get(&format!("users?directory=acme&{page}")).await, 400);
    }
}

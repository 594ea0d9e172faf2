//! The formats of events and their signatures, as the service receives them.

use super::*;

/// A worker whose events look so; secrets come from the environment, as in Envoy.
fn worker_for(events: Value) -> Worker {
    let mut configuration = plugin_configuration().unwrap();
    configuration["events"] = events;
    configuration.as_object_mut().unwrap().remove("record_cache");
    let options = Options { buffer_limit: buffer_limit(), ..Options::default() }
        .env("WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .env("OLD_WEBHOOK_SECRET", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        .env("TOKEN_SECRET", "0123456789abcdef0123456789abcdef");
    Worker::start(&MODULE, configuration.to_string().as_bytes(), options).unwrap()
}

/// Group g1 has one member, u1, who is there.
fn with_group(call: &ServiceCall) -> CallOutcome {
    let path = call.path();
    match path.split_once('?').map_or("", |(path, _)| path) {
        "/provisioning/groups/g1" => {
            let raw = json!({"schemas": [], "id": "g1", "displayName": "Engineers",
                             "meta": {"lastModified": "2026-11-21T20:00:00.000Z"}});
            CallOutcome::answer(
                200,
                json!({"id": "g1", "name": "Engineers", "raw": raw, "members": ["u1"]}).to_string(),
            )
        }
        _ => service(call),
    }
}

/// The deliveries that a request causes.
fn deliveries(worker: &mut Worker, request: Request) -> Vec<ServiceCall> {
    let mut delivered = Vec::new();
    let reply = worker.exchange(request, &mut |call| {
        if call.method() == "POST" {
            delivered.push(call.clone());
        }
        with_group(call)
    });
    assert!(reply.as_ref().unwrap().status < 300, "{}", reply.unwrap().text());
    delivered
}

fn content(call: &ServiceCall) -> Value {
    serde_json::from_slice(&call.body).unwrap()
}

fn group_deleted() -> Request {
    request("DELETE", &ACME, "/Groups/g1")
}

#[test]
fn an_array_is_the_default() {
    let sent = deliveries(&mut worker_for(json!({})), group_deleted());
    let names: Vec<_> = content(&sent[0]).as_array().unwrap().iter().map(|e| e["event"].clone()).collect();
    assert_eq!((sent.len(), names), (1, vec![json!("group.user_removed"), json!("group.deleted")]));
}

#[test]
fn single_events_come_in_order_each_with_its_own_key() {
    let sent = deliveries(&mut worker_for(json!({"format": "single"})), group_deleted());
    let names: Vec<_> = sent.iter().map(|call| content(call)["event"].clone()).collect();
    assert_eq!(names, ["group.user_removed", "group.deleted"]);
    for call in &sent {
        assert_eq!(call.headers.text("idempotency-key"), content(call)["id"].as_str().unwrap());
    }
}

#[test]
fn a_failure_in_the_middle_is_a_failure_and_ends_it() {
    let mut worker = worker_for(json!({"format": "single"}));
    let mut sent = 0;
    let reply = worker.exchange(group_deleted(), &mut |call| {
        if call.method() == "POST" {
            sent += 1;
            return CallOutcome::answer(500, "");
        }
        with_group(call)
    });
    assert_scim_error(&reply.unwrap(), 503, "the first of two");
    assert_eq!(sent, 1);
}

#[test]
fn cloudevents_say_who_what_and_when() {
    let mut worker = worker_for(json!({"format": "cloudevents", "cloudevents": {"type_prefix": "com.example."}}));
    let sent = deliveries(&mut worker, group_deleted());
    let event = content(&sent[0]);
    assert_eq!(sent[0].headers.text("content-type"), "application/cloudevents+json");
    for (name, expected) in [
        ("specversion", "1.0"),
        ("source", "/acme/acme"),
        ("type", "com.example.group.user_removed"),
        ("subject", "Groups/g1/members/u1"),
        ("datacontenttype", "application/json"),
    ] {
        assert_eq!(event[name], expected, "{name}");
    }
    assert_eq!(event["data"]["record"]["id"], "u1");
    assert_eq!(content(&sent[1])["subject"], "Groups/g1");
}

#[test]
fn cloudevents_come_in_batches_or_with_their_context_in_headers() {
    let batch = deliveries(&mut worker_for(json!({"format": "cloudevents_batch"})), group_deleted());
    assert_eq!(batch[0].headers.text("content-type"), "application/cloudevents-batch+json");
    assert_eq!((batch.len(), content(&batch[0]).as_array().unwrap().len()), (1, 2));

    let binary =
        deliveries(&mut worker_for(json!({"format": "cloudevents_binary"})), patch("/Users/u1").body(deactivation()));
    let header = |name: &str| binary[0].headers.text(name);
    assert_eq!(header("content-type"), "application/json");
    assert_eq!([header("ce-type"), header("ce-subject")], ["directory.user.updated", "Users/u1"]);
    assert_eq!(header("ce-id"), header("idempotency-key"));
    assert_eq!(content(&binary[0])["changes"][0]["path"], "active");
    assert_eq!(content(&binary[0])["record"]["active"], false);
}

#[test]
fn security_event_tokens_say_what_rfc_9967_asks() {
    let claims =
        json!({"issuer": "https://scim.test", "audience": ["https://users.test"], "secret_env": "TOKEN_SECRET"});
    let mut worker = worker_for(json!({"format": "security_events", "security_events": claims}));
    let sent = deliveries(&mut worker, patch("/Users/u1").body(deactivation()));
    assert_eq!(sent[0].headers.text("content-type"), "application/secevent+jwt");
    let token = String::from_utf8(sent[0].body.clone()).unwrap();
    let parts: Vec<Value> =
        token.split('.').take(2).map(|part| serde_json::from_slice(&base64(part)).unwrap()).collect();
    assert_eq!(parts[0], json!({"typ": "secevent+jwt", "alg": "HS256"}));
    assert_eq!(parts[1]["sub_id"], json!({"format": "scim", "uri": "/Users/u1", "id": "u1"}));
    assert_eq!(parts[1].get("sub"), None);
    let events = parts[1]["events"].as_object().unwrap();
    let names: Vec<_> = events.keys().map(|name| name.trim_start_matches("urn:ietf:params:scim:event:prov:")).collect();
    assert_eq!(names, ["deactivate", "patch:full"]);
    let operation = &events["urn:ietf:params:scim:event:prov:patch:full"]["data"]["Operations"][0];
    assert_eq!(*operation, json!({"op": "replace", "path": "active", "value": false}));
    assert_eq!(base64(token.rsplit('.').next().unwrap()).len(), 32);
}

#[test]
fn tokens_nobody_can_check_have_to_be_asked_for() {
    let mut configuration = plugin_configuration().unwrap();
    configuration["events"] =
        json!({"format": "security_events", "security_events": {"issuer": "i", "audience": ["a"]}});
    let refused = Worker::start(&MODULE, configuration.to_string().as_bytes(), Options::default()).err().unwrap();
    assert!(refused.to_string().contains("events.security_events"), "{refused}");
}

#[test]
fn deliveries_are_signed_with_every_secret() {
    let signatures = json!([
        {"standard_webhooks": {"secret_env": ["WEBHOOK_SECRET", "OLD_WEBHOOK_SECRET"]}},
        {"boxyhq": {"secret_env": ["TOKEN_SECRET"]}},
    ]);
    let sent = deliveries(&mut worker_for(json!({"signatures": signatures})), post("/Users").body(ada()));
    let header = |name: &str| sent[0].headers.text(name);
    assert_eq!(header("webhook-id"), header("idempotency-key"));
    assert!(header("webhook-timestamp").parse::<u64>().is_ok_and(|seconds| seconds > 1_700_000_000));
    let each: Vec<_> = header("webhook-signature").split(' ').map(str::to_owned).collect();
    assert!(each.len() == 2 && each[0] != each[1] && each.iter().all(|s| s.starts_with("v1,")), "{each:?}");
    assert!(header("boxyhq-signature").starts_with("t=") && header("boxyhq-signature").contains(",s="));
}

#[test]
fn a_secret_that_is_not_there_is_an_error_of_the_configuration() {
    let mut configuration = plugin_configuration().unwrap();
    configuration["events"] = json!({"signatures": [{"boxyhq": {"secret_env": ["NOT_SET"]}}]});
    let refused = Worker::start(&MODULE, configuration.to_string().as_bytes(), Options::default()).err().unwrap();
    assert!(refused.to_string().contains("events.signatures[0].boxyhq.secret_env"), "{refused}");
}

#[test]
fn a_deactivation_can_have_a_name_of_its_own() {
    for (setting, expected) in
        [("updated", "user.updated"), ("deactivated", "user.deactivated"), ("deleted", "user.deleted")]
    {
        let mut worker = worker_for(json!({"deactivation": setting}));
        let sent = deliveries(&mut worker, patch("/Users/u1").body(deactivation()));
        assert_eq!(content(&sent[0])[0]["event"], expected);
    }
}

#[test]
fn events_nobody_wants_are_not_delivered() {
    let mut worker = worker_for(json!({"only": ["group.deleted"]}));
    let sent = deliveries(&mut worker, group_deleted());
    assert_eq!(content(&sent[0]).as_array().unwrap().len(), 1);
    assert!(deliveries(&mut worker, patch("/Users/u1").body(deactivation())).is_empty());
}

#[test]
fn a_password_is_told_only_where_that_is_asked_for() {
    let mut user: Value = serde_json::from_str(&ada()).unwrap();
    user["password"] = "correct horse".into();
    let silent = deliveries(&mut worker_for(json!({})), post("/Users").body(user.to_string()));
    assert!(!String::from_utf8_lossy(&silent[0].body).contains("horse"));
    let told = deliveries(&mut worker_for(json!({"password": true})), post("/Users").body(user.to_string()));
    let event = &content(&told[0])[0];
    assert_eq!(event["changes"], json!([{"op": "add", "path": "password", "value": "correct horse"}]));
    assert_eq!(event["data"]["raw"].get("password"), None);
}

#[test]
fn members_can_be_told_by_id_alone() {
    let mut asked = Vec::new();
    let mut worker = worker_for(json!({"members": "ids"}));
    worker
        .exchange(group_deleted(), &mut |call| {
            asked.push(call.path());
            with_group(call)
        })
        .unwrap();
    assert!(!asked.iter().any(|path| path.contains("/users")), "{asked:?}");
}

/// The calls before the delivery of two new members, and the user names that it tells; the service gives these users with
/// the group.
fn two_come(events: Value, given: &[&str]) -> (Vec<String>, Value) {
    let add = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                     "Operations": [{"op": "add", "path": "members", "value": [{"value": "m1"}, {"value": "m2"}]}]});
    let (mut asked, mut told) = (Vec::new(), Value::Null);
    let request = request("PATCH", &ACME, "/Groups/g1").body(add.to_string());
    let reply = worker_for(events).exchange(request, &mut |call| {
        if call.method() == "POST" {
            told = content(call)
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["data"]["raw"]["userName"].clone())
                .collect();
            return CallOutcome::answer(204, "");
        }
        asked.push(call.path());
        if !call.path().starts_with("/provisioning/groups/g1?") {
            return known(&call.path());
        }
        let user = |id: &&str| json!({"id": id, "raw": {"id": id, "userName": id}});
        let CallOutcome::Answer { body, .. } = with_group(call) else { panic!("a group is answered") };
        let mut group: Value = serde_json::from_slice(&body).unwrap();
        group["users"] = given.iter().map(user).collect();
        CallOutcome::answer(200, group.to_string())
    });
    assert_eq!(reply.unwrap().status, 200);
    (asked, told)
}

#[test]
fn users_that_come_with_the_group_are_not_looked_up() {
    let group = "/provisioning/groups/g1?directory=acme&members=m1%2Cm2";
    let with_users = format!("{group}&include=users");
    let all = json!(["m1", "m2"]);
    let of_more = "/provisioning/users?directory=acme&ids=m1%2Cm2&start_index=1&count=2";
    let of_one = "/provisioning/users/m2?directory=acme";
    for (given, asked) in [
        (&["m1", "m2"][..], &[&*with_users][..]),
        (&["m2", "of somebody else", "m1"], &[&with_users]),
        (&["m1"], &[&with_users, of_one]),
        (&[], &[&with_users, of_more]),
    ] {
        assert_eq!(
            two_come(json!({}), given),
            (asked.iter().map(ToString::to_string).collect(), all.clone()),
            "{given:?}"
        );
    }
    let nothing = json!([null, null]);
    assert_eq!(two_come(json!({"members": "ids"}), &["m1", "m2"]), (vec![group.to_owned()], nothing));
}

/// By hundreds, and no further than the limit; who is beyond it is told by the id alone.
#[test]
fn members_are_looked_up_together_and_within_a_bound() {
    let members: Vec<Value> = (0..250).map(|number| json!({"value": format!("m{number:03}")})).collect();
    let group =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "G", "members": members});
    for (limit, calls, named) in [(10_000, 3, 250), (120, 2, 120), (1, 1, 1)] {
        let mut configuration = plugin_configuration().unwrap();
        configuration["limits"] = json!({"look_ups": limit});
        let mut worker = Worker::start(&MODULE, configuration.to_string().as_bytes(), Options::default()).unwrap();
        let (mut asked, mut told) = (0, Vec::new());
        let request = post("/Groups").body(group.to_string());
        let reply = worker.exchange(request, &mut |call| {
            if call.method() == "POST" {
                told = content(call).as_array().unwrap().clone();
                return CallOutcome::answer(204, "");
            }
            asked += 1;
            known(&call.path())
        });
        assert_eq!(reply.unwrap().status, 201);
        let names = told.iter().filter(|event| event["data"]["raw"]["userName"].is_string()).count();
        assert_eq!((asked, told.len(), names), (calls, 251, named), "{limit}");
    }
}

/// Everybody who is asked for, alone or with others.
fn known(path: &str) -> CallOutcome {
    let user = |id: &str| json!({"id": id, "raw": {"id": id, "userName": id}});
    let answer = match path.split_once("&ids=") {
        Some((_, rest)) => {
            let ids = rest.split('&').next().unwrap().to_uppercase().replace("%2C", ",").to_lowercase();
            let items: Vec<Value> = ids.split(',').map(user).collect();
            json!({"total": items.len(), "items": items})
        }
        None => user(path.split('?').next().unwrap().rsplit('/').next().unwrap()),
    };
    CallOutcome::answer(200, answer.to_string())
}

fn base64(text: &str) -> Vec<u8> {
    let digit =
        |c: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".iter().position(|d| *d == c);
    let bits: String = text.bytes().map(|c| format!("{:06b}", digit(c).unwrap())).collect();
    bits.as_bytes().chunks_exact(8).map(|b| u8::from_str_radix(std::str::from_utf8(b).unwrap(), 2).unwrap()).collect()
}

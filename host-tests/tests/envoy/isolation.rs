//! Two customers on one proxy see nothing of each other.

use super::*;

/// On one stack, since each takes its time to start. Lists come first: they count.
#[test]
fn two_customers_see_nothing_of_each_other() {
    let stack = start();
    lists_and_names_are_of_one_directory(&stack);
    the_id_of_another_directory_is_as_unknown_as_any(&stack);
    a_foreign_member_is_nobody(&stack);
    the_token_of_one_opens_no_other(&stack);
}

fn the_id_of_another_directory_is_as_unknown_as_any(stack: &Stack) {
    let [mut acme, mut globex] = [&ACME, &GLOBEX].map(|directory| stack.client(directory).unwrap());
    let ada = id(&create(&mut acme, "ada@acme.test"));
    acme.events().unwrap();
    globex.events().unwrap();
    let whole = json!({"userName": "eve@globex.test"});
    for (method, body) in [("GET", None), ("PUT", Some(whole)), ("PATCH", Some(deactivation())), ("DELETE", None)] {
        let [foreign, unknown] = [&ada, "0198c0de-0000-7000-8000-000000000000"].map(|id| {
            let path = format!("/Users/{id}");
            let request = Request { method: method.into(), path, body: body.clone(), ..Request::default() };
            globex.send(&request).unwrap()
        });
        assert_scim_error(&foreign, 404);
        assert_eq!(foreign.body, unknown.body, "{method}");
    }
    assert!(globex.events().unwrap().is_empty());
    assert_eq!(ask(&mut acme, "GET", &format!("/Users/{ada}")).body["userName"], "ada@acme.test");
}

fn lists_and_names_are_of_one_directory(stack: &Stack) {
    let [mut acme, mut globex] = [&ACME, &GLOBEX].map(|directory| stack.client(directory).unwrap());
    let ours = id(&create(&mut acme, "ada@example.test"));
    for path in ["/Users", "/Users?filter=userName%20eq%20%22ada%40example.test%22", "/Users?filter=userName%20pr"] {
        assert_eq!(ask(&mut globex, "GET", path).body["totalResults"], 0, "{path}");
    }
    let theirs = create(&mut globex, "ada@example.test");
    assert_eq!(theirs.status, 201, "the name is taken elsewhere only: {theirs:?}");
    assert_ne!(id(&theirs), ours);
    assert_eq!(globex.events().unwrap()[1]["tenant"], "globex");
}

/// Naming a foreign user as a member tells nothing about it.
fn a_foreign_member_is_nobody(stack: &Stack) {
    let [mut acme, mut globex] = [&ACME, &GLOBEX].map(|directory| stack.client(directory).unwrap());
    let grace = id(&create(&mut acme, "grace@acme.test"));
    globex.events().unwrap();
    let group = |id: &str| json!({"displayName": format!("With {id}"), "members": [{"value": id}]});
    let [foreign, unknown] = [grace.as_str(), "0198c0de-0000-7000-8000-000000000000"].map(|id| {
        let answer = tell(&mut globex, "POST", "/Groups", group(id));
        (answer.status, answer.body.to_string().contains("acme.test"))
    });
    assert_eq!(foreign, unknown);
    assert!(!foreign.1);
    let events = Value::from(globex.events().unwrap());
    assert!(!events.to_string().contains("acme"), "{events}");
    assert_eq!(ask(&mut acme, "GET", &format!("/Users/{grace}")).body.get("groups"), None);
}

fn the_token_of_one_opens_no_other(stack: &Stack) {
    for (directory, token) in [(&ACME, GLOBEX.token), (&GLOBEX, ACME.token)] {
        let mut client = ScimClient::new(directory.base(&stack.url()), token, &stack.file("events.jsonl")).unwrap();
        for method in ["GET", "DELETE"] {
            assert_scim_error(&ask(&mut client, method, "/Users"), 401);
        }
        assert_scim_error(&create(&mut client, "eve@example.test"), 401);
        assert!(client.events().unwrap().is_empty());
    }
}

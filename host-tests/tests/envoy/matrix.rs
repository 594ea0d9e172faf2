//! Every customer at every other customer's door, with every operation.

use super::customers::{Customer, customers, request, stack_with, user};
use super::*;

#[test]
fn no_customer_gets_a_byte_of_another() {
    let stack = stack_with(json!({}), Vec::new());
    let mut client = stack.client(&ACME).unwrap();
    let all = customers();
    let ids: Vec<String> = all.iter().map(|customer| seed(&mut client, customer)).collect();
    client.events().unwrap();
    let (mut refused, mut served) = (0, 0);
    for visitor in &all {
        for (host, own_id) in all.iter().zip(&ids) {
            for (method, path, body) in operations(own_id) {
                let answer = client.send(&request(visitor, host.id, method, &path, body)).unwrap();
                if visitor.id == host.id {
                    served += usize::from(answer.status < 300);
                    continue;
                }
                assert_scim_error(&answer, 401);
                assert_foreign(&answer, host);
                refused += 1;
            }
            if visitor.id != host.id {
                a_foreign_id_is_unknown(&mut client, visitor, host, own_id);
            }
        }
    }
    assert_eq!((refused, served), (8 * 7 * 12, 8 * 12));
}

fn seed(client: &mut ScimClient, customer: &Customer) -> String {
    let made = client.send(&request(customer, customer.id, "POST", "/Users", Some(user(&canary(customer))))).unwrap();
    assert_eq!(made.status, 201, "{}: {made:?}", customer.id);
    id(&made)
}

fn canary(customer: &Customer) -> String {
    format!("canary-of-{}@example.test", customer.id)
}

/// The last one leaves the user as it was.
fn operations(id: &str) -> [(&'static str, String, Option<Value>); 12] {
    let one = format!("/Users/{id}");
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "1", "data": user("bulk@example.test")}]});
    let named = |name: &str| json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name});
    [
        ("GET", "/Users".into(), None),
        ("GET", one.clone(), None),
        ("GET", "/Users?filter=userName%20sw%20%22canary%22".into(), None),
        ("GET", "/Groups".into(), None),
        ("GET", "/ServiceProviderConfig".into(), None),
        ("POST", "/.search".into(), Some(search)),
        ("POST", "/Bulk".into(), Some(bulk)),
        ("POST", "/Users".into(), Some(user("new@example.test"))),
        ("POST", "/Groups".into(), Some(named("new"))),
        ("PATCH", one.clone(), Some(deactivation())),
        ("PUT", one.clone(), Some(user("changed@example.test"))),
        ("PATCH", one, Some(deactivation())),
    ]
}

fn a_foreign_id_is_unknown(client: &mut ScimClient, visitor: &Customer, host: &Customer, foreign: &str) {
    for (method, body) in
        [("GET", None), ("PUT", Some(user("x@example.test"))), ("PATCH", Some(deactivation())), ("DELETE", None)]
    {
        let [foreign, unknown] = [foreign, "0198c0de-0000-7000-8000-000000000000"].map(|id| {
            client.send(&request(visitor, visitor.id, method, &format!("/Users/{id}"), body.clone())).unwrap()
        });
        assert_scim_error(&foreign, 404);
        assert_eq!(foreign.body, unknown.body);
        assert_foreign(&foreign, host);
    }
}

fn assert_foreign(answer: &Answer, host: &Customer) {
    let text = answer.body.to_string();
    assert!(!text.contains("canary") && !text.contains(host.id), "{answer:?}");
}

/// A directory that is not there, and a wrong token, to the letter.
#[test]
fn nobody_learns_which_directories_there_are() {
    let stack = stack_with(json!({}), Vec::new());
    let mut client = stack.client(&ACME).unwrap();
    let [anvil, bellows, ..] = customers();
    for (method, path) in [("GET", "/Users"), ("DELETE", "/Users/1"), ("GET", "/nothing")] {
        let [wrong, unknown] = [anvil.id, "nobody"]
            .map(|directory| client.send(&request(&bellows, directory, method, path, None)).unwrap());
        assert_eq!((wrong.status, &wrong.body), (401, &unknown.body));
        let [wrong, unknown] = [&wrong, &unknown].map(|answer| {
            let same = answer.headers.iter().filter(|(name, _)| name != "x-request-id" && name != "date");
            same.cloned().collect::<Vec<_>>()
        });
        assert_eq!(wrong, unknown);
    }
}

//! What the operator sees: one line in the access log for each request, and counters.

use super::*;

/// On one stack, since each takes its time to start. Statistics come first: they count.
#[test]
fn the_operator_sees_what_happens() {
    let stack = start();
    prometheus_gets_exchanges_by_operation_and_outcome(&stack);
    the_access_log_tells_what_usher_made_of_a_request(&stack);
    the_access_log_has_no_query(&stack);
}

/// The line of the request that had this id.
fn logged(stack: &Stack, request_id: &str) -> Value {
    eventually("a line in the access log", || {
        let text = std::fs::read_to_string(stack.file("access.log")).ok()?;
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.into_iter().find(|line| line["request_id"] == request_id)
    })
}

pub(super) fn line_of(stack: &Stack, answer: &Answer) -> Value {
    logged(stack, answer.header("x-request-id").unwrap())
}

fn account(line: &Value) -> [&Value; 4] {
    ["directory", "operation", "outcome", "events"].map(|key| &line[key])
}

fn the_access_log_tells_what_usher_made_of_a_request(stack: &Stack) {
    let mut client = stack.client(&ACME).unwrap();
    let created = line_of(stack, &create(&mut client, "grace@acme.test"));
    assert_eq!(account(&created), [&json!("acme"), &json!("create_user"), &json!("accepted"), &json!("1")]);
    assert_eq!(created["details"], "scim_accepted");

    let mut stranger = ScimClient::new(ACME.base(&stack.url()), "wrong", &stack.file("events.jsonl")).unwrap();
    let refused = line_of(stack, &ask(&mut stranger, "GET", "/Users"));
    assert_eq!(account(&refused), [&Value::Null, &json!("list_users"), &json!("unauthorized"), &json!("0")]);
}

/// A filter holds names and addresses of people.
fn the_access_log_has_no_query(stack: &Stack) {
    let mut client = stack.client(&ACME).unwrap();
    let listed = ask(&mut client, "GET", "/Users?filter=userName%20eq%20%22ada%40acme.test%22");
    let line = line_of(stack, &listed);
    assert_eq!(line["path"], "/scim/v2/acme/Users");
    assert_eq!(account(&line), [&json!("acme"), &json!("list_users"), &json!("answered"), &json!("0")]);
    let text = std::fs::read_to_string(stack.file("access.log")).unwrap();
    assert!(!text.contains('?') && !text.contains("acme.test"), "{text}");
    assert!(!text.contains(ACME.token), "{text}");
}

fn prometheus_gets_exchanges_by_operation_and_outcome(stack: &Stack) {
    let mut client = stack.client(&ACME).unwrap();
    create(&mut client, "ada@acme.test");
    create(&mut client, "bob@acme.test");
    create(&mut client, "ada@acme.test");
    for (operation, outcome, count) in [("create_user", "accepted", 2), ("create_user", "refused", 1)] {
        let labels = [format!("operation=\"{operation}\""), format!("outcome=\"{outcome}\"")];
        eventually(&format!("{count} of {labels:?}"), || {
            let text = stack.admin("/stats/prometheus").unwrap();
            let mut lines = text.lines().filter(|line| line.starts_with("usher_exchanges{"));
            let wanted = |line: &str| labels.iter().all(|label| line.contains(label.as_str()));
            lines.find(|line| wanted(line) && line.ends_with(&format!("}} {count}"))).map(drop)
        });
    }
    assert!(
        stack
            .admin("/stats/prometheus")
            .unwrap()
            .lines()
            .any(|line| line.starts_with("usher_events") && line.ends_with(" 2"))
    );
}

//! What the proxy's access log and statistics learn of an exchange, and what they never do.

use super::*;

fn property(reply: &Reply, name: &str) -> Option<String> {
    reply.properties.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// Directory, operation, outcome and events.
fn account(reply: &Reply) -> [Option<String>; 4] {
    ["usher_directory", "usher_operation", "usher_outcome", "usher_events"].map(|name| property(reply, name))
}

fn told(texts: [&str; 4]) -> [Option<String>; 4] {
    texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

#[test]
fn each_exchange_is_accounted_for() {
    let mut worker = worker();
    let mut stranger = get("/Users");
    stranger.head.replace("authorization", "Bearer wrong");
    let unchanged = deactivation().replace("false", "true");
    for (request, expected) in [
        (post("/Users").body(ada()), ["acme", "create_user", "accepted", "1"]),
        (get("/Users/u1"), ["acme", "get_user", "answered", "0"]),
        (get("/Users/nobody"), ["acme", "get_user", "refused", "0"]),
        (get("/Groups"), ["acme", "list_groups", "answered", "0"]),
        (patch("/Users/u1").body(deactivation()), ["acme", "patch_user", "accepted", "1"]),
        (patch("/Users/u1").body(unchanged), ["acme", "patch_user", "unchanged", "0"]),
        (get("/Schemas"), ["acme", "discover", "answered", "0"]),
        (get("/Nothing"), ["acme", "unknown", "refused", "0"]),
        (stranger, ["", "list_users", "unauthorized", "0"]),
    ] {
        let path = request.head.text(":path");
        let reply = worker.exchange(request, &mut service).unwrap();
        assert_eq!(account(&reply), told(expected), "{path}");
        assert_eq!(reply.details, format!("scim_{}", expected[2]), "{path}");
    }
    assert_eq!(worker.metric("usher_exchanges.operation=patch_user.outcome=accepted"), 1);
    assert_eq!(worker.metric("usher_exchanges.operation=patch_user.outcome=unchanged"), 1);
    assert_eq!(worker.metric("usher_exchanges.operation=list_users.outcome=unauthorized"), 1);
    assert_eq!(worker.metric("usher_events"), 2);
}

#[test]
fn counters_count_over_all_streams_of_a_worker() {
    let mut worker = worker();
    for _ in 0..3 {
        worker.exchange(post("/Users").body(ada()), &mut service).unwrap();
        worker.exchange(post("/Users").body(ada()), &mut |_| CallOutcome::TimedOut).unwrap();
    }
    assert_eq!(worker.metric("usher_exchanges.operation=create_user.outcome=accepted"), 3);
    assert_eq!(worker.metric("usher_exchanges.operation=create_user.outcome=unavailable"), 3);
    assert_eq!(worker.metric("usher_events"), 3);
}

#[test]
fn no_access_log_no_fields_for_it() {
    let mut configuration = plugin_configuration().unwrap();
    configuration["log_fields"] = json!(false);
    let mut worker = Worker::start(&MODULE, configuration.to_string().as_bytes(), Options::default()).unwrap();
    let reply = worker.exchange(get("/Users/u1"), &mut service).unwrap();
    assert_eq!((reply.status, reply.details.as_str()), (200, "scim_answered"));
    assert!(reply.properties.is_empty(), "{:?}", reply.properties);
    assert_eq!(worker.metric("usher_exchanges.operation=get_user.outcome=answered"), 1);
}

/// Names of counters are for ever: no client may make new ones.
#[test]
fn a_client_cannot_name_a_counter() {
    let mut worker = worker();
    for path in ["/Users/a.b=c", "/x.operation=y", "/Users?filter=x", "/%41", "/Users/u1/z"] {
        for method in ["GET", "BREW", "x.outcome=y"] {
            worker.exchange(request(method, &ACME, path), &mut service).unwrap();
        }
    }
    for name in worker.metrics().keys() {
        let words: Vec<_> = name.split(['.', '=']).collect();
        let ["usher_exchanges", "operation", operation, "outcome", outcome] = words.as_slice() else {
            panic!("{name}");
        };
        let is_word = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(is_word(operation) && is_word(outcome), "{name}");
    }
}

#[test]
fn the_sample_logs_exactly_what_is_accounted_for() {
    let reply = worker().exchange(get("/Users/u1"), &mut service).unwrap();
    let text = sample();
    let logged = text.split("%FILTER_STATE(wasm.").skip(1).filter_map(|rest| rest.split(':').next());
    let mut logged: Vec<_> = logged.collect();
    logged.sort_unstable();
    assert_eq!(logged, reply.properties.keys().collect::<Vec<_>>());
}

#[test]
fn nothing_of_a_person_is_logged() {
    let mut worker = worker();
    worker.exchange(post("/Users").body(ada()), &mut service).unwrap();
    worker.exchange(get("/Users?filter=userName%20eq%20%22ada%40acme.test%22"), &mut service).unwrap();
    worker.exchange(post("/Users").body(ada()), &mut |_| CallOutcome::answer(409, "ada@acme.test")).unwrap();
    assert!(worker.logs().iter().all(|line| !line.text.contains("ada")), "{:?}", worker.logs());
}

//! The most that a configuration may allow, in the module with its stack of 1 MiB: nested as deep as that, and deeper.

use usher_gateway::limits::Limits;

use super::*;

/// A worker with these limits in place of the sample's.
fn limited(limits: Value) -> Worker {
    let mut configuration = plugin_configuration().unwrap();
    configuration["limits"] = limits;
    Worker::start(
        &MODULE,
        configuration.to_string().as_bytes(),
        Options { buffer_limit: buffer_limit(), ..Options::default() },
    )
    .unwrap()
}

#[test]
fn what_is_nested_as_deep_as_can_be_allowed_fits_the_stack() {
    let Limits { json_depth, filter_depth, filter_bytes, filter_terms, .. } = Limits::MOST;
    let mut worker =
        limited(json!({"json_depth": json_depth, "filter_depth": filter_depth, "filter_bytes": filter_bytes,
                                    "filter_terms": filter_terms}));
    for depth in [json_depth - 2, json_depth, 10 * json_depth] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let body = ada().replace(r#""userName""#, &format!(r#""nickName":{nested},"userName""#));
            assert_scim_error(&worker.exchange(post("/Users").body(body), &mut nobody).unwrap(), 400, "nested JSON");
        }
    }
    for depth in [filter_depth - 1, filter_depth, 10 * filter_depth] {
        for open in ["(", "not%20("] {
            let filter = format!("{}title%20pr{}", open.repeat(depth), ")".repeat(depth));
            let reply = worker.exchange(get(&format!("/Users?filter={filter}")), &mut service).unwrap();
            assert!([200, 400].contains(&reply.status), "{reply:?}");
        }
    }
    assert_eq!(worker.dead(), None);
    assert_eq!(worker.exchange(post("/Users").body(ada()), &mut service).unwrap().status, 201);
}

#[test]
fn an_answer_of_the_service_that_is_too_large_is_none() {
    let start = || limited(json!({"answer_bytes": 2000}));
    let large = |size: usize| {
        move |call: &ServiceCall| match call.method().as_str() {
            "GET" => CallOutcome::answer(200, format!("{}{}", user(), " ".repeat(size))),
            _ => service(call),
        }
    };
    assert_eq!(start().exchange(get("/Users/u1"), &mut large(1000)).unwrap().status, 200);
    assert_scim_error(&start().exchange(get("/Users/u1"), &mut large(2000)).unwrap(), 503, "a read");
    let change = patch("/Users/u1").body(deactivation());
    assert_scim_error(&start().exchange(change, &mut large(2000)).unwrap(), 503, "the read before a change");
}

#[test]
fn no_configuration_allows_more_than_the_module_can_bear() {
    for (name, most) in Limits::MOST.named().into_iter().filter(|(_, most)| *most < usize::MAX) {
        let start = |limit: usize| {
            let mut configuration = plugin_configuration().unwrap();
            configuration["limits"] = json!({ name: limit });
            Worker::start(&MODULE, configuration.to_string().as_bytes(), Options::default()).is_ok()
        };
        assert!(start(most) && !start(most + 1) && !start(0), "{name}");
    }
}

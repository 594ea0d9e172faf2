//! A wrong configuration never starts, and never replaces a right one.

use usher_host_tests::stack::Discovery;

use super::*;

fn misspelt() -> Value {
    let mut configuration = plugin_configuration().unwrap();
    configuration["directories"][1]["stric"] = json!(true);
    configuration
}

/// Acme's token is globex's from now on.
fn rotated() -> Value {
    let mut configuration = plugin_configuration().unwrap();
    configuration["directories"][0]["credentials"] = configuration["directories"][1]["credentials"].clone();
    configuration
}

#[test]
fn envoy_does_not_start_with_a_wrong_one() {
    let Err(error) = Stack::start(Options { edits: vec![configure(misspelt())], ..Options::default() }) else {
        panic!("it started");
    };
    let told = format!("{error:#}");
    assert!(told.contains("envoy ended"), "{told}");
    assert!(told.contains("configuration: directories[1].stric: unknown field `stric`"), "{told}");
}

#[test]
fn a_wrong_update_keeps_the_old_one_and_a_right_one_takes_effect() {
    let discovery = Discovery::new().unwrap();
    let stack = Stack::start(Options { edits: vec![discovery.edit()], ..Options::default() }).unwrap();
    let envoy = stack.envoy_pid();
    let status = |token: &str| {
        let mut client = ScimClient::new(ACME.base(&stack.url()), token, &stack.file("events.jsonl")).unwrap();
        ask(&mut client, "GET", "/Users").status
    };
    assert_eq!((status(ACME.token), status(GLOBEX.token)), (200, 401));

    discovery.publish(misspelt()).unwrap();
    eventually("the update is refused", || Some(()).filter(|()| refusals(&stack) > 0));
    let log = std::fs::read_to_string(stack.file("envoy.log")).unwrap();
    assert!(log.contains("directories[1].stric"), "{log}");
    assert_eq!((status(ACME.token), status(GLOBEX.token)), (200, 401));

    discovery.publish(rotated()).unwrap();
    // Workers change over one after the other; in between either token may do, and nothing else may happen.
    eventually("the new token does", || {
        let answered = (status(ACME.token), status(GLOBEX.token));
        assert!([200, 401].contains(&answered.0) && [200, 401].contains(&answered.1), "{answered:?}");
        Some(()).filter(|()| answered == (401, 200))
    });
    assert_eq!(stack.envoy_pid(), envoy);
}

fn refusals(stack: &Stack) -> u64 {
    let stats = stack.admin("/stats?filter=extension_config_discovery.http_filter.usher.config_fail").unwrap();
    stats.lines().filter_map(|line| line.rsplit(": ").next()?.parse::<u64>().ok()).sum()
}

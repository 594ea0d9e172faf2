//! Directories that come and go while Envoy runs, told to the user service (`directory_events`).

use usher_host_tests::stack::Discovery;

use super::*;

/// These directories, in these states.
fn with(states: &[(&str, &str)]) -> Value {
    let mut configuration = plugin_configuration().unwrap();
    let token = configuration["directories"][0]["credentials"].clone();
    let one = |(id, state): &(&str, &str)| json!({"id": id, "state": state, "credentials": token});
    configuration["directories"] = states.iter().map(one).collect();
    configuration["directory_events"] = true.into();
    configuration
}

fn told(stack: &mut Stack, count: usize) -> Vec<String> {
    let mut told = Vec::new();
    eventually("the service is told", || {
        let events = stack.events().unwrap();
        told.extend(
            events.iter().map(|event| format!("{} {}", event["directory_id"], event["event"]).replace('"', "")),
        );
        Some(()).filter(|()| told.len() >= count)
    });
    told
}

#[test]
fn the_service_is_told_once_and_after_an_outage_as_well() {
    let discovery = Discovery::new().unwrap();
    let start = configure(with(&[("acme", "active"), ("globex", "active")]));
    let edits = vec![start, discovery.edit()];
    let mut stack = Stack::start(Options { edits, ..Options::default() }).unwrap();

    discovery.publish(with(&[("acme", "deactivated"), ("globex", "active"), ("initech", "active")])).unwrap();
    assert_eq!(told(&mut stack, 2), ["acme directory.deactivated", "initech directory.activated"]);

    stack.kill_service();
    discovery.publish(with(&[("acme", "active"), ("initech", "active")])).unwrap();
    eventually("it is tried", || {
        let stats =
            stack.admin("/stats?filter=usher_exchanges.operation=tell_directories.outcome=unavailable").unwrap();
        Some(()).filter(|()| stats.lines().any(|line| !line.ends_with(": 0")))
    });
    stack.start_service().unwrap();
    assert_eq!(told(&mut stack, 2), ["acme directory.activated", "globex directory.deleted"]);

    // Longer than another worker would take to say it again.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(stack.events().unwrap(), [Value::Null; 0]);
}

//! The dashboard, the alerts and the page about them, against what a real Envoy says.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use usher_host_tests::stack::{Discovery, repository};

use super::*;

fn file(name: &str) -> PathBuf {
    repository().join("deploy/monitoring").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

#[test]
fn what_is_asked_of_prometheus_is_there() {
    let discovery = Discovery::new().unwrap();
    let mut stack = Stack::start(Options { edits: vec![discovery.edit()], ..Options::default() }).unwrap();
    let mut client = stack.client(&ACME).unwrap();
    create(&mut client, "ada@acme.test");
    create(&mut client, "ada@acme.test");
    ask(&mut ScimClient::new(ACME.base(&stack.url()), "wrong", &stack.file("events.jsonl")).unwrap(), "GET", "/Users");
    stack.kill_service();
    create(&mut client, "bob@acme.test");
    // Histograms come every five seconds.
    let text = eventually("the histograms", || {
        let text = stack.admin("/stats/prometheus").unwrap();
        text.contains("envoy_cluster_upstream_rq_time_bucket").then_some(text)
    });

    let asked: Vec<_> = expressions().iter().flat_map(|expression| selectors(expression)).collect();
    assert!(asked.len() > 25, "{asked:?}");
    for (metric, labels) in asked {
        // A name may be that of a label: `sum by (envoy_response_code)`.
        let label = text.contains(&format!("{metric}=\""));
        assert!(label || is_there(&text, &metric, &labels), "nothing is {metric} with {labels:?}");
    }
    let page = std::fs::read_to_string(repository().join("docs/operations.md")).unwrap();
    for metric in page.split('`').filter(|word| word.starts_with("usher_e") || word.starts_with("envoy_")) {
        let name = metric.split('{').next().unwrap();
        assert!(
            name.ends_with("_name") || name.ends_with("_code") || name.contains("prefix=") || text.contains(name),
            "{name}"
        );
    }
    let ours = text.lines().filter_map(|line| line.strip_prefix("# TYPE usher_")?.split(' ').next());
    for metric in ours {
        assert!(page.contains(&format!("`usher_{metric}`")), "docs/operations.md does not tell of usher_{metric}");
    }
}

/// Of all panels and all alerts.
fn expressions() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let rules: Value = serde_saphyr::from_str(&read("alerts.yaml")).unwrap();
    let alerts = rules["groups"][0]["rules"].as_array().unwrap();
    targets.chain(alerts).map(|asked| asked["expr"].as_str().unwrap().to_owned()).collect()
}

/// Each metric, with those of its labels that are plain values.
fn selectors(expression: &str) -> Vec<(String, Vec<String>)> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find("usher_").into_iter().chain(rest.find("envoy_")).min() {
        let (_, name) = rest.split_at(start);
        let end = name.find(|c| !part(c)).unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        let inside = after.strip_prefix('{').and_then(|labels| labels.split_once('}'));
        let labels = inside.map_or("", |(labels, _)| labels);
        let plain = labels.split(',').filter(|label| label.contains("=\"") && !label.contains('$'));
        found.push((name.to_owned(), plain.map(str::to_owned).collect()));
        rest = inside.map_or(after, |(_, after)| after);
    }
    found
}

fn is_there(text: &str, metric: &str, labels: &[String]) -> bool {
    let mut lines = text.lines().filter(|line| line.starts_with(&format!("{metric}{{")));
    lines.any(|line| labels.iter().all(|label| line.contains(label.as_str())))
}

#[test]
fn selectors_are_found_in_expressions() {
    let found = selectors("sum(rate(usher_a{outcome=\"x\",instance=~\"$i\"}[5m])) > 0.1 * envoy_b + up");
    let label = "outcome=\"x\"".to_owned();
    assert_eq!(found, [("usher_a".into(), vec![label]), ("envoy_b".into(), Vec::new())]);
}

#[test]
fn prometheus_reads_the_alerts_and_the_panels() {
    if Command::new("promtool").arg("--version").output().is_err() {
        return std::io::stderr().write_all(b"\nNOT checked by promtool (Debian's package: prometheus)\n").unwrap();
    }
    let place = std::env::temp_dir().join(format!("usher-monitoring-{}.yaml", std::process::id()));
    let numbered = expressions().into_iter().enumerate();
    let rules: Vec<_> = numbered.map(|(n, e)| json!({"record": format!("r{n}"), "expr": filled_in(&e)})).collect();
    std::fs::write(&place, json!({"groups": [{"name": "panels", "rules": rules}]}).to_string()).unwrap();
    for arguments in [["check", "rules"], ["test", "rules"]] {
        let files = if arguments[0] == "check" {
            vec![file("alerts.yaml"), place.clone()]
        } else {
            vec![file("alerts-test.yaml")]
        };
        let done = Command::new("promtool").args(arguments).args(files).output().unwrap();
        assert!(
            done.status.success(),
            "{}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
    }
    drop(std::fs::remove_file(place));
}

/// As Grafana would.
fn filled_in(expression: &str) -> String {
    expression.replace("$__rate_interval", "1m").replace("$__range", "1h")
}

/// The page, the log and the code know the same words.
#[test]
fn the_page_has_every_field_and_every_word() {
    let page = std::fs::read_to_string(repository().join("docs/operations.md")).unwrap();
    let sample = std::fs::read_to_string(repository().join("envoy.yaml")).unwrap();
    let (_, format) = sample.split_once("json_format:\n").unwrap();
    let fields = format.lines().map_while(|line| line.starts_with("                  ").then(|| line.trim()));
    let fields: BTreeSet<_> =
        fields.filter_map(|line| line.split_once(": \"%")).map(|(name, _)| name.to_owned()).collect();
    assert!(fields.len() > 12, "{fields:?}");
    let source = std::fs::read_to_string(repository().join("gateway/src/operation/mod.rs")).unwrap();
    let operations = source.lines().filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","));
    let operations: BTreeSet<_> = operations.map(str::to_owned).collect();
    assert!(operations.contains("patch_user"), "{operations:?}");
    for word in fields.iter().chain(&operations) {
        assert!(page.contains(&format!("`{word}`")), "docs/operations.md does not say what `{word}` is");
    }
}

//! The reference service under schemathesis: whatever the OpenAPI document allows, it is answered as the document says.

use std::process::Command;

use usher_host_tests::languages;
use usher_host_tests::stack::{LoneService, repository};

const FILES: &str = "host-tests/tests/contract";

#[test]
fn the_reference_service_answers_as_described() {
    let files = repository().join(FILES);
    let Some(python) = languages::python("schemathesis", &files.join("requirements.txt")).unwrap() else { return };
    let service = LoneService::start().unwrap();
    let mut schemathesis = Command::new(python.with_file_name("st"));
    schemathesis.arg("--config-file").arg(files.join("schemathesis.toml"));
    schemathesis.arg("run").arg(repository().join("docs/openapi.yaml")).args(["--url", &service.url()]);
    // The same cases in every run, and not for long.
    schemathesis.args(["--seed", "1", "--max-examples", "10", "--max-time", "120", "--generation-database", "none"]);
    schemathesis.args(["--phases", "coverage,fuzzing", "--suppress-health-check", "all", "--no-color"]);
    let output = schemathesis.args(["--warnings", "off", "--no-shrink"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let cases = said.lines().find_map(|line| line.trim().split_once(" generated")).map(|(count, _)| count.trim());
    let cases = cases.and_then(|count| count.parse().ok()).unwrap_or(0);
    assert!(cases > 100, "only {cases} cases: {said}");
}

//! All of these tests once more on PostgreSQL: on a server of their own, that is there for no longer than they take.

use std::env;
use std::io::{Write, stderr};
use std::process::Command;

use usher_host_tests::postgresql::{MISSING, Postgresql, installed};

use crate::drive::SERVER;

#[test]
fn everything_holds_on_postgresql_as_well() {
    if !installed() {
        return say(MISSING);
    }
    let server = Postgresql::start().unwrap();
    let mut tests = Command::new(env::current_exe().unwrap());
    let tests = tests.args(["--skip", "postgresql::"]).env(SERVER, server.url()).output().unwrap();
    let output = String::from_utf8_lossy(&tests.stdout);
    assert!(tests.status.success(), "on PostgreSQL:\n{output}\n{}", String::from_utf8_lossy(&tests.stderr));
    let result = output.lines().rfind(|line| line.starts_with("test result")).unwrap();
    say(&format!("on PostgreSQL {}: {result}", server.version()));
}

/// Not captured, as what a passing test prints would be.
fn say(what: &str) {
    stderr().write_all(format!("\n{what}\n").as_bytes()).unwrap();
}

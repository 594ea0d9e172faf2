//! The short form of `make faults`: every kind of fault, a few seconds each, after wrong builds of the filter have shown
//! that the harness would find something.

use std::time::Duration;

use usher_host_tests::faults::{KINDS, Plan, Table, head, row, run_all, run_in_order, sabotage};
use usher_host_tests::stack::wasm;

fn plan() -> Plan {
    let short = Plan::new(env!("CARGO_BIN_EXE_usher-faults").into());
    Plan { lasting: Duration::from_secs(3), per_second: 40, patience: Duration::from_secs(40), ..short }
}

#[test]
fn nothing_is_lost_whatever_goes_wrong() {
    let plan = plan();
    assert_eq!(sabotage::missed(&plan).unwrap(), []);
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    println!("{}", head());
    let mut found = run_all(&names, &plan, |finding| println!("{}", row(finding)));
    found.extend(run_in_order(&plan, |finding| println!("in order: {}", row(finding))));
    let table = Table(&found);
    assert!(table.is_clean(), "{table}");
}

#[test]
fn the_shipped_module_can_do_nothing_wrong_on_purpose() {
    let module = std::fs::read(wasm().unwrap()).unwrap();
    let word = b"USHER_SABOTAGE";
    assert!(!module.windows(word.len()).any(|bytes| bytes == word));
}

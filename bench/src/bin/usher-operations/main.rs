//! Typical operations of the core, each by itself, for a machine that counts instructions (docs/performance.md).
//!
//! `usher-operations` names them; `usher-operations <name>` does one, once, in [`measured`], which is all that
//! callgrind is told to count. Time and randomness are always the same, and so is the count.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use usher_bench::drive::{Answered, drive_with};
use usher_bench::{records, requests};
use usher_gateway::exchange::ServiceRequest;
use usher_gateway::{Answer, Gateway};

type Service = Box<dyn FnMut(&ServiceRequest) -> Answered>;

struct Operation {
    name: &'static str,
    gateway: Rc<Gateway>,
    request: requests::Request,
    /// What a read is answered with.
    record: Value,
    status: u16,
    /// Dealt with before, so that the record is kept.
    before: Option<requests::Request>,
}

fn main() -> Result<()> {
    let gateway = records::gateway()?;
    let operations = operations(&gateway)?;
    match std::env::args().nth(1) {
        None => operations.iter().for_each(|operation| println!("{}", operation.name)),
        Some(name) => {
            let operation = operations.iter().find(|o| o.name == name).context("there is no such operation")?;
            perform(operation)?;
        }
    }
    Ok(())
}

fn perform(operation: &Operation) -> Result<()> {
    let read = operation.record.to_string().into_bytes();
    let mut service: Service = Box::new(move |call: &ServiceRequest| served(call, &read));
    let mut kept = BTreeMap::new();
    if let Some(before) = &operation.before {
        drive_with(&operation.gateway, before, &mut service, &mut kept);
    }
    settle_memory();
    let answer = measured(&operation.gateway, &operation.request, &mut service, &mut kept);
    ensure!(answer.status == operation.status, "{}: {}", operation.name, answer.status);
    Ok(())
}

/// What was freed before is joined now: the allocator does it at the next large piece, and it would be counted.
fn settle_memory() {
    drop(black_box(Vec::<u8>::with_capacity(100_000)));
}

/// What is counted: from the head of the request to its answer.
#[inline(never)]
#[expect(unsafe_code, reason = "a name that callgrind can find")]
#[unsafe(no_mangle)]
fn measured(
    gateway: &Rc<Gateway>,
    request: &requests::Request,
    service: &mut Service,
    kept: &mut BTreeMap<String, Vec<u8>>,
) -> Answer {
    black_box(drive_with(gateway, black_box(request), service, kept))
}

/// What is not counted: the service.
#[inline(never)]
#[expect(unsafe_code, reason = "a name that callgrind can find")]
#[unsafe(no_mangle)]
fn served(call: &ServiceRequest, read: &[u8]) -> Answered {
    match (call.method, records::looked_up(&call.path)) {
        ("GET", Some(found)) => (200, None, found.to_string().into_bytes()),
        ("GET", None) => (200, None, records::with_users(&call.path, read.to_vec())),
        _ => (200, Some("2"), b"{}".to_vec()),
    }
}

fn operations(gateway: &Rc<Gateway>) -> Result<Vec<Operation>> {
    let user = records::user(gateway, "u1", &requests::user("u1"))?;
    let full = records::user(gateway, "u1", &requests::full_user("u1"))?;
    let group = |size: usize| records::with_members(records::group("g1"), (0..size).map(|i| format!("m{i}")));
    let on = || requests::set_active("u1", true);
    let off = || requests::set_active("u1", false);
    let new = |n: usize| (0..n).map(|i| format!("new{i}"));
    let operation = |name, request, record: &Value, status| Operation {
        name,
        gateway: Rc::clone(gateway),
        request,
        record: record.clone(),
        status,
        before: None,
    };
    let list = json!({"total": 1, "items": [user]});
    Ok(vec![
        operation("create_user", requests::create(&requests::full_user("u1")), &user, 201),
        operation("patch_user", off(), &user, 200),
        Operation { before: Some(on()), ..operation("patch_user_in_memory", off(), &user, 200) },
        // The first one leaves the record inactive, so it is read and found to be so.
        Operation { before: Some(off()), ..operation("patch_user_unchanged_in_memory", off(), &user, 200) },
        operation("put_user_unchanged", requests::put("u1", &requests::full_user("u1")), &full, 200),
        operation("get_user", requests::get("u1"), &user, 200),
        operation("find_user", requests::find("u1"), &list, 200),
        operation("wrong_token", requests::get("u1").with_token("nobody's"), &user, 401),
        operation("add_member_to_10", requests::members("g1", "add", new(1)), &group(10), 200),
        operation("add_1000_members", requests::members("g1", "add", new(1_000)), &group(0), 200),
        Operation {
            gateway: records::gateway_with(json!({"members": "ids"}))?,
            ..operation("add_1000_members_by_id", requests::members("g1", "add", new(1_000)), &group(0), 200)
        },
        operation("bulk_of_100_users", requests::bulk(100), &user, 200),
    ])
}

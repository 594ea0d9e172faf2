//! Work grows with what is asked for and no faster, and hostile input costs what the limits allow and no more.
//!
//! Counted in allocations, which are the same on every machine, unlike time.
#![cfg(test)]
#![expect(unsafe_code, reason = "an allocator that counts can be written in no other way")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use serde_json::{Map, Value, json};
use usher_gateway::change::{Rules, changes, patch};
use usher_gateway::filter::{Dialect, Filter};
use usher_gateway::leniency::Leniencies;
use usher_gateway::limits::Limits;
use usher_gateway::message::{PATCH_OP, PatchRequest, parse};
use usher_gateway::path::PatchPath;
use usher_gateway::schema::{Coercion, ResourceKind, ResourceType, SchemaSet};

/// The system's allocator, with a count for each thread, so that tests beside each other do not disturb.
struct Counting;

thread_local! {
    static MADE: Cell<usize> = const { Cell::new(0) };
    /// Below zero where a thread frees what another made.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it is; the counters allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.get() + layout.size().cast_signed();
        MADE.set(MADE.get() + 1);
        LIVE.set(live);
        PEAK.set(PEAK.get().max(live));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size().cast_signed());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How many allocations this takes.
fn allocations<T>(work: impl FnOnce() -> T) -> usize {
    let before = MADE.get();
    let result = work();
    let made = MADE.get() - before;
    drop(result);
    made
}

/// How many bytes more than now are in use at the worst moment of this.
fn peak<T>(work: impl FnOnce() -> T) -> isize {
    let before = LIVE.get();
    PEAK.set(before);
    drop(work());
    PEAK.get() - before
}

#[test]
fn each_member_costs_the_same_in_a_group_of_any_size() {
    let add = |members: Vec<Value>| json!({"op": "add", "path": "members", "value": members});
    let remove = |members: Vec<Value>| json!({"op": "remove", "path": "members", "value": members});
    let replace = |members: Vec<Value>| json!({"op": "replace", "value": {"members": members}});
    let cases: [(&str, &dyn Fn(usize) -> Group); 6] = [
        ("added to an empty group", &|n| Group { before: 0, operations: vec![add(members(0..n))] }),
        ("added to as many", &|n| Group { before: n, operations: vec![add(members(n..2 * n))] }),
        ("added again", &|n| Group { before: n, operations: vec![add(members(0..n))] }),
        ("removed by value", &|n| Group { before: n, operations: vec![remove(members(0..n))] }),
        ("replaced", &|n| Group { before: n, operations: vec![replace(members(0..n))] }),
        ("looked at for one", &|n| Group {
            before: n,
            operations: vec![json!({"op": "remove", "path": "members[value eq \"user-7\"]"})],
        }),
    ];
    for (what, group) in cases {
        let per_member = |n: usize| group(n).allocations() as f64 / n as f64;
        let (small, large) = (per_member(1_000), per_member(10_000));
        assert!(large / small <= 1.3, "{what}: {small} of 1,000 and {large} of 10,000");
    }
}

#[test]
fn an_operation_for_one_member_allocates_the_same_in_a_group_of_any_size() {
    for op in ["add", "remove"] {
        let of_one = |i: usize| json!({"op": op, "path": "members", "value": members(i..i + 1)});
        let many =
            |n: usize| Group { before: n, operations: (0..1_000).map(|i| of_one(2 * i)).collect() }.allocations();
        let none = |n: usize| Group { before: n, operations: vec![of_one(0)] }.allocations();
        let (small, large) = (many(1_000) - none(1_000), many(10_000) - none(10_000));
        assert!(large as f64 / small as f64 <= 1.3, "{op}: {small} for 1,000 and {large} for 10,000");
    }
}

#[test]
fn a_hostile_filter_costs_no_more_when_it_is_longer() {
    let shapes: [fn(usize) -> String; 6] = [
        |n| "(".repeat(n),
        |n| "not (".repeat(n),
        |n| "a pr or ".repeat(n),
        |n| format!("a eq \"{}\"", "x".repeat(n)),
        |n| format!("{}a pr", "a[".repeat(n)),
        |n| "urn:".repeat(n),
    ];
    for shape in shapes {
        let at = |n: usize| {
            let text = shape(n);
            let filter = peak(|| Filter::parse(&text, Dialect::BareWords, &Limits::default()));
            filter + peak(|| PatchPath::parse(&text, &Limits::default()))
        };
        assert_eq!(at(100_000), at(1_000_000), "{}", shape(3));
    }
}

#[test]
fn the_limits_are_charged_while_reading_and_not_afterwards() {
    // With room for the text, depth and terms alone must hold.
    let roomy = Limits { filter_bytes: usize::MAX, ..Limits::default() };
    let shapes: [fn(usize) -> String; 3] = [|n| "(".repeat(n), |n| "not (".repeat(n), |n| "a pr or ".repeat(n)];
    for shape in shapes {
        let at = |n: usize| {
            let text = shape(n);
            peak(|| Filter::parse(&text, Dialect::BareWords, &roomy))
        };
        assert_eq!(digits(at(100_000)), digits(at(1_000_000)), "{}", shape(3));
    }
}

#[test]
fn a_hostile_body_costs_no_more_when_it_is_longer() {
    let shapes: [fn(usize) -> String; 5] = [
        |n| "[".repeat(n),
        |n| "{\"a\":".repeat(n),
        |n| format!("[{}", "0,".repeat(n)),
        |n| format!("[{}", "{},".repeat(n)),
        |n| format!("{{{}", (0..n).map(|i| format!("\"{i}\":0,")).collect::<String>()),
    ];
    for shape in shapes {
        let at = |n: usize| {
            let text = shape(n);
            peak(|| parse(text.as_bytes(), &Limits::default()))
        };
        assert_eq!(digits(at(200_000)), digits(at(2_000_000)), "{}", shape(3));
    }
}

/// The message tells a column, and a column of seven digits is a byte or two longer than one of six.
fn digits(bytes: isize) -> isize {
    bytes / 64
}

/// A group and what is done to it.
struct Group {
    before: usize,
    operations: Vec<Value>,
}

impl Group {
    fn allocations(&self) -> usize {
        let of = groups();
        let before = Map::from_iter([
            ("displayName".to_owned(), json!("All")),
            ("members".to_owned(), Value::Array(members(0..self.before))),
        ]);
        let body = json!({"schemas": [PATCH_OP], "Operations": self.operations}).to_string();
        allocations(|| {
            let request = PatchRequest::parse(body.as_bytes(), Leniencies::LENIENT, &Limits::default()).unwrap();
            let after = patch(&of, &before, request, &rules()).unwrap();
            (changes(&of, &before, &after), after)
        })
    }
}

fn members(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|i| json!({"value": format!("user-{i}"), "type": "User"})).collect()
}

fn groups() -> ResourceType {
    SchemaSet::core().unwrap().of_kind(&ResourceKind::Group).unwrap().clone()
}

fn rules() -> Rules {
    let coercion = Coercion { leniencies: Leniencies::LENIENT, string_bytes: 32 << 10, in_extension: false };
    Rules { coercion, limits: Limits::default() }
}

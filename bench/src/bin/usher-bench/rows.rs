//! The rows of the table (docs/performance.md), one after the other.
#![expect(clippy::indexing_slicing, reason = "a JSON value that lacks a key has null there")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use usher_bench::{records, requests};

use crate::compare::{Bench, Case};
use crate::footprint::Footprint;
use crate::load::{Job, latencies, run};
use crate::passwords::passwords;
use crate::proxy::{Proxy, directories};
use crate::table::{Row, micros, percentile};

/// Side by side, each with users of its own.
const CONNECTIONS: usize = 4;
const MEMBERS: [usize; 3] = [10, 10_000, 100_000];
const DIRECTORIES: [usize; 3] = [1, 1_000, 10_000];

type Make = fn(&Bench<'_>) -> Result<Vec<Row>>;

/// All rows whose group has this in its name.
pub(crate) fn all(bench: &Bench<'_>, only: &str) -> Result<Vec<Row>> {
    let groups: [(&str, Make); 8] = [
        ("least", least),
        ("users", users),
        ("groups", groups),
        ("members", many_members),
        ("directories", many_directories),
        ("passwords", passwords),
        ("bulk", bulk),
        ("latency", latency),
    ];
    let footprint = if "footprint".contains(only) { Some(Footprint::begin(bench)?) } else { None };
    let mut rows = footprint.as_ref().map(Footprint::rows).transpose()?.unwrap_or_default();
    for (name, make) in groups.iter().filter(|(name, _)| name.contains(only)) {
        eprintln!("measuring {name} ...");
        rows.extend(make(bench).with_context(|| (*name).to_owned())?);
    }
    rows.extend(footprint.as_ref().map(Footprint::in_the_end));
    Ok(rows)
}

pub(crate) fn cached(bench: &Bench<'_>) -> Result<Proxy> {
    usher(bench, |configuration| configuration["record_cache"] = json!({}))
}

fn uncached(bench: &Bench<'_>) -> Result<Proxy> {
    usher(bench, |configuration| configuration["record_cache"] = Value::Null)
}

fn usher(bench: &Bench<'_>, change: impl FnOnce(&mut Value)) -> Result<Proxy> {
    Proxy::usher(bench.upstream.port, change)
}

pub(crate) fn each(request: impl Fn(&str) -> Vec<requests::Request>) -> Vec<Vec<requests::Request>> {
    (0..CONNECTIONS).map(|i| request(&format!("u{i}"))).collect()
}

/// Two users for each connection: `u0` as Okta sends them, `full0` with everything.
pub(crate) fn put_users(bench: &Bench<'_>) -> Result<()> {
    let gateway = records::gateway()?;
    for i in 0..CONNECTIONS {
        let (plain, full) = (format!("u{i}"), format!("full{i}"));
        let mut record = records::user(&gateway, &plain, &requests::user(&plain))?;
        // So that on is a change as well as off, whatever is kept of the last one.
        record["raw"]["active"] = Value::Null;
        bench.upstream.put(&format!("/provisioning/users/{plain}"), &record);
        bench.upstream.put("/provisioning/users", &json!({"total": 1, "items": [record]}));
        let record = records::user(&gateway, &full, &requests::full_user(&full))?;
        bench.upstream.put(&format!("/provisioning/users/{full}"), &record);
    }
    Ok(())
}

/// What no filter of this shape can do without: what is above it is Usher's own.
fn least(bench: &Bench<'_>) -> Result<Vec<Row>> {
    put_users(bench)?;
    let least = Proxy::least(bench.upstream.port)?;
    let row = |what, requests, delivers| -> Result<Row> {
        let ratio = bench.ratio(&Case { what, usher: &least, requests, status: 200, delivers })?;
        Ok(ratio.row(what))
    };
    Ok(vec![
        row(
            "a filter that only holds the body, calls and answers",
            each(|id| vec![requests::set_active(id, false)]),
            true,
        )?,
        row("a filter that only calls and answers a GET", each(|id| vec![requests::get(id)]), false)?,
    ])
}

fn users(bench: &Bench<'_>) -> Result<Vec<Row>> {
    put_users(bench)?;
    let (cached, uncached) = (cached(bench)?, uncached(bench)?);
    let switch = || each(|id| vec![requests::set_active(id, false), requests::set_active(id, true)]);
    let off = || each(|id| vec![requests::set_active(id, false)]);
    let case = |what, usher, requests, status, delivers| Case { what, usher, requests, status, delivers };
    let token = "a token that nobody has";
    let one = |request: fn(&str) -> requests::Request| each(|id| vec![request(id)]);
    let full = |i| format!("full{i}");
    let same = (0..CONNECTIONS).map(|i| vec![requests::put(&full(i), &requests::full_user(&full(i)))]).collect();
    let found = vec![vec![requests::find("u3")]; CONNECTIONS];
    // Without a body: Envoy closes a connection on which it has answered before it has read everything.
    let strangers = each(|id| vec![requests::get(id).with_token(token)]);
    Ok(vec![
        bench.row(&case("PATCH user (Okta deactivate), record cached", &cached, switch(), 200, true), 1.8)?,
        bench.row(&case("PATCH user (Okta deactivate), record not cached", &uncached, off(), 200, true), 2.6)?,
        bench.row(&case("PUT user of 2 KB that changes nothing", &uncached, same, 200, false), 1.9)?,
        bench.row(&case("GET /Users?filter=userName eq", &uncached, found, 200, false), 1.8)?,
        bench.row(&case("GET /Users/{id}", &uncached, one(requests::get), 200, false), 1.8)?,
        bench.row(&case("wrong token, 401", &uncached, strangers, 401, false), 0.7)?,
    ])
}

fn groups(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let usher = uncached(bench)?;
    let mut rows = Vec::new();
    let mut ratios = Vec::new();
    for size in MEMBERS {
        let id = format!("g{size}");
        let group = records::with_members(records::group(&id), (0..size).map(|i| format!("m{i}")));
        bench.upstream.put_group(&group);
        let add = || each(|_| vec![requests::members(&id, "add", ["new".to_owned()].into_iter())]);
        let what = format!("PATCH group, add 1 member, group of {size}");
        let case = Case {
            what: &what,
            usher: &usher,
            requests: add(),
            status: if size > 100 { 204 } else { 200 },
            delivers: true,
        };
        let ratio = bench.ratio(&case)?;
        rows.push(ratio.row(&what).at_most(ratio.median, 2.5, ""));
        ratios.push(ratio);
    }
    rows.extend(flat("the same, CPU at 100,000 / at 10", ratios.iter().map(|r| r.usher), 1.1));
    Ok(rows)
}

/// The last by the first.
fn flat(what: &str, costs: impl DoubleEndedIterator<Item = f64> + Clone, goal: f64) -> Option<Row> {
    let (first, last) = (costs.clone().next()?, costs.clone().next_back()?);
    Some(Row::new(what, format!("{:.2}", last / first)).at_most(last / first, goal, ""))
}

fn many_members(bench: &Bench<'_>) -> Result<Vec<Row>> {
    bench.upstream.put_group(&records::group("empty"));
    let mut rows = Vec::new();
    let kinds = [("ids", json!({"members": "ids"})), ("full", json!({"members": "full"}))];
    for (kind, events) in kinds {
        let usher = usher(bench, |configuration| {
            configuration["record_cache"] = Value::Null;
            configuration["events"]["members"] = events["members"].clone();
        })?;
        let mut costs = Vec::new();
        for size in [100, 10_000] {
            let what = format!("PATCH group with {size} members, `members: {kind}`");
            let members = || requests::members("empty", "add", (0..size).map(|i| format!("m{i:032}")));
            let case =
                Case { what: &what, usher: &usher, requests: vec![vec![members()]], status: 200, delivers: true };
            let ratio = bench.ratio(&case)?;
            costs.push(ratio.usher / f64::from(size));
            let row = ratio.row(&what);
            rows.push(if size == 10_000 { row.at_most(ratio.median, 25.0, "") } else { row });
        }
        rows.extend(flat("the same, CPU of a member at 10,000 / at 100", costs.into_iter(), 1.2));
    }
    Ok(rows)
}

fn many_directories(bench: &Bench<'_>) -> Result<Vec<Row>> {
    put_users(bench)?;
    let mut rows = Vec::new();
    let mut ratios = Vec::new();
    for count in DIRECTORIES {
        let usher = usher(bench, directories(count))?;
        let what = format!("GET /Users/{{id}}, {count} directories");
        let requests = each(|id| vec![requests::get(id)]);
        let ratio = bench.ratio(&Case { what: &what, usher: &usher, requests, status: 200, delivers: false })?;
        rows.push(ratio.row(&what));
        ratios.push(ratio);
        let mib = usher.memory_kib() as f64 / 1024.0;
        let (start, memory) = (format!("{:.2} s", usher.start.as_secs_f64()), format!("{mib:.0} MiB"));
        rows.push(Row::new(format!("start and memory of Envoy, {count} directories"), format!("{start}, {memory}")));
    }
    rows.extend(flat("GET /Users/{id}, ratio at 10,000 directories / at 1", ratios.iter().map(|r| r.median), 1.1));
    Ok(rows)
}

fn bulk(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let usher = usher(bench, |configuration| configuration["user_service"]["atomic_bulk"] = true.into())?;
    let job = Job { proxy: &usher, connections: vec![vec![requests::bulk(1_000).wire()]], status: 200 };
    run(&[&job], bench.slice)?;
    let bytes = bench.upstream.bytes.load(Ordering::Relaxed);
    let cost = run(&[&job], bench.slice * 3)?.first().copied().context("one job has one cost")?;
    let bytes = (bench.upstream.bytes.load(Ordering::Relaxed) - bytes) / cost.requests.max(1);
    let what = "Bulk of 1,000 users as one delivery: events of one worker in a second of CPU";
    let more = format!("{} for {bytes} bytes delivered", micros(cost.nanos));
    Ok(vec![Row::new(what, format!("{:.0}", 1e12 / cost.nanos)).with(more)])
}

fn latency(bench: &Bench<'_>) -> Result<Vec<Row>> {
    put_users(bench)?;
    let cached = cached(bench)?;
    let requests = [requests::set_active("u0", false), requests::set_active("u0", true)];
    let connections = || vec![requests.iter().map(requests::Request::wire).collect()];
    let job = |proxy| Job { proxy, connections: connections(), status: 200 };
    let (plain, usher) = (job(bench.plain), job(&cached));
    run(&[&plain, &usher], bench.slice)?;
    let (every, count) = (Duration::from_millis(5), (bench.slice.as_millis() * 2) as usize);
    let (plain, usher) = (latencies(&plain, every, count)?, latencies(&usher, every, count)?);
    let row = |what: &str, part| {
        let (plain, usher) = (percentile(&plain, part), percentile(&usher, part));
        Row::new(what, format!("{:.2}", usher / plain)).with(format!("{} to {}", micros(plain), micros(usher)))
    };
    Ok(vec![
        row("latency of PATCH user at 200 requests/s, p50", 0.5),
        row("latency of PATCH user at 200 requests/s, p99", 0.99),
    ])
}

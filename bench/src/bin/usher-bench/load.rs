//! Load on two proxies at once, and what it cost each of them.
//!
//! Both share one core and are measured in the same moments, so whatever else the machine does happens to both. The
//! generator and the upstream have the other core.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::client::Client;
use crate::proxy::Proxy;

/// What is sent to one proxy: a list of requests for each connection.
pub(crate) struct Job<'p> {
    pub(crate) proxy: &'p Proxy,
    pub(crate) connections: Vec<Vec<Vec<u8>>>,
    pub(crate) status: u16,
}

/// What it cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) requests: usize,
    /// CPU of the whole process for one request.
    pub(crate) nanos: f64,
}

/// Runs all jobs side by side for this long.
pub(crate) fn run(jobs: &[&Job<'_>], time: Duration) -> Result<Vec<Cost>> {
    let before: Vec<u64> = jobs.iter().map(|job| job.proxy.cpu_nanos()).collect();
    let stop = AtomicBool::new(false);
    let counts = thread::scope(|scope| {
        let stop = &stop;
        let running: Vec<_> = jobs.iter().map(|job| scope.spawn(move || all_connections(job, stop))).collect();
        thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread panicked"))).collect()
    });
    let counts: Vec<usize> = Result::from_iter::<Vec<Result<usize>>>(counts)?;
    let spent = jobs.iter().zip(before).map(|(job, before)| job.proxy.cpu_nanos() - before);
    Ok(counts
        .iter()
        .zip(spent)
        .map(|(n, nanos)| Cost { requests: *n, nanos: nanos as f64 / (*n).max(1) as f64 })
        .collect())
}

fn all_connections(job: &Job<'_>, stop: &AtomicBool) -> Result<usize> {
    thread::scope(|scope| {
        let start = |requests| scope.spawn(move || one_connection(job, requests, stop));
        let running: Vec<_> = job.connections.iter().map(Vec::as_slice).map(start).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread panicked"))).sum()
    })
}

fn one_connection(job: &Job<'_>, requests: &[Vec<u8>], stop: &AtomicBool) -> Result<usize> {
    let mut client = Client::connect(job.proxy.port())?;
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        // All of them, so that what is switched off is switched on again.
        for request in requests {
            let (status, body) = client.ask(request)?;
            if status != job.status {
                bail!("{status} instead of {}: {}", job.status, String::from_utf8_lossy(&body));
            }
            count += 1;
        }
    }
    Ok(count)
}

/// How long answers take when requests come at a steady rate, counted from when they should have been sent.
pub(crate) fn latencies(job: &Job<'_>, every: Duration, count: usize) -> Result<Vec<Duration>> {
    let mut client = Client::connect(job.proxy.port())?;
    let requests: Vec<&Vec<u8>> = job.connections.iter().flatten().collect();
    let start = Instant::now();
    let mut taken = Vec::with_capacity(count);
    for (i, request) in requests.iter().cycle().take(count).enumerate() {
        let due = start + every * u32::try_from(i).unwrap_or(u32::MAX);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        client.ask(request)?;
        taken.push(due.elapsed());
    }
    taken.sort_unstable();
    Ok(taken)
}

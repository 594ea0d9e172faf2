//! One kind of request at both proxies.

use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Result, ensure};
use usher_bench::requests::Request;

use crate::client::Client;
use crate::load::{Cost, Job, run};
use crate::proxy::Proxy;
use crate::table::{Row, micros, quartiles};
use crate::upstream::Upstream;

/// What every comparison shares.
pub(crate) struct Bench<'b> {
    pub(crate) upstream: &'b Upstream,
    pub(crate) plain: &'b Proxy,
    pub(crate) rounds: usize,
    pub(crate) slice: Duration,
}

/// What is sent, and what shall come of it.
pub(crate) struct Case<'c> {
    pub(crate) what: &'c str,
    pub(crate) usher: &'c Proxy,
    /// A list for each connection.
    pub(crate) requests: Vec<Vec<Request>>,
    pub(crate) status: u16,
    /// Whether each of them is a delivery.
    pub(crate) delivers: bool,
}

/// How many times the plain proxy's CPU a request costs, and what it costs there.
pub(crate) struct Ratio {
    pub(crate) median: f64,
    quarters: (f64, f64),
    pub(crate) plain: f64,
    pub(crate) usher: f64,
}

impl Bench<'_> {
    /// The median of the rounds; each round has both proxies under load at once.
    pub(crate) fn ratio(&self, case: &Case<'_>) -> Result<Ratio> {
        let connections: Vec<Vec<Vec<u8>>> =
            case.requests.iter().map(|list| list.iter().map(Request::wire).collect()).collect();
        self.plain_answers_alike(case, &connections)?;
        eprintln!("  {}", case.what);
        let job = |proxy| Job { proxy, connections: connections.clone(), status: case.status };
        let (plain, usher) = (job(self.plain), job(case.usher));
        let deliveries =
            || (self.upstream.deliveries.load(Ordering::Relaxed), self.upstream.signed.load(Ordering::Relaxed));
        let before = deliveries();
        let mut sent = run(&[&plain, &usher], self.slice * 3)?.last().map_or(0, |cost| cost.requests);
        let mut rounds: Vec<Vec<Cost>> = Vec::new();
        for _ in 0..self.rounds {
            rounds.push(run(&[&plain, &usher], self.slice)?);
        }
        sent += rounds.iter().filter_map(|costs| costs.last()).map(|cost| cost.requests).sum::<usize>();
        let after = deliveries();
        let (delivered, signed) = (after.0 - before.0, after.1 - before.1);
        let wanted = if case.delivers { sent } else { 0 };
        ensure!(delivered == wanted, "{}: {delivered} deliveries of {sent} requests", case.what);
        ensure!(signed == delivered, "{}: {signed} of {delivered} deliveries were signed", case.what);
        Ok(Ratio::of(&rounds))
    }

    /// A line of the table.
    pub(crate) fn row(&self, case: &Case<'_>, goal: f64) -> Result<Row> {
        let ratio = self.ratio(case)?;
        Ok(ratio.row(case.what).at_most(ratio.median, goal, ""))
    }

    /// The plain proxy gets from the upstream what Usher answers by itself.
    fn plain_answers_alike(&self, case: &Case<'_>, connections: &[Vec<Vec<u8>>]) -> Result<()> {
        for request in connections.first().into_iter().flatten() {
            let (status, body) = Client::connect(case.usher.port())?.ask(request)?;
            ensure!(status == case.status, "{}: {status}: {}", case.what, String::from_utf8_lossy(&body));
            self.upstream.put_plain(status, &body);
        }
        Ok(())
    }
}

impl Ratio {
    fn of(rounds: &[Vec<Cost>]) -> Ratio {
        let costs = |i: usize| rounds.iter().filter_map(move |costs| costs.get(i)).map(|cost| cost.nanos);
        let (low, median, high) = quartiles(costs(0).zip(costs(1)).map(|(plain, usher)| usher / plain).collect());
        let (_, plain, _) = quartiles(costs(0).collect());
        let (_, usher, _) = quartiles(costs(1).collect());
        Ratio { median, quarters: (low, high), plain, usher }
    }

    pub(crate) fn row(&self, what: &str) -> Row {
        let (low, high) = self.quarters;
        let more = format!("{low:.2} to {high:.2}; {} to {}", micros(self.plain), micros(self.usher));
        Row::new(what, format!("{:.2}", self.median)).with(more)
    }
}

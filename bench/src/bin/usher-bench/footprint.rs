//! What the module costs before it has done anything: bytes, time, memory.

use std::time::Instant;

use anyhow::Result;
use usher_bench::requests;

use crate::compare::Bench;
use crate::load::{Job, run};
use crate::proxy::{Proxy, module_bytes};
use crate::rows::{cached, each, put_users};
use crate::table::Row;

/// An Envoy with Usher and one without, that have done a little work.
pub(crate) struct Footprint {
    plain: Proxy,
    usher: Proxy,
    began: Instant,
}

impl Footprint {
    pub(crate) fn begin(bench: &Bench<'_>) -> Result<Self> {
        put_users(bench)?;
        let (plain, usher) = (Proxy::plain(bench.upstream.port)?, cached(bench)?);
        let connections = || each(|id| vec![requests::set_active(id, false), requests::set_active(id, true)]);
        let wires = || connections().iter().map(|list| list.iter().map(requests::Request::wire).collect()).collect();
        let job = |proxy| Job { proxy, connections: wires(), status: 200 };
        run(&[&job(&plain), &job(&usher)], bench.slice)?;
        Ok(Self { plain, usher, began: Instant::now() })
    }

    pub(crate) fn rows(&self) -> Result<Vec<Row>> {
        let kib = module_bytes()? as f64 / 1024.0;
        let (with, without) = (self.usher.start.as_secs_f64(), self.plain.start.as_secs_f64());
        Ok(vec![
            Row::new("size of the module", format!("{kib:.0} KiB")).at_most(kib, 600.0, " KiB"),
            Row::new("time to start beyond plain", format!("{:.2} s", with - without))
                .at_most(with - without, 0.5, " s")
                .with(format!("{with:.2} s; {without:.2} s without Usher")),
            Row::new("memory of Envoy beyond plain, one worker, at the start", format!("{:.0} MiB", self.mib())),
        ])
    }

    /// After the allocator has given back what only the start had needed (envoy.yaml, `memory_allocator_manager`).
    pub(crate) fn in_the_end(&self) -> Row {
        let seconds = self.began.elapsed().as_secs();
        let what = format!("memory of Envoy beyond plain, one worker, after {seconds} seconds");
        Row::new(what, format!("{:.0} MiB", self.mib())).at_most(self.mib(), 40.0, " MiB")
    }

    fn mib(&self) -> f64 {
        self.usher.memory_kib().saturating_sub(self.plain.memory_kib()) as f64 / 1024.0
    }
}

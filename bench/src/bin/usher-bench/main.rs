//! What Usher costs in Envoy, as multiples of the same Envoy that only forwards (docs/performance.md).

mod client;
mod compare;
mod footprint;
mod load;
mod passwords;
mod proxy;
mod rows;
mod table;
mod upstream;

use std::time::Duration;

use anyhow::Result;

use compare::Bench;
use proxy::{Proxy, pin};
use upstream::Upstream;

/// The generator and the upstream have one core, the proxies the other.
const OURS: usize = 1;
const THEIRS: usize = 0;

fn main() -> Result<()> {
    let quick = std::env::var("QUICK").is_ok_and(|quick| !quick.is_empty());
    let only = std::env::args().nth(1);
    pin(None, &[OURS]);
    let upstream = Upstream::start()?;
    upstream.put_plain(200, b"{}");
    let plain = Proxy::plain(upstream.port)?;
    let (rounds, slice) = if quick { (3, 200) } else { (9, 1_000) };
    let bench = Bench { upstream: &upstream, plain: &plain, rounds, slice: Duration::from_millis(slice) };
    let rows = rows::all(&bench, only.as_deref().unwrap_or_default())?;
    table::print(&rows);
    Ok(())
}

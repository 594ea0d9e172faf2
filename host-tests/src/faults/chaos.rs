//! What goes wrong from outside, while the clients work: processes die, configurations change, the clock jumps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::proxies::Proxies;
use super::{Kind, Stage, heal};
use crate::stack::Process;

/// Until the last operation has begun; then all is well again. How often something happened.
pub(super) fn during(
    kind: Kind,
    over: &AtomicBool,
    stage: &Stage,
    service: &mut Option<Process>,
    proxies: &mut Proxies,
) -> Result<usize> {
    let mut happened = 0;
    while wait(over, pause(kind)) {
        match kind {
            Kind::Service(_) | Kind::ClientsAbort => continue,
            Kind::QueueFull => {}
            Kind::ServiceKilled => {
                service.take().into_iter().for_each(Process::kill);
                wait(over, Duration::from_millis(400));
                *service = Some(stage.start_service("none")?);
                // It reads its whole ledger first. To be killed while it does would be an outage without an end.
                while !stage.service_listens() && wait(over, Duration::from_millis(20)) {}
            }
            _ => proxies.disturb(kind, happened)?,
        }
        happened += 1;
    }
    // One that was killed is well when it comes again; and it may be too young to know the signal, and die of it.
    service.as_ref().into_iter().filter(|_| kind != Kind::ServiceKilled).for_each(heal);
    proxies.calm(kind)?;
    Ok(happened)
}

/// From one to the next.
fn pause(kind: Kind) -> Duration {
    Duration::from_millis(match kind {
        Kind::Reloads | Kind::WrongReloads | Kind::QueueFull => 1_000,
        Kind::ClockJumps => 300,
        _ => 1_500,
    })
}

/// False when the operations are over before the time is.
fn wait(over: &AtomicBool, time: Duration) -> bool {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if over.load(Ordering::Relaxed) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

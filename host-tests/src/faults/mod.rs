//! The fault harness: an open-loop client, Envoy with the filter, and a scripted user service, each with a ledger.
//!
//! One run is one kind of fault. What must be zero afterwards is in [`Counts`]; that the harness can find each of them
//! is shown with wrong builds of the filter ([`sabotage`]).

mod attempt;
mod chaos;
mod client;
mod clock;
mod counts;
mod keys;
mod kind;
mod ledger;
mod operation;
mod proxies;
pub mod sabotage;
pub mod service;
mod table;
mod wire;

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::scope;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::stack::{ACME, GLOBEX, Ports, Process, temporary_dir};
use client::Load;
use ledger::{Ledger, Operation};
use proxies::Proxies;

pub use counts::Counts;
pub use kind::{KINDS, Kind};
pub use ledger::Ending;
pub use table::{Table, head, row};

/// How much of it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Operations begin for so long.
    pub lasting: Duration,
    pub per_second: usize,
    /// Operations that are not done so long after the last has begun never will be.
    pub patience: Duration,
    /// The program whose word `service` is the scripted service.
    pub program: PathBuf,
    pub seed: u64,
    /// So many runs at the same time.
    pub side_by_side: usize,
    /// All operations are changes of so many users of each directory: what is looked for is their order.
    pub changes_of: Option<usize>,
    /// The wrong build, and what is wrong with it.
    pub sabotage: Option<String>,
}

impl Plan {
    /// A minute of each kind: more than a hundred thousand operations in all.
    pub fn new(program: PathBuf) -> Plan {
        Plan {
            lasting: Duration::from_secs(60),
            per_second: 100,
            patience: Duration::from_secs(60),
            program,
            seed: 1,
            side_by_side: 4,
            changes_of: None,
            sabotage: None,
        }
    }
}

/// What a run showed, by the name of the fault or of what was wrong with the filter.
pub type Finding<'n> = (&'n str, Result<Counts>);

/// Runs these, so many side by side, and tells each as it ends. The findings are in the order of the names.
fn side_by_side<'n>(
    width: usize,
    names: &[&'n str],
    run: impl Fn(&'n str) -> Result<Counts> + Sync,
    tell: impl Fn(&Finding<'n>) + Sync,
) -> Vec<Finding<'n>> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    scope(|scope| {
        for _ in 0..width {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let finding = (*name, run(name));
                    tell(&finding);
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(name, _)| names.iter().position(|n| n == name));
    found
}

/// These kinds of fault, or those of them that there are.
pub fn run_all<'n>(names: &[&'n str], plan: &Plan, tell: impl Fn(&Finding<'n>) + Sync) -> Vec<Finding<'n>> {
    let one = |name| {
        let counts = run(name, plan)?;
        ensure!(counts.faults > 0, "the fault never happened");
        Ok(counts)
    };
    side_by_side(plan.side_by_side, names, one, tell)
}

/// The faults under which the changes of a few users are looked at for their order: those that make a provider send again
/// what may still be on its way.
const DISORDERING: [&str; 6] =
    ["headers-then-reset", "service-hang", "status-503", "service-killed", "replica-killed", "clients-abort"];

/// Nothing but changes of few users, so that there is always another one close behind.
pub fn run_in_order(plan: &Plan, tell: impl Fn(&Finding<'static>) + Sync) -> Vec<Finding<'static>> {
    run_all(&DISORDERING, &Plan { changes_of: Some(6), ..plan.clone() }, tell)
}

/// One kind of fault.
fn run(name: &str, plan: &Plan) -> Result<Counts> {
    let kind = Kind::named(name).with_context(|| format!("there is no fault {name}"))?;
    let stage = Stage::new(name, plan)?;
    let mut service = Some(stage.start_service(name)?);
    let mut proxies = Proxies::start(kind, stage.service_port, &stage.dir, plan)?;
    let over = AtomicBool::new(false);
    let load = stage.load(kind, plan, proxies.ports())?;
    let (operations, aborted, happened) = scope(|scope| -> Result<_> {
        let clients = scope.spawn(|| client::play(load, || over.store(true, Ordering::Relaxed)));
        let happened = chaos::during(kind, &over, &stage, &mut service, &mut proxies);
        over.store(true, Ordering::Relaxed);
        let (operations, aborted) = clients.join().map_err(|_| anyhow::anyhow!("the clients panicked"))??;
        Ok((operations, aborted, happened?))
    })?;
    proxies.look()?;
    let counts = stage.judge(kind, &operations, aborted + happened)?;
    let counts = Counts { panics: proxies.panics()?, vm_reloads: proxies.vm_reloads(), ..counts };
    stage.tidy(counts.is_clean() || plan.sabotage.is_some());
    Ok(counts)
}

/// Where a run takes place.
struct Stage {
    dir: PathBuf,
    service_port: u16,
    program: PathBuf,
    seed: u64,
}

impl Stage {
    fn new(name: &str, plan: &Plan) -> Result<Stage> {
        let dir = temporary_dir().with_extension(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let mut ledger = Ledger::append_to(&dir.join("ledger.jsonl"))?;
        operation::seeds().iter().try_for_each(|line| ledger.write(line))?;
        let service_port = Ports::default().pick()?.service;
        Ok(Stage { dir, service_port, program: plan.program.clone(), seed: plan.seed })
    }

    fn ledger(&self) -> PathBuf {
        self.dir.join("ledger.jsonl")
    }

    /// With what the ledger says that it had.
    fn start_service(&self, kind: &str) -> Result<Process> {
        let script = service::Script { port: self.service_port, ledger: self.ledger(), kind: None, seed: self.seed };
        let mut command = Command::new(&self.program);
        command.args(script.words(kind));
        Process::spawn("service", command, &self.dir)
    }

    fn service_listens(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.service_port)).is_ok()
    }

    fn load(&self, kind: Kind, plan: &Plan, ports: Vec<u16>) -> Result<Load> {
        let pace = Duration::from_secs(1) / u32::try_from(plan.per_second).unwrap_or(1).max(1);
        let tokens = match kind {
            Kind::KeysGone => keys::tokens()?,
            _ => [ACME, GLOBEX].map(|directory| (directory.id, directory.token.to_owned())).into(),
        };
        Ok(Load {
            ports,
            operations: usize::try_from(plan.lasting.as_millis() / pace.as_millis().max(1)).unwrap_or(0),
            pace,
            patience: plan.patience,
            aborts: kind == Kind::ClientsAbort,
            seed: self.seed,
            tokens,
            changes_of: plan.changes_of,
        })
    }

    /// A silent fault that made anybody try again was none.
    fn judge(&self, kind: Kind, operations: &[Operation], happened: usize) -> Result<Counts> {
        let all = Ledger::read(&self.ledger())?;
        let lines = all.get(operation::seeds().len()..).unwrap_or_default();
        let wrong = lines
            .iter()
            .filter(|line| !line.whole || line.status >= 500 || [204, 302, 401, 429].contains(&line.status));
        let counts = Counts { faults: happened + wrong.count(), ..Counts::of(operations, lines) };
        let disturbed = if kind.is_silent() { counts.retries } else { 0 };
        Ok(Counts { refused: counts.refused + disturbed, ..counts })
    }

    /// What was found can be looked at.
    fn tidy(&self, nothing_found: bool) {
        if nothing_found {
            drop(std::fs::remove_dir_all(&self.dir));
        } else {
            eprintln!("what happened is in {}", self.dir.display());
        }
    }
}

/// Ends what is wrong with the service.
fn heal(service: &Process) {
    if let Some(pid) = Pid::from_raw(service.pid() as i32) {
        // It may just have been killed; the next one is well.
        let _ = kill_process(pid, Signal::USR1);
    }
}

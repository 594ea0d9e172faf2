//! The scripted user service: keeps the contract of docs/user-service.md, until its script says otherwise. A process of
//! its own, so that it can be killed.

mod answer;
mod store;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::kind::{Kind, Misbehaviour};
use super::ledger::{Ledger, Line};
use super::wire::{self, Message};
use answer::Manner;
use store::Store;

/// How it is to be, as words on a command line.
pub struct Script {
    pub port: u16,
    pub ledger: PathBuf,
    /// What goes wrong, until SIGUSR1 heals it.
    pub kind: Option<Kind>,
    pub seed: u64,
}

impl Script {
    pub fn words(&self, kind: &str) -> [String; 5] {
        let ledger = self.ledger.display().to_string();
        ["service".to_owned(), self.port.to_string(), ledger, kind.to_owned(), self.seed.to_string()]
    }

    pub fn of_words(words: &[String]) -> Result<Script> {
        let [port, ledger, kind, seed] = words else { anyhow::bail!("service PORT LEDGER KIND SEED") };
        Ok(Script { port: port.parse()?, ledger: ledger.into(), kind: Kind::named(kind), seed: seed.parse()? })
    }
}

struct Service {
    /// What it has, where it notes what it did, and its dice.
    inner: Mutex<(Store, Ledger, fastrand::Rng)>,
    kind: Option<Kind>,
    healed: watch::Receiver<bool>,
}

/// Runs until it is killed.
pub fn serve(script: &Script) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(script))
}

async fn run(script: &Script) -> Result<()> {
    let store = Store::of(&Ledger::read(&script.ledger).unwrap_or_default());
    let inner = (store, Ledger::append_to(&script.ledger)?, fastrand::Rng::with_seed(script.seed));
    let (sender, healed) = watch::channel(false);
    let service = Arc::new(Service { inner: Mutex::new(inner), kind: script.kind, healed });
    let mut heal = signal(SignalKind::user_defined1())?;
    tokio::spawn(async move {
        heal.recv().await;
        sender.send_replace(true);
    });
    listen(script.port, &service).await
}

/// With a short queue and long breaks, if that is the fault.
async fn listen(port: u16, service: &Arc<Service>) -> Result<()> {
    let breaks = service.kind == Some(Kind::QueueFull);
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], port).into())?;
    let listener = socket.listen(if breaks { 1 } else { 1024 })?;
    loop {
        accept(&listener, service, breaks).await;
        if breaks && !service.is_healed() {
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
    }
}

/// Takes connections for half a second; with breaks, they last no longer than that.
async fn accept(listener: &TcpListener, service: &Arc<Service>, breaks: bool) {
    let lasting = Duration::from_millis(500);
    let end = tokio::time::Instant::now() + lasting;
    while let Ok(Ok((stream, _))) = tokio::time::timeout_at(end, listener.accept()).await {
        let service = Arc::clone(service);
        tokio::spawn(async move {
            let limit = if breaks && !service.is_healed() { lasting } else { Duration::from_secs(3600) };
            // A connection that breaks is no news here.
            let _ = tokio::time::timeout(limit, service.converse(stream)).await;
        });
    }
}

impl Service {
    fn is_healed(&self) -> bool {
        *self.healed.borrow()
    }

    async fn converse(&self, stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        while let Some(request) = wire::read(&mut stream).await? {
            let (line, manner, body) = self.take(&request)?;
            if !answer::send(stream.get_mut(), &line, manner, &body).await? {
                break;
            }
        }
        Ok(())
    }

    /// Decides, stores, notes: all of it before the answer.
    fn take(&self, request: &Message) -> Result<(Line, Manner, store::Reply)> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (store, ledger, dice) = &mut *inner;
        let wrong = self.misbehaviour().filter(|wrong| dice.u8(..100) < wrong.percent());
        let stores = wrong.is_none_or(|wrong| wrong.must_have_stored() || wrong.may_have_stored() && dice.bool());
        let call = store::Call::of(request).context("a call that Usher does not make")?;
        let (heard, reply) = store.take(&call, stores);
        let manner = Manner::of(wrong);
        let status = manner.status(reply.status);
        let line = Line { directory: call.directory, heard, status, whole: manner.is_whole() };
        ledger.write(&line)?;
        Ok((line, manner, reply))
    }

    fn misbehaviour(&self) -> Option<Misbehaviour> {
        match self.kind {
            Some(Kind::Service(misbehaviour)) if !self.is_healed() => Some(misbehaviour),
            _ => None,
        }
    }
}

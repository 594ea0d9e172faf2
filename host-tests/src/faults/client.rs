//! The clients: operations begin at their time, whatever has become of those before (an open loop), and each is tried
//! until it has a final answer, as identity providers do.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Mutex;
use tokio::task::LocalSet;

use super::attempt::{Lines, abort, attempt, render};
use super::ledger::{Ending, Operation};
use super::operation::{SEEDS, Task, What};
use super::wire::Message;
use crate::stack::Directory;

/// Of one attempt: longer than the proxy needs for anything.
const LONGEST: Duration = Duration::from_secs(20);

/// The load of one run.
#[derive(Debug, Clone)]
pub(super) struct Load {
    /// Of the proxies.
    pub(super) ports: Vec<u16>,
    pub(super) operations: usize,
    /// Between one beginning and the next.
    pub(super) pace: Duration,
    /// From the last beginning on, for those that are not done.
    pub(super) patience: Duration,
    /// Whether clients go away in the middle.
    pub(super) aborts: bool,
    pub(super) seed: u64,
    /// By directory.
    pub(super) tokens: BTreeMap<&'static str, String>,
    /// All operations are changes, and these users' of each directory; else they are of every kind.
    pub(super) changes_of: Option<usize>,
}

struct Clients {
    load: Load,
    lines: RefCell<Lines>,
    dice: RefCell<fastrand::Rng>,
    made: RefCell<Vec<(Directory, String, String)>>,
    /// One change of a user at a time, in the order in which they began.
    turns: Vec<Mutex<()>>,
    aborted: Cell<usize>,
    /// When those that are not done give up.
    deadline: Cell<Option<Instant>>,
}

/// Plays the load. Calls `over` when the last operation has begun; gives back the ledger, and how many went away.
pub(super) fn play(load: Load, over: impl FnOnce()) -> std::io::Result<(Vec<Operation>, usize)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(LocalSet::new().block_on(&runtime, all(load, over)))
}

async fn all(load: Load, over: impl FnOnce()) -> (Vec<Operation>, usize) {
    let clients = Rc::new(Clients::new(load));
    let (mut running, mut tick) = (Vec::new(), tokio::time::interval(clients.load.pace));
    for number in 0..clients.load.operations {
        tick.tick().await;
        let task = clients.next(number);
        running.push(tokio::task::spawn_local(Rc::clone(&clients).finish(task)));
    }
    over();
    clients.deadline.set(Some(Instant::now() + clients.load.patience));
    let mut operations = Vec::new();
    for one in running {
        operations.extend(one.await);
    }
    (operations, clients.aborted.get())
}

impl Clients {
    fn new(load: Load) -> Clients {
        Clients {
            lines: RefCell::new(Lines::new(load.ports.clone())),
            dice: RefCell::new(fastrand::Rng::with_seed(load.seed)),
            made: RefCell::default(),
            turns: (0..2 * SEEDS).map(|_| Mutex::default()).collect(),
            aborted: Cell::default(),
            deadline: Cell::default(),
            load,
        }
    }

    fn next(&self, number: usize) -> Task {
        let mut dice = self.dice.borrow_mut();
        match self.load.changes_of {
            Some(users) => Task::change(number, users, &mut dice),
            None => Task::next(number, &mut dice, &mut self.made.borrow_mut()),
        }
    }

    fn render(&self, task: &Task, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
        let directory = task.directory.id;
        render(directory, self.load.tokens.get(directory).map_or("", String::as_str), method, path, body)
    }

    fn is_late(&self) -> bool {
        self.deadline.get().is_some_and(|deadline| Instant::now() > deadline)
    }

    /// Tries one operation until it is over.
    async fn finish(self: Rc<Self>, task: Task) -> Operation {
        let _turn = match task.subject() {
            Some(subject) => Some(self.turns[subject].lock().await),
            None => None,
        };
        let (mut attempts, mut ending) = (0, None);
        while ending.is_none() && !self.is_late() {
            attempts += 1;
            ending = self.try_once(&task, attempts).await;
        }
        let Task { marker, directory, .. } = &task;
        let ending = ending.unwrap_or(Ending::None);
        Operation { marker: marker.clone(), directory: directory.id, creates: task.creates(), ending, attempts }
    }

    async fn try_once(&self, task: &Task, attempts: usize) -> Option<Ending> {
        let (method, path, body) = task.request();
        let bytes = self.render(task, method, &path, body.as_ref());
        if self.load.aborts && attempts < 4 && self.dice.borrow_mut().u8(..100) < 30 {
            self.go_away(&bytes).await;
            return None;
        }
        match self.send(&bytes).await {
            Some(answer) => self.conclude(task, attempts, &answer).await,
            None => self.pause(400, attempts).await,
        }
    }

    async fn conclude(&self, task: &Task, attempts: usize, answer: &Message) -> Option<Ending> {
        match answer.status()? {
            200..300 => {
                self.note_made(task, answer);
                Some(Ending::Done)
            }
            404 if task.deletes() && attempts > 1 => Some(Ending::Gone),
            409 if task.creates() && attempts > 1 => self.look_up(task, attempts).await,
            // What may pass by itself: a provider tries again. It waits longer than we do.
            412 | 429 | 500.. => self.pause(200, attempts).await,
            status => Some(Ending::Refused(status)),
        }
    }

    /// As Okta and Entra do when what they make is there already.
    async fn look_up(&self, task: &Task, attempts: usize) -> Option<Ending> {
        let bytes = self.render(task, "GET", &task.look_up(), None);
        let answer = self.send(&bytes).await.filter(|answer| answer.status() == Some(200));
        let total = answer.and_then(|a| serde_json::from_slice::<Value>(&a.body).ok()?["totalResults"].as_u64());
        if total == Some(1) { Some(Ending::Done) } else { self.pause(200, attempts).await }
    }

    fn note_made(&self, task: &Task, answer: &Message) {
        let id = || serde_json::from_slice::<Value>(&answer.body).ok()?["id"].as_str().map(str::to_owned);
        if let (What::CreateUser, Some(id)) = (&task.what, id()) {
            self.made.borrow_mut().push((task.directory, task.marker.clone(), id));
        }
    }

    async fn send(&self, bytes: &[u8]) -> Option<Message> {
        let which = { self.dice.borrow_mut().usize(..self.lines.borrow().len()) };
        let (port, open) = self.lines.borrow_mut().take(which);
        let (message, connection) = attempt(port, open, bytes, LONGEST.min(self.load.patience)).await.ok()?;
        if message.keeps_connection() {
            self.lines.borrow_mut().give_back(which, connection);
        }
        Some(message)
    }

    /// In the middle of the request, or of the wait for its answer.
    async fn go_away(&self, bytes: &[u8]) {
        self.aborted.set(self.aborted.get() + 1);
        let (end, wait) = {
            let mut dice = self.dice.borrow_mut();
            let all = dice.bool();
            (if all { bytes.len() } else { dice.usize(..bytes.len()) }, Duration::from_micros(dice.u64(..20_000)))
        };
        let port = self.load.ports[0];
        // To fail at this is to have gone away earlier.
        let _ = abort(port, &bytes[..end], wait).await;
    }

    /// Longer from time to time, as a provider's pauses are: clients that never do can keep a service down by themselves.
    async fn pause(&self, most_ms: u64, attempts: usize) -> Option<Ending> {
        let most_ms = most_ms * u64::try_from(attempts).unwrap_or(1).clamp(1, 30);
        let wait = self.dice.borrow_mut().u64(most_ms / 2..most_ms);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        None
    }
}

//! Starts child processes from one thread that lives as long as this program.
//!
//! Envoy asks Linux for a SIGTERM when its parent dies, and there the parent is the thread that started it. A test's
//! thread ends early; this one does not. So Envoy ends with this program, however that ends, and not before.

use std::io;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};

type Order = (Command, Sender<io::Result<Child>>);

static ORDERS: LazyLock<Mutex<Sender<Order>>> = LazyLock::new(|| {
    let (sender, orders) = channel();
    std::thread::spawn(move || serve(orders));
    Mutex::new(sender)
});

pub(super) fn spawn(command: Command) -> io::Result<Child> {
    let (sender, answer) = channel();
    let orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    orders.send((command, sender)).map_err(io::Error::other)?;
    answer.recv().map_err(io::Error::other)?
}

fn serve(orders: Receiver<Order>) {
    for (mut command, answer) in orders {
        // Whoever asked may be gone by now.
        let _ = answer.send(command.spawn());
    }
}

//! Ctrl-C and `kill`, as a message instead of a sudden end.

use std::sync::mpsc::Sender;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

/// Sends `message` when somebody wants this program to end.
pub(crate) fn on_end<T: Send + 'static>(sender: Sender<T>, message: T) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot wait for signals")?;
    let _inside = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    drop(_inside);
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
        });
        // Nobody to tell: the program is ending anyway.
        let _ = sender.send(message);
    });
    Ok(())
}

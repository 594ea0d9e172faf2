//! The stack in the background: up, down, status.
//!
//! A process of its own holds the stack, because Envoy ends when its parent does.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use usher_host_tests::stack::{Running, Stack, announce_holder, take_down};

use crate::paint::say;
use crate::{console, is_set, options, run_dir, short, signals};

const ENV: &str = "env";
const LOG: &str = "usher-stack.log";

pub(crate) fn up() -> Result<()> {
    let dir = run_dir();
    if !take_down(&dir)?.is_empty() {
        say("It was up already: starting again.");
    }
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    // That this file is there again will mean that the stack answers.
    let _ = std::fs::remove_file(dir.join(ENV));
    start_holder(&dir)
}

fn start_holder(dir: &Path) -> Result<()> {
    let log = File::create(dir.join(LOG)).with_context(|| format!("cannot write to {}", dir.display()))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("hold").process_group(0).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let mut holder = command.spawn()?;
    while !dir.join(ENV).exists() {
        if holder.try_wait()?.is_some() {
            // The holder's own last words begin with the name of this program.
            bail!("it did not come up: {}", words(dir).trim_start_matches("usher-stack: "));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    say(&words(dir));
    Ok(())
}

fn words(dir: &Path) -> String {
    std::fs::read_to_string(dir.join(LOG)).unwrap_or_default().trim_end().to_owned()
}

/// Not for people: what `up` leaves behind.
pub(crate) fn hold() -> Result<()> {
    let (sender, end) = channel();
    signals::on_end(sender, ())?;
    announce_holder(&run_dir())?;
    let mut stack = Stack::start(options(is_set("CONSOLE"))?)?;
    say(&format!("Up: SCIM at {}, the user service at {},", stack.url(), stack.service_url()));
    say(&format!("    Envoy's admin at {}. Logs and events are in {}.", stack.admin_url(), short(stack.dir())));
    say(&format!("To talk to it:  . {}", short(&stack.file(ENV))));
    say("                curl -H \"Authorization: Bearer $USHER_TOKEN\" \"$USHER_BASE/Users\"");
    if is_set("CONSOLE") {
        say(&format!("To watch it:    {}", console::url(&stack)));
    }
    say("To end it:      make down");
    stack.write_env()?;
    end.recv()?;
    stack.stop();
    Ok(())
}

pub(crate) fn down() -> Result<()> {
    let ended = take_down(&run_dir())?;
    for process in &ended {
        say(&format!("Ended {} (pid {}).", process.name, process.pid));
    }
    if ended.is_empty() {
        say("Nothing was up.");
    }
    Ok(())
}

pub(crate) fn status() -> Result<()> {
    let running = Running::all(&run_dir());
    for process in &running {
        say(&format!("{} is up (pid {}).", process.name, process.pid));
    }
    if running.is_empty() {
        say("Nothing is up.");
    }
    Ok(())
}

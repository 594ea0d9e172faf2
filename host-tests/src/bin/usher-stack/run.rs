//! `run`: starts the stack, plays Okta's first day to it, and stays up until Ctrl-C.

use std::io::IsTerminal;
use std::sync::mpsc::{Sender, channel};

use anyhow::{Result, bail};
use usher_host_tests::conversation::{self, play};
use usher_host_tests::stack::{ACME, Running, ScimClient, Stack, announce_holder, repository};

use crate::paint::say;
use crate::show::Show;
use crate::{console, is_set, options, run_dir, short, signals};

enum News {
    Shown(Result<()>),
    End,
}

pub(crate) fn run() -> Result<()> {
    if let Some(process) = Running::all(&run_dir()).first() {
        bail!("the stack is up in the background ({}, pid {}); run `make down` first", process.name, process.pid);
    }
    let (sender, news) = channel();
    signals::on_end(sender.clone(), News::End)?;
    std::fs::create_dir_all(run_dir())?;
    announce_holder(&run_dir())?;
    let mut stack = Stack::start(options(true)?)?;
    stack.write_env()?;
    present(&stack, sender)?;
    let mut outcome = Ok(());
    while let Ok(News::Shown(shown)) = news.recv() {
        outcome = shown;
        if outcome.is_err() || !stays() {
            break;
        }
        closing_words(&stack);
    }
    stack.stop();
    say(&format!("\nStopped. Logs, events and the store are still in {}.", short(stack.dir())));
    outcome
}

/// The show goes on beside us, so that Ctrl-C works during it.
fn present(stack: &Stack, sender: Sender<News>) -> Result<()> {
    let mut client = stack.client(&ACME)?;
    std::thread::spawn(move || sender.send(News::Shown(show(&mut client))));
    Ok(())
}

fn show(client: &mut ScimClient) -> Result<()> {
    let file = repository().join("host-tests/conversations/okta/first-day.json");
    let conversation = conversation::load(&file)?;
    let show = Show::of(&conversation);
    show.opening();
    let (mut requests, mut events) = (0, 0);
    play(&conversation, client, &mut |played| {
        show.step(played);
        (requests, events) = (requests + 1, events + played.events.len());
    })?;
    show.closing(requests, events);
    Ok(())
}

/// Only a person at a terminal, or nobody who said RUN_ONCE=1, wants it to stay.
fn stays() -> bool {
    let watched = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    watched || !is_set("RUN_ONCE")
}

fn closing_words(stack: &Stack) {
    let dir = short(stack.dir());
    say("\nRunning now, until you press Ctrl-C:\n");
    say(&format!("  {:<24} Envoy with Usher: what Okta talks to", stack.url()));
    say(&format!("  {:<24} the reference user service", stack.service_url()));
    say(&format!("  {:<24} Envoy's admin: /stats/prometheus", stack.admin_url()));
    say(&format!("\nWatch it in a browser:  {}", console::url(stack)));
    say(&format!("\nIn {dir}:\n"));
    say("  events.jsonl             every event the service has taken");
    say("  users.db                 what the service stores");
    say("  access.log               one line for each request");
    say("  envoy.log, user-service.log");
    say("\nBe Okta yourself, in another terminal:\n");
    say(&format!("  . {dir}/env"));
    say("  curl -H \"Authorization: Bearer $USHER_TOKEN\" \"$USHER_BASE/Users\"\n");
    say("Your own service: README.md, \"Your own service\".\n");
}

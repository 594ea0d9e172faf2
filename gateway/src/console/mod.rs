//! The console: a page for the people who run the gateway (docs/console.md).
//!
//! Off unless the configuration opens it, at a path of its own and with a credential of its own; it reads and never
//! writes. What it shows stands in a fixed number of slots of the proxy's shared data, which every worker fills.
//! Secrets never get there; personal data only where a setting says so.

mod asked;
mod directories;
mod door;
mod exchanges;
mod masked;
mod page;

use crate::config::Console;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{Account, Answer, Outcome, World, apart};
use crate::gateway::Gateway;
use crate::request::RequestHead;
use asked::{of_console, of_directory, parameter};

/// The console's answer, when the request is for it.
pub(crate) async fn answer(gateway: &Gateway, world: &World, head: &RequestHead) -> Option<Answer> {
    let console = gateway.config.console.as_ref()?;
    let (below, query) = of_console(console, head.all(":path").next()?)?;
    let answer = match door::open(console, head) {
        true => apart(show(gateway, world, head, console, (below, query))).await,
        false => door::closed(),
    };
    let account = Account { operation: "console", ..answer.account.clone() };
    Some(page::guarded(Answer { account, ..answer }))
}

async fn show(
    gateway: &Gateway,
    world: &World,
    head: &RequestHead,
    console: &Console,
    (below, query): (&str, &str),
) -> Answer {
    if !matches!(head.one(":method"), Ok(Some("GET" | "HEAD"))) {
        return Answer::failure(&ScimError::new(ErrorKind::MethodNotAllowed("GET"), "the console only reads"));
    }
    match below {
        "" | "/" => page::document(),
        "/exchanges" => exchanges::since(world, console, parameter(query, "after")).await,
        "/directories" => directories::found(gateway, world, head, parameter(query, "find")).await,
        _ => Answer::failure(&ScimError::new(ErrorKind::NotFound, "there is no such page")),
    }
}

/// When the exchange began, if anybody wants to know.
pub(crate) async fn begin(gateway: &Gateway, world: &World) -> Option<u64> {
    match gateway.config.console {
        Some(_) => Some(world.now().await),
        None => None,
    }
}

/// Keep what the exchange was, once its answer is known.
pub(crate) async fn note(gateway: &Gateway, world: &World, head: &RequestHead, began: Option<u64>, answer: &Answer) {
    if let (Some(console), Some(began)) = (gateway.config.console.as_ref(), began) {
        apart(keep(gateway, world, head, console, began, answer)).await;
    }
}

async fn keep(gateway: &Gateway, world: &World, head: &RequestHead, console: &Console, began: u64, answer: &Answer) {
    let times = (began, world.now().await);
    let target = head.one(":path").ok().flatten().unwrap_or_default();
    let (asked, path) = of_directory(&gateway.config.base, target).unwrap_or_default();
    let account = &answer.account;
    // A name that nobody has is a stranger's text; one that somebody has helps who looks for the reason of a 401.
    let known = || gateway.config.directories.get(asked).map(|directory| directory.id.clone());
    let directory = account.directory.clone().or_else(known);
    if let Some(directory) = &directory {
        let entered = account.outcome != Outcome::Unauthorized;
        directories::note(world, directory, (began / 1_000_000, answer.status), entered).await;
    }
    let exchange = exchanges::described(console, (head, path), directory.as_deref(), answer, world.tally(), times);
    exchanges::add(world, console, exchange).await;
}

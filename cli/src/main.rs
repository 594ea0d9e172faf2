//! `usher`: for the person who runs the gateway. Everything it decides, the gateway decides; it reads files and prints.

mod check;
mod credential;
mod directory;
mod guide;
mod paper;
mod request;
mod setup;
mod source;
mod translate;

use std::process::ExitCode;

use anstream::eprintln;
use clap::{Parser, Subcommand};

use paper::BAD;

/// SCIM provisioning inside your proxy: directories, configurations, and what a request means.
#[derive(Parser)]
#[command(name = "usher", version, arg_required_else_help = true, max_term_width = 100)]
struct Usher {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a directory, one customer's connection, or give one a new token
    #[command(subcommand)]
    Directory(directory::Directory),
    /// Check a configuration as the filter would: JSON, or an envoy.yaml that holds it
    Check(check::Check),
    /// Show what a request means: the events it becomes and what the provider is answered
    Translate(translate::Translate),
    /// Print the steps for the customer's administrator, with this directory's base URL filled in
    Setup(setup::Setup),
}

/// 0 when all is well, 1 when what was looked at is not.
fn main() -> ExitCode {
    let done = match Usher::parse().command {
        Command::Directory(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Translate(command) => command.run(),
        Command::Setup(command) => command.run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{BAD}error:{BAD:#} {error:#}");
        ExitCode::FAILURE
    })
}

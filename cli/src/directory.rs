//! `usher directory`: a token that is shown once, and the piece of configuration that knows only its hash.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::println;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use usher_gateway::Gateway;

use crate::paper::{self, DIM, GOOD, HEADING};
use crate::source::Source;

#[derive(Subcommand)]
pub(crate) enum Directory {
    /// Make a token and the configuration of a new directory
    New(New),
    /// Make another token for a directory: both open it until you take the old one away
    Rotate(Rotate),
}

#[derive(Args)]
pub(crate) struct New {
    /// Stands in the URL and in every event: letters, digits, `-`, `_`, `.` or `~`
    id: String,
    /// Whose it is; the id when you say nothing
    #[arg(long)]
    tenant: Option<String>,
    /// For those who sell more than one
    #[arg(long)]
    product: Option<String>,
    /// Whose habits to expect: okta, entra, onelogin, ...
    #[arg(long)]
    provider: Option<String>,
    /// The configuration it will go into; then it is made sure that the id is free
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON: the token and the directory
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Rotate {
    /// Of the directory
    id: String,
    /// The configuration it is in; then its whole list of credentials is printed
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON: the token and the credentials
    #[arg(long)]
    json: bool,
}

impl Directory {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        match self {
            Directory::New(new) => new.run()?,
            Directory::Rotate(rotate) => rotate.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl New {
    fn run(&self) -> Result<()> {
        let token = Token::new()?;
        let directory = self.directory(&token);
        valid(&directory)?;
        if let Some(file) = &self.config
            && find(&Source::one(file)?, &self.id)?.is_some()
        {
            bail!(
                "{} has a directory `{}` already; `usher directory rotate` makes it another token",
                file.display(),
                self.id
            );
        }
        if self.json {
            println!("{:#}", json!({"token": token.0, "directory": directory}));
            return Ok(());
        }
        token.show();
        println!("{HEADING}Add this to{HEADING:#} `directories` {HEADING}in the configuration:{HEADING:#}\n");
        println!("    {}\n", paper::json(&directory, 4));
        let provider = self.provider.as_deref().filter(|name| crate::setup::guide(name).is_some()).unwrap_or("okta");
        println!(
            "{DIM}The steps at the provider:{DIM:#} usher setup {provider} --directory {} --base https://<your host>",
            self.id
        );
        Ok(())
    }

    fn directory(&self, token: &Token) -> Value {
        let mut directory = Map::from_iter([("id".to_owned(), self.id.as_str().into())]);
        for (key, value) in [("tenant", &self.tenant), ("product", &self.product), ("provider", &self.provider)] {
            directory.extend(value.as_deref().map(|value| (key.to_owned(), value.into())));
        }
        directory.insert("credentials".into(), json!([token.credential()]));
        directory.into()
    }
}

impl Rotate {
    fn run(&self) -> Result<()> {
        let token = Token::new()?;
        let mut credentials = match &self.config {
            Some(file) => {
                let found = find(&Source::one(file)?, &self.id)?;
                let directory = found.with_context(|| format!("{} has no directory `{}`", file.display(), self.id))?;
                directory.get("credentials").and_then(Value::as_array).cloned().unwrap_or_default()
            }
            None => Vec::new(),
        };
        credentials.push(token.credential());
        if self.json {
            println!("{:#}", json!({"token": token.0, "credentials": credentials}));
            return Ok(());
        }
        token.show();
        let where_to = format!("`credentials` {HEADING}of the directory{HEADING:#} `{}`", self.id);
        match &self.config {
            Some(_) => println!(
                "{HEADING}Put this in place of{HEADING:#} {where_to}:\n\n    {}\n",
                paper::json(&credentials.into(), 4)
            ),
            None => {
                println!("{HEADING}Add this to{HEADING:#} {where_to}:\n\n    {}\n", paper::json(&token.credential(), 4))
            }
        }
        println!(
            "Both tokens open the directory then. Change it at the provider, and take the old one out when it is not used"
        );
        println!("any more.");
        Ok(())
    }
}

/// 256 bits of chance, in letters that can be selected by a double click.
struct Token(String);

impl Token {
    fn new() -> Result<Token> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("there is no randomness: {error}"))?;
        Ok(Token(format!("usher_{}", hex(&bytes))))
    }

    fn credential(&self) -> Value {
        json!({"bearer": {"sha256": hex(&Sha256::digest(self.0.as_bytes()))}})
    }

    fn show(&self) {
        println!(
            "{HEADING}The token, shown this once.{HEADING:#} Give it to the provider; the configuration knows only its hash.\n"
        );
        println!("    {GOOD}{}{GOOD:#}\n", self.0);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is printed is accepted.
fn valid(directory: &Value) -> Result<()> {
    let whole = json!({"user_service": {"cluster": "user-service"}, "directories": [directory]});
    match Gateway::new(whole.to_string().as_bytes()) {
        Ok(_) => Ok(()),
        Err(error) => bail!("{}: {}", error.key.trim_start_matches("directories[0]."), error.reason),
    }
}

fn find(source: &Source, id: &str) -> Result<Option<Value>> {
    let whole: Value = serde_json::from_str(&source.text).with_context(|| format!("{} is not JSON", source.name()))?;
    let directories = whole.get("directories").and_then(Value::as_array);
    Ok(directories
        .into_iter()
        .flatten()
        .find(|directory| directory.get("id").is_some_and(|known| known == id))
        .cloned())
}

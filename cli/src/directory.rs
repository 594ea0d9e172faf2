//! `usher directory`: a new one, or a new credential beside the old one; the piece of configuration for either.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anstream::println;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use usher_gateway::Gateway;
use usher_gateway::instant::Instant;

use crate::credential::{Made, Means, method_of};
use crate::paper::{self, DIM, HEADING};
use crate::source::Source;

#[derive(Subcommand)]
pub(crate) enum Directory {
    /// Make a token and the configuration of a new directory
    New(New),
    /// Make another credential for a directory, and let the old one end: both open it until then
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
    #[command(flatten)]
    means: Means,
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
    #[command(flatten)]
    means: Means,
    /// How long the old one is still good: 30d, 12h, 90m
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = duration)]
    overlap: Duration,
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
        let made = self.means.make(&self.id, None)?;
        let directory = self.directory(&made);
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
            println!("{:#}", made.add_to(json!({"directory": directory})));
            return Ok(());
        }
        made.show();
        println!("{HEADING}Add this to{HEADING:#} `directories` {HEADING}in the configuration:{HEADING:#}\n");
        println!("    {}\n", paper::json(&directory, 4));
        let provider = self.provider.as_deref().filter(|name| crate::setup::guide(name).is_some()).unwrap_or("okta");
        println!(
            "{DIM}The steps at the provider:{DIM:#} usher setup {provider} --directory {} --base https://<your host>",
            self.id
        );
        Ok(())
    }

    fn directory(&self, made: &Made) -> Value {
        let mut directory = Map::from_iter([("id".to_owned(), self.id.as_str().into())]);
        for (key, value) in [("tenant", &self.tenant), ("product", &self.product), ("provider", &self.provider)] {
            directory.extend(value.as_deref().map(|value| (key.to_owned(), value.into())));
        }
        directory.insert("credentials".into(), json!([made.credential]));
        directory.into()
    }
}

impl Rotate {
    fn run(&self) -> Result<()> {
        let old = self.old()?;
        if !old.is_empty() && old.iter().all(|credential| method_of(credential).is_none()) {
            bail!("`{}` has the tokens of an identity provider: there is nothing of yours to make anew", self.id);
        }
        let made = self.means.make(&self.id, old.iter().rev().find(|credential| method_of(credential).is_some()))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let end = written(now + self.overlap);
        let alike = old.iter().any(|credential| made.is_like(credential));
        let ends = |credential: &Value| if alike { made.is_like(credential) } else { method_of(credential).is_some() };
        let mut credentials: Vec<Value> = old
            .into_iter()
            .filter_map(|old| if ends(&old) { ending(old, &written(now), &end) } else { Some(old) })
            .collect();
        credentials.push(made.credential.clone());
        valid(&json!({"id": self.id, "credentials": credentials}))?;
        if self.json {
            println!("{:#}", made.add_to(json!({"credentials": credentials, "not_after": end})));
            return Ok(());
        }
        made.show();
        self.show(&made, credentials, &end);
        Ok(())
    }

    fn old(&self) -> Result<Vec<Value>> {
        let Some(file) = &self.config else { return Ok(Vec::new()) };
        let found = find(&Source::one(file)?, &self.id)?;
        let directory = found.with_context(|| format!("{} has no directory `{}`", file.display(), self.id))?;
        Ok(directory.get("credentials").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    fn show(&self, made: &Made, credentials: Vec<Value>, end: &str) {
        let of = format!("`credentials` {HEADING}of the directory{HEADING:#} `{}`", self.id);
        match self.config {
            Some(_) => {
                let all = paper::json(&credentials.into(), 4);
                println!("{HEADING}Put this in place of{HEADING:#} {of}:\n\n    {all}\n");
            }
            None => {
                let one = paper::json(&made.credential, 4);
                println!("{HEADING}Add this to{HEADING:#} {of}:\n\n    {one}\n");
                println!(
                    "{HEADING}and this to the old one:{HEADING:#} {}\n",
                    paper::json(&json!({"not_after": end}), 0)
                );
            }
        }
        println!("Both open the directory until {end}. Change it at the provider before.");
    }
}

/// An older credential ends then, unless it does so before; one that has ended is gone.
fn ending(mut credential: Value, now: &str, end: &str) -> Option<Value> {
    let known = credential.get("not_after").and_then(Value::as_str).and_then(|text| text.parse::<Instant>().ok());
    let [now, then] = [now, end].map(|text| text.parse::<Instant>().ok());
    if known.is_some() && known <= now {
        return None;
    }
    if known.is_none() || known > then {
        credential.as_object_mut()?.insert("not_after".to_owned(), end.into());
    }
    Some(credential)
}

/// RFC 3339, whole seconds.
fn written(since_1970: Duration) -> String {
    let nanos = u64::try_from(since_1970.as_nanos()).unwrap_or(u64::MAX);
    Instant::from_nanos(nanos).to_string().split('.').next().unwrap_or_default().to_owned() + "Z"
}

/// A number, and `d`, `h` or `m` for days, hours or minutes.
fn duration(text: &str) -> Result<Duration, String> {
    let units = [('d', 86_400), ('h', 3_600), ('m', 60)];
    let found = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(*unit)?.parse().ok()?;
        (1..=3_660 * 86_400).contains(&number.checked_mul(*seconds)?).then(|| Duration::from_secs(number * seconds))
    });
    found.ok_or_else(|| "expected a time such as 30d, 12h or 90m".to_owned())
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

//! `usher translate`: a request from a file, and what becomes of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::println;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::{Value, json};
use usher_gateway::instant::Instant;
use usher_gateway::translate::{Asked, Call, Failure, Given, Part, Settings, Translation, translate};

use crate::check::blame;
use crate::paper::{self, BAD, DIM, GOOD, HEADING, NAME};
use crate::request::{Request, header};
use crate::source::{Source, read};

#[derive(Args)]
pub(crate) struct Translate {
    /// An HTTP message, JSON with `method`, `path` and `body`, or only a body; `-`, the default, is standard input
    #[arg(default_value = "-")]
    request: PathBuf,
    /// What the user service has: a record, a SCIM resource, or a list of them. Can be given several times
    #[arg(long, value_name = "FILE")]
    record: Vec<PathBuf>,
    /// Usher's configuration: JSON, or an envoy.yaml that holds it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which of its directories; the first one when you say nothing
    #[arg(long, value_name = "ID")]
    directory: Option<String>,
    /// Of a request that is only a body
    #[arg(long)]
    method: Option<String>,
    /// Of a request that is only a body: `/Users/7`
    #[arg(long)]
    path: Option<String>,
    /// Another header: `Name: value`
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// The time, such as 2026-11-21T20:00:00Z; now when you say nothing
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Where new ids come from: with this and --now, the outcome is the same each time
    #[arg(long)]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Translate {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let mut request = Request::parse(&read(&self.request)?, self.method.as_deref(), self.path.as_deref())?;
        for line in &self.header {
            request.headers.push(header(line)?);
        }
        let source = self.config.as_ref().map(Source::one).transpose()?;
        let records = self.record.iter().map(|file| records(file)).collect::<Result<Vec<_>>>()?.concat();
        let given = Given {
            asked: Asked {
                method: &request.method,
                path: &request.path,
                headers: &request.headers,
                body: request.body.as_deref().map(str::as_bytes),
            },
            records,
            settings: Settings {
                text: source.as_ref().map_or("", |source| source.text.as_str()),
                directory: self.directory.as_deref(),
                environment: &|name| std::env::var(name).ok(),
            },
            now: self.nanos()?,
            seed: self.seed()?,
        };
        match translate(&given) {
            Ok(translation) => Ok(self.tell(&request, &translation)),
            Err(error) => match source.filter(|_| !error.key.starts_with("records")) {
                Some(source) => {
                    blame(&source, &error);
                    Ok(ExitCode::FAILURE)
                }
                None => Err(anyhow!("{}: {}", error.key, error.reason)),
            },
        }
    }

    fn tell(&self, request: &Request, translation: &Translation) -> ExitCode {
        if self.json {
            println!("{:#}", as_json(translation));
        } else {
            show(request, translation);
        }
        if translation.answer.status < 400 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn nanos(&self) -> Result<u64> {
        let Some(text) = &self.now else {
            return Ok(u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos())?);
        };
        let instant: Instant = text.parse().map_err(|_| anyhow!("`{text}` is no time such as 2026-11-21T20:00:00Z"))?;
        Ok(u64::try_from(instant.millis()).context("before 1970 there was no SCIM")? * 1_000_000)
    }

    fn seed(&self) -> Result<u64> {
        match self.seed {
            Some(seed) => Ok(seed),
            None => getrandom::u64().map_err(|error| anyhow!("there is no randomness: {error}")),
        }
    }
}

fn records(file: &Path) -> Result<Vec<Value>> {
    match serde_json::from_str(&read(file)?).with_context(|| format!("{} is not JSON", file.display()))? {
        Value::Array(records) => Ok(records),
        record @ Value::Object(_) => Ok(vec![record]),
        _ => bail!("{} is no record: expected an object or a list of them", file.display()),
    }
}

fn show(request: &Request, translation: &Translation) {
    println!("{HEADING}{} {}{HEADING:#}\n", request.method, request.path);
    if let Some(failure) = &translation.failure {
        show_failure(request, failure);
    }
    translation.changes.iter().for_each(show_change);
    if !translation.changes.is_empty() {
        println!();
    }
    show_events(translation);
    translation.calls.iter().for_each(show_call);
    if !translation.calls.is_empty() {
        println!();
    }
    let answer = &translation.answer;
    let look = if answer.status < 400 { GOOD } else { BAD };
    println!("{HEADING}answer{HEADING:#} {look}{}{look:#}", answer.status);
    if let Some(body) = answer.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()) {
        println!("{}", paper::json(&body, 0));
    }
}

fn show_failure(request: &Request, failure: &Failure) {
    let kind = failure.error.kind.scim_type().map(|kind| format!(" {kind}")).unwrap_or_default();
    println!("{BAD}{}{kind}:{BAD:#} {HEADING}{}{HEADING:#}", failure.error.kind.status(), failure.error);
    if let Some(mark) = &failure.mark {
        let (name, text) = match mark.part {
            Part::Path => ("path", request.path.as_str()),
            Part::Body => ("body", request.body.as_deref().unwrap_or_default()),
        };
        paper::mark(name, text, &(mark.start..mark.end), (0, 0));
    }
    println!();
}

/// `user 7  active: true -> false`
fn show_change(change: &Value) {
    let text = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or_default();
    let value = |key: &str| change.get(key).map(paper::flat);
    let what = match (value("previous"), value("value")) {
        (Some(before), Some(after)) => format!("{before} -> {GOOD}{after}{GOOD:#}"),
        (None, Some(after)) => format!("{GOOD}+ {after}{GOOD:#}"),
        (Some(before), None) => format!("{BAD}- {before}{BAD:#}"),
        (None, None) => format!("{DIM}(not told){DIM:#}"),
    };
    println!("  {DIM}{} {}{DIM:#}  {NAME}{}{NAME:#}: {what}", text("resource"), text("id"), text("path"));
}

fn show_events(translation: &Translation) {
    match translation.events.len() {
        0 => println!("{DIM}no event{DIM:#}\n"),
        1 => println!("{HEADING}1 event{HEADING:#}"),
        number => println!("{HEADING}{number} events{HEADING:#}"),
    }
    translation.events.iter().for_each(|event| println!("{}\n", paper::json(event, 0)));
}

fn show_call(call: &Call) {
    let look = if call.answer.status < 400 { GOOD } else { BAD };
    println!(
        "{DIM}asked the service:{DIM:#} {} {} {look}{}{look:#}",
        call.request.method, call.request.path, call.answer.status
    );
    let signed = call.request.headers.iter().filter(|(name, _)| name.contains("signature"));
    signed.for_each(|(name, value)| println!("  {NAME}{name}{NAME:#}: {value}"));
}

fn as_json(translation: &Translation) -> Value {
    let text =
        |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(bytes)));
    let fields = |headers: &[(String, String)]| {
        Value::Object(headers.iter().map(|(n, v)| (n.clone(), v.as_str().into())).collect())
    };
    let answer = &translation.answer;
    let headers = answer.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let calls = translation.calls.iter().map(|call| {
        json!({"method": call.request.method, "path": call.request.path, "headers": fields(&call.request.headers),
               "body": call.request.body.as_deref().map(text), "status": call.answer.status, "answer": text(&call.answer.body)})
    });
    json!({
        "answer": {"status": answer.status, "headers": Value::Object(headers), "body": answer.body.as_deref().map(text)},
        "failure": translation.failure.as_ref().map(failure_json),
        "events": translation.events,
        "changes": translation.changes,
        "calls": calls.collect::<Vec<_>>(),
        "before": translation.before,
        "records": translation.records,
    })
}

fn failure_json(failure: &Failure) -> Value {
    let part = |part| if part == Part::Body { "body" } else { "path" };
    let mark = failure.mark.as_ref();
    json!({
        "status": failure.error.kind.status(),
        "scimType": failure.error.kind.scim_type(),
        "at": failure.error.at,
        "reason": failure.error.reason,
        "mark": mark.map(|mark| json!({"part": part(mark.part), "start": mark.start, "end": mark.end, "spot": mark.spot})),
    })
}

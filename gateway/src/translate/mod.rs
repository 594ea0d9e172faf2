//! One request from beginning to end without a proxy: what it means, and what would be answered.
//!
//! A pure function over the same [`Exchange`] that runs in a proxy. The user service is a few records in memory, the
//! time and the seed of all randomness are given, so the same input has the same outcome, to the byte.

mod given;
mod service;
mod settings;
mod told;

use std::ops::Range;
use std::rc::Rc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::ConfigError;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{Answer, Body, CallResult, Effect, EffectResult, Exchange, ServiceAnswer, ServiceRequest};
use crate::place;

pub use given::{Asked, Given, Settings};
use service::Memory;
use settings::Prepared;

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// What the provider is answered.
    pub answer: Answer,
    /// Why it was refused, and what to mark in it; nothing when it was not.
    pub failure: Option<Failure>,
    /// The events that were taken, in the format of the settings, decoded.
    pub events: Vec<Value>,
    /// What is different, as the events say it, each with the `collection` and `id` it is about.
    pub changes: Vec<Value>,
    /// Every call to the user service in its order, the deliveries with their signatures among them.
    pub calls: Vec<Call>,
    /// Every record as the user service had it before: what was given, each with its id.
    pub before: Vec<Value>,
    /// Every record as the user service has it afterwards.
    pub records: Vec<Value>,
}

/// One call to the user service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What it was asked.
    pub request: ServiceRequest,
    /// What it answered.
    pub answer: ServiceAnswer,
}

impl Call {
    /// A delivery that the user service has acknowledged.
    fn is_taken(&self) -> bool {
        self.request.method == "POST" && (200..300).contains(&self.answer.status)
    }
}

/// A failure and where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the provider is told.
    pub error: ScimError,
    /// The bytes that caused it, where they can be named.
    pub mark: Option<Mark>,
}

/// A piece of the request, in bytes of its UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which piece.
    pub part: Part,
    /// Where it begins.
    pub start: usize,
    /// Where it has ended.
    pub end: usize,
    /// From where on a path or a filter is wrong.
    pub spot: Option<usize>,
}

/// What a mark is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The path with its query, as it was given.
    Path,
    /// The body.
    Body,
}

/// What this request means, and what it would be answered.
///
/// # Errors
/// The first thing that is wrong with the settings or with a record, with its key.
pub fn translate(given: &Given<'_>) -> Result<Translation, ConfigError> {
    let Prepared { gateway, directory } = settings::prepare(&given.settings)?;
    let mut memory = Memory::new(&gateway.config, &given.records, given.asked.path)?;
    let before = memory.records();
    let head = given.asked.head(&gateway.config, &directory);
    let mut source = Source { given, drawn: 0, memory: &mut memory, calls: Vec::new() };
    let exchange = Exchange::begin(Rc::clone(&gateway), head);
    let answer = exchange.run(&mut |effect| source.perform(effect));
    let calls = source.calls;
    let events: Vec<Value> =
        calls.iter().filter(|call| call.is_taken()).flat_map(|call| told::events(&call.request)).collect();
    Ok(Translation {
        failure: answer.failure.clone().map(|error| Failure { mark: mark(&error, &given.asked), error }),
        changes: events.iter().flat_map(told::changes).collect(),
        events,
        answer,
        calls,
        before,
        records: memory.records(),
    })
}

/// Performs effects without a world.
struct Source<'g, 'm> {
    given: &'g Given<'g>,
    drawn: u64,
    memory: &'m mut Memory,
    calls: Vec<Call>,
}

impl Source<'_, '_> {
    fn perform(&mut self, effect: &Effect) -> EffectResult {
        match effect {
            Effect::Body => EffectResult::Body(Body::Whole(self.given.asked.body.unwrap_or_default().to_vec())),
            Effect::Call(request) => EffectResult::Call(CallResult::Answered(self.call(request))),
            // A proxy that has just started, and keeps nothing.
            Effect::Load(_) => EffectResult::Loaded(None),
            Effect::Save(..) => EffectResult::Saved(true),
            Effect::Now => EffectResult::Now(self.given.now),
            Effect::Fact(_) => EffectResult::Fact(Vec::new()),
            Effect::Random => EffectResult::Random(self.draw()),
        }
    }

    fn call(&mut self, request: &ServiceRequest) -> ServiceAnswer {
        let answer = self.memory.answer(request);
        self.calls.push(Call { request: request.clone(), answer: answer.clone() });
        answer
    }

    /// Different each time, the same for the same seed, and spread as random bytes are.
    fn draw(&mut self) -> [u8; 16] {
        self.drawn += 1;
        let hash = Sha256::new().chain_update(self.given.seed.to_be_bytes()).chain_update(self.drawn.to_be_bytes());
        hash.finalize().first_chunk().copied().unwrap_or_default()
    }
}

fn mark(error: &ScimError, asked: &Asked<'_>) -> Option<Mark> {
    let in_path = || place::find_parameter(asked.path, &error.at).map(|range| (Part::Path, range));
    let in_body = || {
        let body = std::str::from_utf8(asked.body?).ok()?;
        let broken = error.kind == ErrorKind::InvalidSyntax && error.at.is_empty();
        let range = if broken { place::fault(body) } else { place::find(body, &error.at) };
        range.map(|range| (Part::Body, range))
    };
    let (part, range) = in_body().or_else(in_path)?;
    Some(Mark { part, start: range.start, end: range.end, spot: spot(error, asked, part, &range) })
}

/// The column counts in the text that the place names. A path that is a key is not what is marked: its value is.
fn spot(error: &ScimError, asked: &Asked<'_>, part: Part, marked: &Range<usize>) -> Option<usize> {
    let name = error.at.rsplit('.').next().unwrap_or_default();
    let names_a_text = ["path", "filter"].iter().any(|known| name.eq_ignore_ascii_case(known));
    let text = match part {
        Part::Path => asked.path,
        Part::Body => std::str::from_utf8(asked.body?).ok()?,
    };
    error.column.filter(|_| names_a_text).and_then(|column| place::find_character(text, marked, column))
}

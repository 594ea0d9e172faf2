//! `translate`, converted.

use usher_gateway::exchange::Answer as GatewayAnswer;
use usher_gateway::place;
use usher_gateway::translate as core;

use crate::Component;
use crate::bindings::exports::usher::scim::translate::{
    Answer, Call, Failure, Guest, Header, Input, Mark, Part, Problem, Range, Translation,
};

impl Guest for Component {
    fn translate(input: Input) -> Result<Translation, Problem> {
        let headers: Vec<_> = input.request.headers.into_iter().map(|header| (header.name, header.value)).collect();
        let body = input.request.body.as_deref().map(str::as_bytes);
        let asked = core::Asked { method: &input.request.method, path: &input.request.path, headers: &headers, body };
        let secret = |name: &str| {
            input.settings.secrets.iter().find(|known| known.name == name).map(|known| known.value.clone())
        };
        let directory = input.settings.directory.as_deref();
        let settings = core::Settings { text: &input.settings.config, directory, environment: &secret };
        let records = input.records.iter().enumerate().map(|(i, text)| record(i, text)).collect::<Result<_, _>>()?;
        let now = input.now.saturating_mul(1_000_000);
        let translation = core::translate(&core::Given { asked, records, settings, now, seed: input.seed });
        translation.map(told).map_err(|error| Problem { key: error.key, reason: error.reason })
    }

    fn locate(text: String, at: String) -> Option<Range> {
        place::find(&text, &at).map(|range| Range { start: size(range.start), end: size(range.end) })
    }
}

fn record(i: usize, text: &str) -> Result<serde_json::Value, Problem> {
    serde_json::from_str(text).map_err(|error| Problem { key: format!("records[{i}]"), reason: error.to_string() })
}

fn told(translation: core::Translation) -> Translation {
    let texts = |values: Vec<serde_json::Value>| values.iter().map(ToString::to_string).collect();
    Translation {
        answer: answer(translation.answer),
        failure: translation.failure.map(failure),
        events: texts(translation.events),
        changes: texts(translation.changes),
        calls: translation.calls.into_iter().map(call).collect(),
        before: texts(translation.before),
        records: texts(translation.records),
    }
}

fn answer(answer: GatewayAnswer) -> Answer {
    let headers = answer.headers.into_iter().map(|(name, value)| Header { name: name.to_owned(), value });
    Answer { status: answer.status, headers: headers.collect(), body: answer.body.map(text) }
}

fn failure(core::Failure { error, mark: marked }: core::Failure) -> Failure {
    let part = |part| match part {
        core::Part::Path => Part::Path,
        core::Part::Body => Part::Body,
    };
    let mark = |mark: core::Mark| Mark {
        part: part(mark.part),
        start: size(mark.start),
        end: size(mark.end),
        spot: mark.spot.map(size),
    };
    Failure {
        status: error.kind.status(),
        scim_type: error.kind.scim_type().map(str::to_owned),
        at: error.at,
        reason: error.reason,
        mark: marked.map(mark),
    }
}

fn call(core::Call { request, answer }: core::Call) -> Call {
    Call {
        method: request.method.to_owned(),
        path: request.path,
        headers: request.headers.into_iter().map(|(name, value)| Header { name, value }).collect(),
        body: request.body.map(text),
        status: answer.status,
        answer: text(answer.body),
    }
}

/// Bodies of the gateway are JSON or a token.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text is in the memory of this module, whose addresses have as many bits.
fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

//! Writes what the core makes of every request of every conversation, one a line: the measure for whoever uses the
//! component from another language.

use std::io::{Write, stdout};

use anyhow::Result;
use serde_json::{Value, json};
use usher_gateway::translate::{Part, Translation};
use usher_host_tests::conversation::{load_all, play};
use usher_host_tests::targets::{Input, SECRETS, Setup, Translated};

fn main() -> Result<()> {
    let mut out = stdout().lock();
    for (name, conversation) in load_all()? {
        let mut core = Translated::new(&Setup::of(&conversation)?);
        // A conversation about credentials ends at its first step: a translation needs none.
        drop(play(&conversation, &mut core, &mut |_| ()));
        for (input, translation) in &core.translations {
            if let Some(given) = given(input) {
                writeln!(out, "{}", json!({"name": name, "given": given, "told": told(translation)}))?;
            }
        }
    }
    Ok(())
}

/// Nothing for a body that is no text: the component's `translate` takes only those.
fn given(input: &Input) -> Option<Value> {
    let body = input.body.clone().map(String::from_utf8).transpose().ok()?;
    let secrets = SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(json!({
        "request": {"method": input.method, "path": input.path, "headers": fields(&input.headers), "body": body},
        "records": texts(&input.records),
        "settings": {"config": input.settings, "directory": input.directory, "secrets": fields(&secrets)},
        "now": input.now / 1_000_000,
        "seed": input.seed,
    }))
}

fn told(translation: &Translation) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let answer = &translation.answer;
    let headers: Vec<_> = answer.headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let calls = translation.calls.iter().map(|call| {
        json!({"method": call.request.method, "path": call.request.path, "headers": fields(&call.request.headers),
               "body": call.request.body.as_deref().map(text), "status": call.answer.status,
               "answer": text(&call.answer.body)})
    });
    json!({
        "answer": {"status": answer.status, "headers": headers, "body": answer.body.as_deref().map(text)},
        "failure": failure(translation),
        "events": texts(&translation.events),
        "changes": texts(&translation.changes),
        "calls": calls.collect::<Vec<_>>(),
        "before": texts(&translation.before),
        "records": texts(&translation.records),
    })
}

fn failure(translation: &Translation) -> Option<Value> {
    let failure = translation.failure.as_ref()?;
    let part = |part| if part == Part::Body { "body" } else { "path" };
    let mark = failure.mark.as_ref();
    Some(json!({
        "status": failure.error.kind.status(),
        "scimType": failure.error.kind.scim_type(),
        "at": failure.error.at,
        "reason": failure.error.reason,
        "mark": mark.map(|mark| json!({"part": part(mark.part), "start": mark.start, "end": mark.end, "spot": mark.spot})),
    }))
}

fn fields(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn texts(values: &[Value]) -> Vec<String> {
    values.iter().map(Value::to_string).collect()
}

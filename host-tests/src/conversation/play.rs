//! Plays a conversation to a target, step by step, and stops at the first step that does not go as expected.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::substitute::{Captured, substitute};
use super::{Answer, Conversation, Expect, Request, Step, differences};

/// Something that speaks SCIM, and the user service behind it.
pub trait Target {
    /// Sends one request, with the target's own base and credentials.
    fn send(&mut self, request: &Request) -> Result<Answer>;

    /// The events the user service has accepted since the last time it was asked.
    fn events(&mut self) -> Result<Vec<Value>>;
}

/// One step as it went.
pub struct Played {
    pub number: usize,
    pub step: Step,
    pub answer: Answer,
    pub events: Vec<Value>,
    pub differences: Vec<String>,
}

pub fn play(conversation: &Conversation, target: &mut dyn Target, observe: &mut dyn FnMut(&Played)) -> Result<()> {
    let mut captured = Captured::new();
    for (index, step) in conversation.steps.iter().enumerate() {
        let place = || format!("{}, step {} ({})", conversation.title, index + 1, step.say);
        let played = play_step(index + 1, step, target, &mut captured).with_context(place)?;
        observe(&played);
        if !played.differences.is_empty() {
            bail!("{}\n{}", place(), account(&played));
        }
    }
    Ok(())
}

fn play_step(number: usize, step: &Step, target: &mut dyn Target, captured: &mut Captured) -> Result<Played> {
    let step = substitute(step, captured)?;
    let answer = target.send(&step.request)?;
    let events = target.events()?;
    let mut differences = check(&step.expect, &answer, &events);
    differences.extend(capture(&step, &answer, captured));
    Ok(Played { number, step, answer, events, differences })
}

fn check(expect: &Expect, answer: &Answer, events: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    if expect.status != answer.status {
        found.push(format!("status: expected {}, got {}", expect.status, answer.status));
    }
    found.extend(check_headers(expect, answer));
    if let Some(body) = &expect.body {
        found.extend(differences(body, &answer.body).into_iter().map(|text| format!("body: {text}")));
    }
    if let Some(expected) = &expect.events {
        let expected = Value::from(expected.as_slice());
        found.extend(differences(&expected, &events.into()).into_iter().map(|text| format!("events: {text}")));
    }
    found
}

fn check_headers(expect: &Expect, answer: &Answer) -> Vec<String> {
    let each = expect.headers.iter().flat_map(|(name, expected)| {
        let actual = answer.header(name).map_or(Value::Null, Value::from);
        let found = differences(&expected.as_str().into(), &actual);
        found.into_iter().map(move |text| format!("header {name}: {text}"))
    });
    each.collect()
}

fn capture(step: &Step, answer: &Answer, captured: &mut Captured) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, pointer) in &step.capture {
        match answer.body.pointer(pointer).and_then(Value::as_str) {
            Some(value) => drop(captured.insert(name.clone(), value.to_owned())),
            None => missing.push(format!("capture {name}: {pointer} is no string in the answer")),
        }
    }
    missing
}

/// What went wrong, for someone who was not watching.
fn account(played: &Played) -> String {
    let request = &played.step.request;
    let mut lines = vec![format!("  {} {}", request.method, request.path)];
    lines.extend(played.differences.iter().map(|text| format!("  - {text}")));
    lines.push(format!("  answer: {} {}", played.answer.status, played.answer.body));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Answers every request with what it was sent, and makes one event of every write.
    struct Echo(Vec<Value>);

    impl Target for Echo {
        fn send(&mut self, request: &Request) -> Result<Answer> {
            if request.method != "GET" {
                self.0.push(json!({"event": "user.created", "path": request.path}));
            }
            let body = request.payload().unwrap_or_default();
            Ok(Answer::new(200, vec![("Etag".into(), "x".into())], &body))
        }

        fn events(&mut self) -> Result<Vec<Value>> {
            Ok(std::mem::take(&mut self.0))
        }
    }

    fn conversation(second: Value) -> Conversation {
        let first = json!({"say": "create", "request": {"method": "POST", "path": "/Users", "body": {"id": "7"}},
                           "expect": {"status": 200, "headers": {"etag": "*"}}, "capture": {"user": "/id"}});
        serde_json::from_value(json!({"provider": "x", "title": "t", "steps": [first, second]})).unwrap()
    }

    #[test]
    fn a_capture_reaches_the_next_step() {
        let second = json!({"say": "delete", "request": {"method": "DELETE", "path": "/Users/{user}"},
                            "expect": {"status": 200, "events": [{"path": "/Users/7"}]}});
        let mut seen = Vec::new();
        play(&conversation(second), &mut Echo(vec![]), &mut |played| seen.push(played.number)).unwrap();
        assert_eq!(seen, [1, 2]);
    }

    #[test]
    fn a_failure_names_step_request_and_differences() {
        let second = json!({"say": "read", "request": {"method": "GET", "path": "/Users/{user}"},
                            "expect": {"status": 404, "events": [{}]}});
        let error = play(&conversation(second), &mut Echo(vec![]), &mut |_| ()).unwrap_err().to_string();
        assert_eq!(
            error,
            "t, step 2 (read)\n  GET /Users/7\n  - status: expected 404, got 200\n  \
             - events: expected 1 items, got 0: []\n  answer: 200 null"
        );
    }
}

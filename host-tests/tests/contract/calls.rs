//! docs/openapi.yaml: every call that the gateway makes in a conversation, and every answer of the reference service.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;
use usher_gateway::exchange::{CallResult, Effect, EffectResult, ServiceAnswer, ServiceRequest};
use usher_host_tests::conversation::Conversation;

use crate::published::{faults, openapi, validator};
use crate::recordings;

#[test]
fn every_call_and_every_answer_is_as_described() {
    let api = Api::new();
    let mut used = BTreeSet::new();
    for (name, conversation, recordings) in recordings() {
        let calls = recordings.iter().flat_map(|recording| &recording.effects).filter_map(call);
        for (request, answer) in calls {
            let (operation, found) = api.check(request, answer, &conversation);
            assert_eq!(found, [""; 0], "{name}: {} {}", request.method, request.path);
            used.insert(operation);
        }
    }
    let all: BTreeSet<_> = api.operations.iter().map(|operation| operation.id.clone()).collect();
    assert_eq!(used, all, "every operation is used by some conversation");
}

/// A test that cannot fail proves nothing.
#[test]
fn what_is_wrong_is_found() {
    let (api, conversation) = (Api::new(), recordings().next().unwrap().1);
    let good = ServiceRequest {
        method: "GET",
        path: "/provisioning/users?directory=acme&count=2".into(),
        headers: vec![("usher-directory".into(), "acme".into()), ("accept".into(), "application/json".into())],
        body: None,
    };
    let answer = |body: &str| ServiceAnswer {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.into(),
    };
    let nothing = answer(r#"{"total": 0, "items": []}"#);
    assert_eq!(api.check(&good, &nothing, &conversation).1, [""; 0]);
    for path in ["users", "users?directory=", "users?directory=a&count=x", "users?directory=a&shoe_size=42"] {
        let bad = ServiceRequest { path: format!("/provisioning/{path}"), ..good.clone() };
        assert!(!api.check(&bad, &nothing, &conversation).1.is_empty(), "{path}");
    }
    let undescribed = ServiceRequest { headers: vec![("x-shoe-size".into(), "42".into())], ..good.clone() };
    assert!(!api.check(&undescribed, &nothing, &conversation).1.is_empty());
    for body in ["", r#"{"total": 0}"#, r#"{"total": 1, "items": [{"id": "u1"}]}"#] {
        assert!(!api.check(&good, &answer(body), &conversation).1.is_empty(), "{body}");
    }
    assert!(!api.check(&good, &ServiceAnswer { status: 418, ..nothing }, &conversation).1.is_empty());
}

fn call(step: &(Effect, EffectResult)) -> Option<(&ServiceRequest, &ServiceAnswer)> {
    match step {
        (Effect::Call(request), EffectResult::Call(CallResult::Answered(answer))) => Some((request, answer)),
        _ => None,
    }
}

/// What belongs to HTTP, and the trace that is passed on.
const NOT_DESCRIBED: [&str; 4] = ["accept", "content-type", "traceparent", "tracestate"];

struct Api {
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    /// `["provisioning", "users", "{id}"]`
    path: Vec<String>,
    /// Where and how it is called; whether it must be there.
    parameters: BTreeMap<(String, String), (bool, Validator)>,
    body: Option<Validator>,
    /// Nothing for an answer without a body.
    answers: BTreeMap<u16, Option<Validator>>,
}

impl Api {
    fn new() -> Api {
        let document = openapi();
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let place = format!("openapi.yaml#/paths/{}/{method}", pointer(path));
                operations.push(Operation::of(&document, path, method, operation, &place));
            }
        }
        // What is said in full comes before what is said with a name in braces.
        operations.sort_by_key(|operation| operation.path.iter().filter(|part| part.starts_with('{')).count());
        Api { operations }
    }

    /// The operation that this is, and what is wrong with it.
    fn check(&self, request: &ServiceRequest, answer: &ServiceAnswer, of: &Conversation) -> (String, Vec<String>) {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let method = request.method.to_lowercase();
        let fits = |operation: &&Operation| operation.method == method && operation.named(&parts).is_some();
        let Some(operation) = self.operations.iter().find(fits) else {
            return (String::new(), vec!["there is no such operation".into()]);
        };
        let mut given: Vec<_> = operation.named(&parts).unwrap();
        given.extend(
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| ("query", name, decoded(value))),
        );
        let headers = request.headers.iter().filter(|(name, _)| !NOT_DESCRIBED.contains(&name.as_str()));
        given.extend(headers.map(|(name, value)| ("header", name.as_str(), value.clone())));
        let mut found = operation.parameters(&given);
        // Another format is described elsewhere.
        if of.config.get("events").is_none_or(|events| events.get("format").is_none()) {
            found.extend(operation.body(request.body.as_deref()));
        }
        found.extend(operation.answer(answer));
        (operation.id.clone(), found)
    }
}

impl Operation {
    fn of(document: &Value, path: &str, method: &str, operation: &Value, place: &str) -> Operation {
        let parameters = operation["parameters"].as_array().unwrap().iter().enumerate();
        let parameters = parameters.map(|(number, parameter)| {
            let (parameter, place) = resolved(document, parameter, &format!("{place}/parameters/{number}"));
            let text = |name: &str| parameter[name].as_str().unwrap().to_owned();
            let rule = (parameter["required"] == true, validator(&format!("{place}/schema")));
            ((text("in"), text("name")), rule)
        });
        let json = |place: String| validator(&format!("{place}/content/application~1json/schema"));
        let answers = operation["responses"].as_object().unwrap().iter().map(|(status, answer)| {
            let (answer, place) = resolved(document, answer, &format!("{place}/responses/{status}"));
            (status.parse().unwrap(), answer.get("content").map(|_| json(place)))
        });
        Operation {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_owned(),
            path: path.trim_start_matches('/').split('/').map(str::to_owned).collect(),
            parameters: parameters.collect(),
            body: operation.get("requestBody").map(|_| json(format!("{place}/requestBody"))),
            answers: answers.collect(),
        }
    }

    /// The values in the path, if it is this operation's.
    fn named<'o>(&'o self, parts: &[&str]) -> Option<Vec<(&'static str, &'o str, String)>> {
        let same = |(part, value): (&String, &&str)| part.starts_with('{') || part == value;
        let fits = self.path.len() == parts.len() && self.path.iter().zip(parts).all(same);
        let named = self.path.iter().zip(parts).filter(|(part, _)| part.starts_with('{'));
        fits.then(|| named.map(|(part, value)| ("path", part.trim_matches(['{', '}']), decoded(value))).collect())
    }

    fn parameters(&self, given: &[(&str, &str, String)]) -> Vec<String> {
        let mut found = Vec::new();
        for (place, name, value) in given {
            match self.parameters.get(&((*place).to_owned(), (*name).to_owned())) {
                Some((_, rule)) => {
                    found.extend(faults(rule, &typed(rule, value)).iter().map(|f| format!("{name}: {f}")))
                }
                None => found.push(format!("the {place} parameter {name} is not described")),
            }
        }
        let required = self.parameters.iter().filter(|(_, (required, _))| *required);
        let absent = required.filter(|((place, name), _)| !given.iter().any(|(p, n, _)| p == place && n == name));
        found.extend(absent.map(|((place, name), _)| format!("the {place} parameter {name} is not there")));
        found
    }

    fn body(&self, body: Option<&[u8]>) -> Vec<String> {
        match (&self.body, body) {
            (None, None) => Vec::new(),
            (Some(rule), Some(body)) => faults(rule, &serde_json::from_slice(body).unwrap_or_default()),
            _ => vec!["there is a body too many or too few".into()],
        }
    }

    fn answer(&self, answer: &ServiceAnswer) -> Vec<String> {
        match (self.answers.get(&answer.status), answer.body.is_empty()) {
            (Some(None), true) => Vec::new(),
            (Some(Some(rule)), false) => faults(rule, &serde_json::from_slice(&answer.body).unwrap_or_default()),
            _ => vec![format!("this answer is not described: {answer:?}")],
        }
    }
}

/// A parameter is text, and a number if that is what is wanted.
fn typed(rule: &Validator, text: &str) -> Value {
    let number = text.parse::<u64>().ok().map(Value::from).filter(|number| rule.is_valid(number));
    number.unwrap_or_else(|| text.into())
}

/// As one step of a pointer that stands in a URL.
fn pointer(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D")
}

/// Where a `$ref` leads.
fn resolved(document: &Value, value: &Value, place: &str) -> (Value, String) {
    match value["$ref"].as_str() {
        Some(to) => (document.pointer(to.trim_start_matches('#')).unwrap().clone(), format!("openapi.yaml{to}")),
        None => (value.clone(), place.to_owned()),
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        (bytes, rest) = match code.filter(|_| *first == b'%') {
            Some(byte) => ([bytes, vec![byte]].concat(), &after[2..]),
            None => ([bytes, vec![*first]].concat(), after),
        };
    }
    String::from_utf8(bytes).unwrap()
}

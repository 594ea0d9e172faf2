//! What is fuzzed: nine ways into the gateway, each a function of bytes that must not panic.
//!
//! Knows no fuzzer, so that the corpus and every crash there ever was are also played by `cargo test` (host-tests/tests/corpus.rs).

mod play;
mod script;

use serde_json::Map;
use usher_gateway::Gateway;
use usher_gateway::config::Environment;
use usher_gateway::filter::{Dialect, Filter, Literal, Predicate};
use usher_gateway::limits::Limits;
use usher_gateway::path::PatchPath;
use usher_gateway::request::locate;

use play::{Request, gateway, play};
use script::Script;

/// A way into the gateway.
pub type Entry = fn(&[u8]);

/// Every one, by the name of its target and its corpus.
pub const ENTRIES: [(&str, Entry); 9] = [
    ("head", head),
    ("path", path),
    ("filter", filter),
    ("patch", patch),
    ("resource", resource),
    ("bulk", bulk),
    ("configuration", configuration),
    ("service", service),
    ("exchange", exchange),
];

/// A whole head: the request target, then a line for each header.
pub fn head(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let target = lines.next().unwrap_or_default();
    let pair = |line: &[u8]| {
        let at = line.iter().position(|byte| *byte == b'=').unwrap_or(line.len());
        let (name, value) = line.split_at(at);
        (name.to_vec(), value.get(1..).unwrap_or_default().to_vec())
    };
    let request = Request { target: target.to_vec(), headers: lines.map(pair).collect(), ..Request::new("GET", "") };
    play(&request, Script::good());
}

/// A request target, and the path of a PATCH.
pub fn path(data: &[u8]) {
    for host in [None, Some("acme".to_owned())] {
        let _ = locate("/scim/v2", host, data, Limits::DEFAULT.target_bytes);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = PatchPath::parse(text, &Limits::DEFAULT);
    }
}

/// A filter means the same when it is written out and read again.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for dialect in [Dialect::Strict, Dialect::BareWords] {
        let Ok(filter) = Filter::parse(text, dialect, &Limits::DEFAULT) else { continue };
        let written = filter.to_string();
        if written.len() <= Limits::DEFAULT.filter_bytes && !has_odd_number(&filter) {
            assert_eq!(Filter::parse(&written, Dialect::Strict, &Limits::DEFAULT).as_ref(), Ok(&filter), "{written}");
        }
        let gateway = gateway();
        for of in ["Users", "Groups"].into_iter().filter_map(|endpoint| gateway.config.schemas.at_endpoint(endpoint)) {
            let _ = Predicate::bind(&filter, of).map(|predicate| predicate.matches(&Map::new()));
        }
    }
}

/// One of a size that nobody means, with a fraction: serde_json reads its digits to the last place but one.
fn has_odd_number(filter: &Filter) -> bool {
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().any(has_odd_number),
        Filter::Not(term) | Filter::Element(_, term) => has_odd_number(term),
        Filter::Compare(_, _, Literal::Number(number)) => {
            number.as_f64().is_some_and(|number| number != 0.0 && !(1e-6..1e36).contains(&number.abs()))
        }
        Filter::Compare(..) | Filter::Present(_) => false,
    }
}

/// The body of a PATCH, of a user and of a group.
pub fn patch(data: &[u8]) {
    for target in ["/Users/u1", "/Groups/g1"] {
        play(&Request { body: data.to_vec(), ..Request::new("PATCH", target) }, Script::good());
    }
}

/// The body of a PUT and of a POST.
pub fn resource(data: &[u8]) {
    for (method, target) in [("POST", "/Users"), ("PUT", "/Users/u1"), ("POST", "/Groups"), ("PUT", "/Groups/g1")] {
        play(&Request { body: data.to_vec(), ..Request::new(method, target) }, Script::good());
    }
}

/// The body of a bulk request, and of a search.
pub fn bulk(data: &[u8]) {
    for target in ["/Bulk", "/.search"] {
        play(&Request { body: data.to_vec(), ..Request::new("POST", target) }, Script::good());
    }
}

/// A configuration; where it is taken, one request is played under it.
pub fn configuration(data: &[u8]) {
    let environment: Environment<'_> = &|_| Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
    if let Ok(gateway) = Gateway::with_environment(data, environment) {
        play::under(gateway.into(), &Request::new("GET", "/Users/u1"), Script::good());
    }
}

/// The body of everything that the service answers.
pub fn service(data: &[u8]) {
    for (method, target) in
        [("GET", "/Users/u1"), ("GET", "/Users?filter=title%20pr"), ("DELETE", "/Users/u1"), ("GET", "/Groups/g1")]
    {
        play(&Request::new(method, target), Script::same(data));
    }
    let body = br#"{"Operations":[{"op":"add","path":"members","value":[{"value":"u1"}]}]}"#;
    play(&Request { body: body.to_vec(), ..Request::new("PATCH", "/Groups/g1") }, Script::same(data));
}

/// A whole exchange with a random script: the first byte chooses the request, the next ones what becomes of each effect,
/// and what follows a line's end is the body.
pub fn exchange(data: &[u8]) {
    let (choice, rest) = data.split_first().map_or((0, data), |(byte, rest)| (*byte, rest));
    let at = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (script, body) = rest.split_at(at);
    let request = Request { body: body.get(1..).unwrap_or_default().to_vec(), ..Request::chosen(choice) };
    play(&request, Script::of(script));
}

//! What no client should send (host-tests/bad-inputs), over HTTP/1.1 and HTTP/2 and with every kind of credential: refused
//! as it should be, in SCIM's words, with no event, and a good request right after it is served.

mod catalogue;
mod http1;
mod http2;

use std::time::Duration;

use serde_json::{Value, json};
use usher_host_tests::conversation::{Request, Target};
use usher_host_tests::stack::{ACME, Options, Stack, configure, jwt, plugin_configuration};

use catalogue::{Case, cases, filled};

const PATIENCE: Duration = Duration::from_secs(10);

/// How a client says who it is.
fn credentials() -> [(&'static str, &'static str, String); 4] {
    [
        ("bearer", "authorization", format!("Bearer {}", ACME.token)),
        ("header", "x-api-key", "a-key-in-a-header-0123456789".to_owned()),
        // okta:a-password-of-36-characters-012345678
        ("basic", "authorization", "Basic b2t0YTphLXBhc3N3b3JkLW9mLTM2LWNoYXJhY3RlcnMtMDEyMzQ1Njc4".to_owned()),
        ("jwt", "authorization", format!("Bearer {}", jwt::token("good").unwrap())),
    ]
}

/// A request with no holes left.
#[derive(Debug)]
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    /// All of it, in place of the others.
    raw: Option<String>,
}

#[derive(Debug, Clone)]
struct Said {
    status: u16,
    body: String,
}

#[test]
fn there_are_eight_hundred_and_no_two_are_the_same() {
    let mut all: Vec<String> =
        cases().iter().map(|c| format!("{} {} {:?} {:?} {:?}", c.method, c.target, c.headers, c.body, c.raw)).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert!(all.len() == count && count > 800, "{count} cases, {} different", all.len());
}

#[test]
fn every_bad_input_is_refused_and_the_next_request_is_served() {
    let edits = vec![jwt::verified().unwrap(), configure(configuration())];
    let mut bench = Bench::new(Stack::start(Options { edits, ..Options::default() }).unwrap());
    let (mut wrong, credentials) = (Vec::new(), credentials());
    for (number, case) in cases().iter().enumerate() {
        let (kind, name, value) = &credentials[number % credentials.len()];
        let credential = (*kind, *name, value.as_str());
        wrong.extend(bench.over_http1(case, credential));
        wrong.extend(bench.over_http2(case, credential));
    }
    assert!(bench.unsayable < 120, "{} could not be said in HTTP/2", bench.unsayable);
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    let reloads = bench.stack.admin("/stats?filter=vm_reload_success").unwrap();
    assert!(reloads.lines().all(|line| line.ends_with(": 0")), "{reloads}");
}

/// The sample, with credentials of each kind, and nobody locked out for what follows.
fn configuration() -> Value {
    let mut configuration = plugin_configuration().unwrap();
    let credentials = configuration["directories"][0]["credentials"].as_array_mut().unwrap();
    credentials.push(json!({"header": {"name": "x-api-key", "sha256": "0ba1cc478b68695c2ee258b074a97c60f51ff0c65b5179f8233f311320ccdac9"}}));
    credentials.push(json!({"basic": {"username": "okta", "sha256": "6e4fd9fddbbbb0c3948a5353f9191ced03b48d2b58f87671e247803cdd4f923a"}}));
    credentials
        .push(json!({"jwt": {"provider": "entra", "issuer": "https://issuer.test/", "audience": ["api://usher"],
                                    "claims": {"appid": "okta-app"}}}));
    configuration["lockout"] = json!({"failures": 0});
    configuration
}

struct Bench {
    stack: Stack,
    http2: http2::Client,
    known: Vec<(String, String)>,
    unsayable: usize,
}

impl Bench {
    fn new(stack: Stack) -> Bench {
        let http2 = http2::Client::new(stack.ports.scim);
        let token = ACME.token.to_owned();
        let known = vec![("token".to_owned(), token)];
        let mut bench = Bench { stack, http2, known, unsayable: 0 };
        for (name, path, body) in [
            ("user", "/Users", json!({"userName": "bench@acme.test"})),
            ("group", "/Groups", json!({"displayName": "Bench"})),
        ] {
            let request = Request { method: "POST".into(), path: path.into(), body: Some(body), ..Request::default() };
            let answer = bench.stack.client(&ACME).unwrap().send(&request).unwrap();
            bench.known.push((name.to_owned(), answer.body["id"].as_str().unwrap().to_owned()));
        }
        bench.stack.events().unwrap();
        bench
    }

    fn over_http1(&mut self, case: &Case, credential: (&str, &str, &str)) -> Option<String> {
        let sent = self.fill(case, credential);
        let said = http1::send(self.stack.ports.scim, &sent);
        let good = http1::send(self.stack.ports.scim, &self.good(credential));
        self.judge("HTTP/1.1", case, credential, &said, &good)
    }

    fn over_http2(&mut self, case: &Case, credential: (&str, &str, &str)) -> Option<String> {
        let sent = self.fill(case, credential);
        let Some(said) = self.http2.send(&sent) else {
            self.unsayable += 1;
            return None;
        };
        let good = self.http2.send(&self.good(credential)).unwrap();
        self.judge("HTTP/2", case, credential, &said, &good)
    }

    fn fill(&self, case: &Case, (_, name, value): (&str, &str, &str)) -> Sent {
        let filled = |text: &String| filled(text, &self.known);
        let mut headers: Vec<_> = case.headers.iter().map(|(n, v)| (n.clone(), filled(v))).collect();
        if case.credential {
            headers.push((name.to_owned(), value.to_owned()));
        }
        if case.body.is_some() && !headers.iter().any(|(name, _)| name == "content-type") {
            headers.push(("content-type".to_owned(), "application/scim+json".to_owned()));
        }
        let body = case.body.as_ref().map(filled);
        Sent {
            method: case.method.clone(),
            target: filled(&case.target),
            headers,
            body,
            raw: case.raw.as_ref().map(filled),
        }
    }

    fn good(&self, (_, name, value): (&str, &str, &str)) -> Sent {
        let target = filled("/scim/v2/acme/Users/${user}", &self.known);
        Sent { method: "GET".into(), target, headers: vec![(name.to_owned(), value.to_owned())], body: None, raw: None }
    }

    /// What is wrong with it; nothing when all is well.
    fn judge(
        &mut self,
        how: &str,
        case: &Case,
        (credential, ..): (&str, &str, &str),
        said: &Said,
        good: &Said,
    ) -> Option<String> {
        let events = self.stack.events().unwrap().len();
        let json: Value = serde_json::from_str(&said.body).unwrap_or_default();
        let scim_type = json["scimType"].as_str();
        let told = json["status"].as_str().and_then(|status| status.parse::<u16>().ok());
        let scim_type_fits = || scim_type.is_some_and(|found| case.scim_type.iter().any(|wanted| wanted == found));
        let rules = [
            (case.status.contains(&said.status), "the status"),
            (said.status < 400 || told == Some(said.status), "no SCIM error"),
            (said.status != 400 || case.scim_type.is_empty() || scim_type_fits(), "the scimType"),
            (case.may_write || events == 0, "an event"),
            (good.status == 200, "the good request after it"),
        ];
        let broken: Vec<&str> = rules.iter().filter(|(holds, _)| !holds).map(|(_, what)| *what).collect();
        let Case { id, method, target, headers, body, .. } = case;
        let place = || {
            format!(
                "{id} ({how}, {credential}): {method} {target} {headers:?} {:?}\n    got {} {}",
                body.as_ref().map(|b| b.get(..200).unwrap_or(b)),
                said.status,
                said.body
            )
        };
        (!broken.is_empty()).then(|| format!("{}: {}", broken.join(", "), place()))
    }
}

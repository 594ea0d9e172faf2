//! What Envoy sends is checked by code that knows nothing of Usher: the libraries that Standard Webhooks publishes for
//! JavaScript and Python, and a consumer as Jackson's documentation has one written.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use usher_host_tests::conversation::{Request, Target};
use usher_host_tests::languages::{self, installed};
use usher_host_tests::scripted::{Asked, Say, Scripted};
use usher_host_tests::stack::{ACME, Backend, Options, Stack, configure, plugin_configuration, replace, repository};
use usher_host_tests::targets::SECRETS;

const FILES: &str = "host-tests/tests/consumers";

#[test]
fn others_find_the_signatures_good() {
    let checkers: Vec<Checker> = [javascript(), python(), jackson()].into_iter().flatten().collect();
    let deliveries: Vec<_> = ["array", "single"].into_iter().flat_map(deliveries).collect();
    assert_eq!(deliveries.len(), 4, "the group and its two members come together, and one by one");
    for checker in checkers {
        for delivery in &deliveries {
            for secret in checker.secrets {
                assert_eq!(checker.ask(secret, &delivery.headers, &delivery.body), "yes", "{}", checker.name);
            }
            checker.finds_what_is_wrong(delivery);
        }
    }
}

struct Delivered {
    headers: Value,
    body: String,
}

/// A group with two members, through Envoy.
fn deliveries(format: &str) -> Vec<Delivered> {
    let service = Scripted::start(|asked| match asked.method.as_str() {
        "POST" => Say::status(204),
        _ => Say::json(200, &json!({"total": 0, "items": []})),
    });
    let service = service.unwrap();
    let names = |names: &[&str]| json!({"secret_env": names});
    let mut configuration = plugin_configuration().unwrap();
    configuration["directories"][0]["events"] = json!({"format": format, "members": "ids", "signatures": [
        {"standard_webhooks": names(&["WEBHOOK_SECRET", "OLD_WEBHOOK_SECRET"])},
        {"boxyhq": names(&["JACKSON_SECRET"])},
    ]});
    let variables: Vec<_> = SECRETS.iter().map(|(name, _)| *name).collect();
    let variables = format!("environment_variables: {{ host_env_keys: [{}] }}", variables.join(", "));
    let edits = vec![
        configure(configuration),
        replace("# environment_variables: { host_env_keys: [USHER_SIGNING_SECRET] }", variables),
    ];
    let env = SECRETS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let backend = Backend::There(service.port);
    let stack = Stack::start(Options { edits, env, backend, workers: 1, ..Options::default() }).unwrap();
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Büro / \"Köln\"",
                      "members": [{"value": "u1"}, {"value": "u2"}]});
    let request = Request { method: "POST".into(), path: "/Groups".into(), body: Some(body), ..Request::default() };
    assert_eq!(stack.client(&ACME).unwrap().send(&request).unwrap().status, 201);
    service.asked().into_iter().filter(Asked::is_write).map(delivered).collect()
}

fn delivered(asked: Asked) -> Delivered {
    let headers = asked.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    Delivered { headers: Value::Object(headers.collect()), body: String::from_utf8(asked.body).unwrap() }
}

struct Checker {
    name: &'static str,
    program: PathBuf,
    file: &'static str,
    env: Vec<(&'static str, PathBuf)>,
    secrets: &'static [&'static str],
    /// The header that it looks at, and a piece of it that can be changed.
    header: &'static str,
}

const WEBHOOK_SECRETS: [&str; 2] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];

impl Checker {
    /// What it says of a delivery.
    fn ask(&self, secret: &str, headers: &Value, body: &str) -> String {
        let mut command = Command::new(&self.program);
        command.arg(repository().join(FILES).join(self.file)).envs(self.env.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let line = json!({"secret": secret, "headers": headers, "body": body}).to_string() + "\n";
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
    }

    fn finds_what_is_wrong(&self, delivery: &Delivered) {
        let secret = self.secrets[0];
        let mut other_time = delivery.headers.clone();
        let header = other_time[self.header].as_str().unwrap();
        // The last digit of a time stands at the end, or before a comma.
        let (time, rest) = header.split_once(',').unwrap_or((header, ""));
        let (start, last) = time.split_at(time.len() - 1);
        let last = (last.parse::<u8>().unwrap() + 1) % 10;
        other_time[self.header] =
            [start, &last.to_string(), if rest.is_empty() { "" } else { "," }, rest].concat().into();
        for (why, answer) in [
            ("another secret", self.ask("whsec_CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", &delivery.headers, &delivery.body)),
            ("another body", self.ask(secret, &delivery.headers, &delivery.body.replace("Büro", "Laden"))),
            ("another time", self.ask(secret, &other_time, &delivery.body)),
        ] {
            assert!(answer.starts_with("no"), "{}: {why}: {answer}", self.name);
        }
    }
}

fn javascript() -> Option<Checker> {
    let place =
        languages::javascript("standardwebhooks-node", &repository().join(FILES).join("package.json")).unwrap()?;
    let (program, env) = (installed("node", "nodejs")?, vec![("LIBRARIES", place.join("package.json"))]);
    let (name, file, header) = ("standardwebhooks for JavaScript", "standardwebhooks.mjs", "webhook-timestamp");
    Some(Checker { name, program, file, env, secrets: &WEBHOOK_SECRETS, header })
}

fn python() -> Option<Checker> {
    let requirements = repository().join(FILES).join("requirements.txt");
    let program = languages::python("standardwebhooks-python", &requirements).unwrap()?;
    let (name, file, header) = ("standardwebhooks for Python", "standardwebhooks_check.py", "webhook-timestamp");
    Some(Checker { name, program, file, env: Vec::new(), secrets: &WEBHOOK_SECRETS, header })
}

fn jackson() -> Option<Checker> {
    let program = installed("node", "nodejs")?;
    let (name, file, header) = ("a consumer of Jackson's", "jackson.mjs", "boxyhq-signature");
    Some(Checker { name, program, file, env: Vec::new(), secrets: &["secret"], header })
}

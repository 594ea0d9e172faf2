//! Several Envoys are as good as one: every conversation, each request to the next of three, in front of one service on
//! PostgreSQL, with their caches on. What is expected is what is expected of one.

use std::io::{Write, stderr};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;
use usher_host_tests::conversation::{Answer, Request, ServiceKind, Target, load_all, play};
use usher_host_tests::postgresql::{MISSING, Postgresql, installed};
use usher_host_tests::stack::{Directory, Discovery, Options, Ports, Program, Proxy, ScimClient, Stack, rest_service};
use usher_host_tests::targets::{SECRETS, Setup, environment};

const ENVOYS: usize = 3;
/// Far more than it takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn every_conversation_goes_through_three_as_through_one() {
    if !installed() {
        return stderr().write_all(format!("\n{MISSING}\n").as_bytes()).unwrap();
    }
    let postgresql = Postgresql::start().unwrap();
    let mut fleet = Fleet::start().unwrap();
    let (mut played, mut failed) = (0, Vec::new());
    for (name, conversation) in load_all().unwrap() {
        let setup = Setup::of(&conversation).unwrap();
        // These count failures and requests, which each Envoy does for itself: docs/directories.md says so.
        if setup.fresh_proxy {
            continue;
        }
        fleet.configure(&setup.configuration).unwrap();
        fleet.put_before(setup.service, &postgresql).unwrap();
        let outcome = play(&conversation, &mut fleet.client(&setup.directory).unwrap(), &mut |_| ());
        failed.extend(outcome.err().map(|error| format!("{name}: {error:#}")));
        played += 1;
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(played > 80, "{played}");
    fleet.assert_all_have_worked();
}

/// Envoys that take their configuration from one file, and the service behind them.
struct Fleet {
    stack: Stack,
    others: Vec<Proxy>,
    discovery: Discovery,
    configuration: Value,
}

impl Fleet {
    fn start() -> Result<Fleet> {
        let discovery = Discovery::new()?;
        let options = || Options {
            edits: vec![environment(), discovery.edit()],
            env: SECRETS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            workers: 1,
            ..Options::default()
        };
        let stack = Stack::start(options())?;
        let others = (1..ENVOYS).map(|number| {
            let dir = stack.dir().join(format!("envoy-{number}"));
            std::fs::create_dir_all(&dir)?;
            let ports = Ports { service: stack.ports.service, ..Ports::default().pick()? };
            Proxy::start(&options(), ports, &dir)
        });
        let others = others.collect::<Result<_>>()?;
        Ok(Fleet { stack, others, discovery, configuration: Value::Null })
    }

    /// The service that the conversation wants, with nothing stored: on PostgreSQL, where it can use one.
    fn put_before(&mut self, kind: ServiceKind, postgresql: &Postgresql) -> Result<()> {
        let reference = kind == ServiceKind::Reference;
        let path = if reference { None } else { Some(rest_service()?) };
        self.stack.put_before(Program { path, ..Program::default() });
        let database = reference.then(|| postgresql.empty()).transpose()?;
        self.stack.forget(database.as_deref())
    }

    /// Returns when each of them goes by it.
    fn configure(&mut self, configuration: &Value) -> Result<()> {
        if self.configuration == *configuration {
            return Ok(());
        }
        let before = self.reloads()?;
        // The provider knows one address, whichever Envoy answers.
        let mut published = configuration.clone();
        let address = published.as_object_mut().map(|whole| whole.entry("external_url"));
        address.map(|entry| entry.or_insert_with(|| self.stack.url().into()));
        self.discovery.publish(published)?;
        let start = Instant::now();
        while self.reloads()?.iter().zip(&before).any(|(now, then)| now <= then) {
            anyhow::ensure!(start.elapsed() < PATIENCE, "not taken: {configuration}");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.configuration = configuration.clone();
        Ok(())
    }

    fn reloads(&self) -> Result<Vec<u64>> {
        let path = "/stats?filter=extension_config_discovery.http_filter.usher.config_reload";
        let said = std::iter::once(self.stack.admin(path)).chain(self.others.iter().map(|proxy| proxy.admin(path)));
        said.map(|text| Ok(text?.lines().filter_map(|line| line.rsplit(": ").next()?.parse::<u64>().ok()).sum()))
            .collect()
    }

    fn client(&self, directory: &Directory) -> Result<RoundRobin> {
        let ports = std::iter::once(self.stack.ports.scim).chain(self.others.iter().map(|proxy| proxy.ports().scim));
        let clients = ports.map(|port| {
            let base = directory.base(&format!("http://127.0.0.1:{port}"));
            ScimClient::new(base, directory.token, &self.stack.file("events.jsonl"))
        });
        Ok(RoundRobin { clients: clients.collect::<Result<_>>()?, sent: 0 })
    }

    /// A round robin that always met the same one would prove nothing.
    fn assert_all_have_worked(&self) {
        for text in std::iter::once(self.stack.admin("/stats/prometheus"))
            .chain(self.others.iter().map(|proxy| proxy.admin("/stats/prometheus")))
        {
            let text = text.unwrap();
            let accepted =
                text.lines().filter(|line| line.starts_with("usher_exchanges{") && line.contains("\"accepted\""));
            assert!(accepted.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum::<u64>() > 50);
        }
    }
}

/// Each request to the next.
struct RoundRobin {
    clients: Vec<ScimClient>,
    sent: usize,
}

impl Target for RoundRobin {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        let next = self.sent % self.clients.len();
        self.sent += 1;
        self.clients[next].send(request)
    }

    /// All of them look at the same file.
    fn events(&mut self) -> Result<Vec<Value>> {
        self.clients[0].events()
    }
}

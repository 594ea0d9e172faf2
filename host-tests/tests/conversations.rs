//! Every conversation, against the bare gateway, the translation, the module in the small host, and the whole stack on
//! either database.
//!
//! `cargo test --test conversations okta` plays those of one provider, `... ::native` all of them on one target.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Result, bail};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use usher_host_tests::conversation::{Answer, Conversation, Request, ServiceKind, Target, load_all, play};
use usher_host_tests::postgresql::{MISSING, Postgresql, installed};
use usher_host_tests::targets::{Envoys, InWasm, Native, Setup, Translated, module, unsound};
use usher_host_tests::wasm_host::Module;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Shared by the trials, and ended here when all of them are through.
    let envoys = Arc::new(Mutex::new(Envoys::default()));
    let postgresql = Arc::new(Server::default());
    if !installed() {
        eprintln!("{MISSING}");
    }
    let conclusion = match trials(&envoys, installed().then_some(&postgresql)) {
        Ok(trials) => libtest_mimic::run(&arguments, trials),
        Err(error) => libtest_mimic::run(&arguments, vec![Trial::test("conversations", move || outcome(Err(error)))]),
    };
    drop((envoys, postgresql));
    conclusion.exit_code()
}

fn trials(envoys: &Arc<Mutex<Envoys>>, postgresql: Option<&Arc<Server>>) -> Result<Vec<Trial>> {
    let module = module().map(Arc::new);
    let mut trials = Vec::new();
    for (name, conversation) in load_all()? {
        let conversation = Arc::new(conversation);
        let (told, module) = (Arc::clone(&conversation), module.as_ref().map(Arc::clone).map_err(ToString::to_string));
        trials.push(Trial::test(format!("{name}::wasm"), move || outcome(in_wasm(&told, module))));
        let (told, envoys_of) = (Arc::clone(&conversation), Arc::clone(envoys));
        trials.push(Trial::test(format!("{name}::envoy"), move || outcome(through_envoy(&told, &envoys_of, None))));
        if let Some(postgresql) = postgresql.filter(|_| conversation.service == ServiceKind::Reference) {
            let (told, envoys, server) = (Arc::clone(&conversation), Arc::clone(envoys), Arc::clone(postgresql));
            let on_it = move || through_envoy(&told, &envoys, Some(&server));
            trials.push(Trial::test(format!("{name}::postgresql"), move || outcome(on_it())));
        }
        let told = Arc::clone(&conversation);
        let trial = Trial::test(format!("{name}::translate"), move || outcome(translated(&told)));
        // A translation has no service with a shape of its own behind it.
        let shaped = conversation.service == ServiceKind::Rest;
        let unlike = speaks_of_credentials(&conversation) || shaped || is_read_in_part(&conversation);
        trials.push(trial.with_ignored_flag(unlike));
        trials.push(Trial::test(format!("{name}::native"), move || outcome(native(&conversation))));
    }
    Ok(trials)
}

/// Started when it is first needed.
#[derive(Default)]
struct Server(OnceLock<Result<Postgresql, String>>);

impl Server {
    /// A database with nothing in it.
    fn empty(&self) -> Result<String> {
        let start = || Postgresql::start().map_err(|error| format!("{error:#}"));
        match self.0.get_or_init(start) {
            Ok(server) => server.empty(),
            Err(error) => bail!("{error}"),
        }
    }
}

fn outcome(result: Result<()>) -> Result<(), Failed> {
    result.map_err(|error| format!("{error:#}").into())
}

fn native(conversation: &Conversation) -> Result<()> {
    let native = Native::new(&Setup::of(conversation)?)?;
    let usual = !conversation.config.contains_key("events") && conversation.service == ServiceKind::Reference;
    play(conversation, &mut Checked { native, usual }, &mut |_| ())
}

fn translated(conversation: &Conversation) -> Result<()> {
    play(conversation, &mut Translated::new(&Setup::of(conversation)?), &mut |_| ())
}

/// `usher translate` keeps the few records of one file, and gives every one of them whole.
fn is_read_in_part(conversation: &Conversation) -> bool {
    conversation.title == "A few members of a large group"
}

/// A translation needs no credential, so it cannot miss one.
fn speaks_of_credentials(conversation: &Conversation) -> bool {
    conversation
        .steps
        .iter()
        .map(|step| &step.request)
        // A base of its own is another directory, perhaps.
        .any(|asked| {
            asked.base.is_some() || asked.headers.keys().any(|name| name.eq_ignore_ascii_case("authorization"))
        })
}

fn in_wasm(conversation: &Conversation, module: Result<Arc<Module>, String>) -> Result<()> {
    let module = module.map_err(anyhow::Error::msg)?;
    play(conversation, &mut InWasm::new(&module, &Setup::of(conversation)?)?, &mut |_| ())
}

fn through_envoy(conversation: &Conversation, envoys: &Mutex<Envoys>, postgresql: Option<&Server>) -> Result<()> {
    let database = postgresql.map(Server::empty).transpose()?;
    let mut envoys = envoys.lock().unwrap_or_else(PoisonError::into_inner);
    play(conversation, &mut envoys.client(&Setup::of(conversation)?, database.as_deref())?, &mut |_| ())
}

/// The bare gateway, with a look at every delivery.
struct Checked {
    native: Native,
    /// Events look as they do unless somebody wants them otherwise.
    usual: bool,
}

impl Target for Checked {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        self.native.send(request)
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        let events = self.native.events()?;
        let Some(last) = self.native.recordings.last() else { return Ok(events) };
        let found: Vec<_> = last.deliveries().filter(|_| self.usual).flat_map(unsound).collect();
        if !found.is_empty() {
            bail!("{}", found.join("\n"));
        }
        if self.usual && last.answer.account.events != events.len() {
            bail!("the gateway counts {} events, the service accepted {events:?}", last.answer.account.events);
        }
        Ok(events)
    }
}

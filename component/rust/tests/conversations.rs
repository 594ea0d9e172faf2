//! Every conversation against the component: stepped through `exchange` in front of the reference service, and what
//! `translate` says compared with what the core says.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use usher_component_host::{Component, Instance, exchange as wit, translate};
use usher_gateway::exchange as core;
use usher_host_tests::conversation::{Answer, Conversation, Request, Target, load_all, play};
use usher_host_tests::stack::{Directory, repository};
use usher_host_tests::targets::{Input, SECRETS, Service, Setup, Translated, World, head};
use wasmtime::component::ResourceAny;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>> {
    let file: PathBuf = repository().join("target/component/usher.wasm");
    let component = Component::load(&file).map_err(|error| anyhow!(error));
    let component = Arc::new(component.with_context(|| format!("{}: run `make component`", file.display()))?);
    let mut trials = Vec::new();
    for (name, conversation) in load_all()? {
        let (told, used) = (Arc::new(conversation), Arc::clone(&component));
        let stepped = Arc::clone(&told);
        trials.push(Trial::test(format!("{name}::exchange"), move || outcome(step_through(&stepped, &used))));
        let used = Arc::clone(&component);
        trials.push(Trial::test(format!("{name}::translate"), move || outcome(translate_all(&told, &used))));
    }
    Ok(trials)
}

fn outcome(result: Result<()>) -> Result<(), Failed> {
    result.map_err(|error| format!("{error:#}").into())
}

fn step_through(conversation: &Conversation, component: &Component) -> Result<()> {
    play(conversation, &mut InComponent::new(component, &Setup::of(conversation)?)?, &mut |_| ())
}

/// The component's gateway in front of the reference service.
struct InComponent {
    instance: Instance,
    gateway: ResourceAny,
    directory: Directory,
    world: World,
}

impl InComponent {
    fn new(component: &Component, setup: &Setup) -> Result<InComponent> {
        let mut instance = component.instance().map_err(|error| anyhow!(error))?;
        let secret = |(name, value): &(&str, &str)| wit::Header { name: (*name).into(), value: (*value).into() };
        let secrets: Vec<_> = SECRETS.iter().map(secret).collect();
        let gateway = instance.gateway(&setup.configuration.to_string(), &secrets).map_err(|error| anyhow!(error))?;
        let gateway = gateway.map_err(|error| anyhow!("{}: {}", error.key, error.reason))?;
        Ok(InComponent {
            instance,
            gateway,
            directory: setup.directory,
            world: World::around(Service::of(setup.service)?),
        })
    }
}

impl Target for InComponent {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        self.world.pass();
        let field = |(name, value): (String, String)| wit::Field { name: name.into(), value: value.into() };
        let head: Vec<_> = head(&self.directory, request).into_iter().map(field).collect();
        let body = request.payload().unwrap_or_default();
        let world = &mut self.world;
        let answer =
            self.instance.exchange(self.gateway, &head, &mut |effect| performed(world.perform(&wish(effect), &body)));
        let answer = answer.map_err(|error| anyhow!(error))?;
        let headers = answer.headers.into_iter().map(|header| (header.name, header.value)).collect();
        let body = answer.body.filter(|_| request.method != "HEAD").unwrap_or_default();
        Ok(Answer::new(answer.status, headers, &body))
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        self.world.events()
    }
}

fn wish(effect: wit::Effect) -> core::Effect {
    match effect {
        wit::Effect::Body => core::Effect::Body,
        wit::Effect::Call(request) => core::Effect::Call(core::ServiceRequest {
            // Others than these two are named in event routes.
            method: ["GET", "PUT", "PATCH", "DELETE"].into_iter().find(|m| *m == request.method).unwrap_or("POST"),
            path: request.path,
            headers: request.headers.into_iter().map(|header| (header.name, header.value)).collect(),
            body: request.body,
        }),
        wit::Effect::Load(key) => core::Effect::Load(key),
        wit::Effect::Save(wit::Save { key, value, guard }) => {
            let guard = match guard {
                wit::Guard::Anything => core::Guard::Anything,
                wit::Guard::Edition(edition) => core::Guard::Edition(edition),
                wit::Guard::Absent => core::Guard::Absent,
            };
            core::Effect::Save(key, value, guard)
        }
        wit::Effect::Now => core::Effect::Now,
        wit::Effect::Random => core::Effect::Random,
        wit::Effect::Fact(fact) => core::Effect::Fact(match fact {
            wit::Fact::Address => core::Fact::Address,
            wit::Fact::Claim(wit::Claim { provider, name }) => core::Fact::Claim { provider, name },
            wit::Fact::Failure(provider) => core::Fact::Failure { provider },
        }),
    }
}

fn performed(result: core::EffectResult) -> wit::EffectResult {
    match result {
        core::EffectResult::Body(core::Body::Whole(body)) => wit::EffectResult::Body(body),
        core::EffectResult::Body(core::Body::TooLarge) => wit::EffectResult::BodyTooLarge,
        core::EffectResult::Call(core::CallResult::Answered(answer)) => {
            let headers = answer.headers.into_iter().map(|(name, value)| wit::Header { name, value }).collect();
            wit::EffectResult::Answered(wit::ServiceAnswer { status: answer.status, headers, body: answer.body })
        }
        core::EffectResult::Call(core::CallResult::Failed(core::CallFailure::NoHost)) => {
            wit::EffectResult::Failed(wit::CallFailure::NoHost)
        }
        core::EffectResult::Call(core::CallResult::Failed(core::CallFailure::Reset)) => {
            wit::EffectResult::Failed(wit::CallFailure::Reset)
        }
        core::EffectResult::Call(core::CallResult::Failed(core::CallFailure::TooLarge)) => {
            wit::EffectResult::Failed(wit::CallFailure::TooLarge)
        }
        core::EffectResult::Loaded(kept) => {
            wit::EffectResult::Loaded(kept.map(|kept| wit::Kept { value: kept.value, edition: kept.edition }))
        }
        core::EffectResult::Saved(done) => wit::EffectResult::Saved(done),
        core::EffectResult::Fact(values) => wit::EffectResult::Fact(values),
        core::EffectResult::Now(nanos) => wit::EffectResult::Now(nanos),
        core::EffectResult::Random(bytes) => {
            let whole = u128::from_be_bytes(bytes);
            wit::EffectResult::Random(((whole >> 64) as u64, whole as u64))
        }
    }
}

/// The core translates the conversation, the component each of its requests.
fn translate_all(conversation: &Conversation, component: &Component) -> Result<()> {
    let mut core = Translated::new(&Setup::of(conversation)?);
    // Whether the core is right is looked at elsewhere; a conversation about credentials ends at its first step.
    drop(play(conversation, &mut core, &mut |_| ()));
    let mut instance = component.instance().map_err(|error| anyhow!(error))?;
    for (input, expected) in &core.translations {
        let Some(given) = given(input) else { continue };
        let told = instance.translate(&given).map_err(|error| anyhow!(error))?;
        let told = told.map_err(|problem| anyhow!("{}: {}", problem.key, problem.reason))?;
        let place = format!("{} {}", input.method, input.path);
        let body = expected.answer.body.as_deref().map(String::from_utf8_lossy);
        same(&place, &(told.answer.status, told.answer.body.as_deref()), &(expected.answer.status, body.as_deref()))?;
        let texts = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>();
        same(&place, &told.events, &texts(&expected.events))?;
        same(&place, &told.changes, &texts(&expected.changes))?;
        same(&place, &told.before, &texts(&expected.before))?;
        same(&place, &told.records, &texts(&expected.records))?;
        same(&place, &told.calls.len(), &expected.calls.len())?;
        let failure = told.failure.map(|f| (f.status, f.at, f.reason, f.mark.map(|m| (m.start, m.end, m.spot))));
        let bytes = |size: usize| u32::try_from(size).unwrap_or_default();
        let wanted = expected.failure.as_ref().map(|f| {
            let mark = f.mark.as_ref().map(|m| (bytes(m.start), bytes(m.end), m.spot.map(bytes)));
            (f.error.kind.status(), f.error.at.clone(), f.error.reason.clone(), mark)
        });
        same(&place, &failure, &wanted)?;
    }
    Ok(())
}

/// Nothing for a body that is no text: `translate` takes only those.
fn given(input: &Input) -> Option<translate::Input> {
    let header = |name: &str, value: &str| translate::Header { name: name.into(), value: value.into() };
    let body = match &input.body {
        Some(body) => Some(String::from_utf8(body.clone()).ok()?),
        None => None,
    };
    Some(translate::Input {
        request: translate::Request {
            method: input.method.clone(),
            path: input.path.clone(),
            headers: input.headers.iter().map(|(name, value)| header(name, value)).collect(),
            body,
        },
        records: input.records.iter().map(Value::to_string).collect(),
        settings: translate::Settings {
            config: input.settings.clone(),
            directory: Some(input.directory.clone()),
            secrets: SECRETS.iter().map(|(name, value)| header(name, value)).collect(),
        },
        now: input.now / 1_000_000,
        seed: input.seed,
    })
}

fn same<T: PartialEq<U> + std::fmt::Debug, U: std::fmt::Debug>(place: &str, told: &T, expected: &U) -> Result<()> {
    if told == expected {
        return Ok(());
    }
    bail!("{place}: the component says {told:?}, the core says {expected:?}")
}

//! `exchange`, converted.

use std::cell::RefCell;
use std::rc::Rc;

use usher_gateway::exchange::{self as core, Body, CallFailure as Failed, CallResult};
use usher_gateway::{Gateway as CoreGateway, RequestHead};

use crate::Component;
use crate::bindings::exports::usher::scim::exchange as wit;

impl wit::Guest for Component {
    type Gateway = Gateway;
    type Exchange = Exchange;
}

pub(crate) struct Gateway(Rc<CoreGateway>);

pub(crate) struct Exchange(RefCell<core::Exchange>);

impl wit::GuestGateway for Gateway {
    fn parse(config: String, secrets: Vec<wit::Header>) -> Result<wit::Gateway, wit::ConfigError> {
        let secret = |name: &str| secrets.iter().find(|known| known.name == name).map(|known| known.value.clone());
        let gateway = CoreGateway::with_environment(config.as_bytes(), &secret);
        let gateway = gateway.map_err(|error| wit::ConfigError { key: error.key, reason: error.reason })?;
        Ok(wit::Gateway::new(Self(Rc::new(gateway))))
    }

    fn body_bytes(&self) -> u64 {
        self.0.config.limits.body_bytes as u64
    }

    fn begin(&self, head: Vec<wit::Field>) -> wit::Exchange {
        let head = RequestHead { headers: head.into_iter().map(|field| (field.name, field.value)).collect() };
        wit::Exchange::new(Exchange(RefCell::new(core::Exchange::begin(Rc::clone(&self.0), head))))
    }
}

impl wit::GuestExchange for Exchange {
    fn step(&self, outcome: Option<wit::EffectResult>) -> wit::Step {
        match self.0.borrow_mut().step(outcome.map(result)) {
            core::Step::Perform(wish) => wit::Step::Perform(effect(wish)),
            core::Step::Answer(end) => wit::Step::Answer(answer(end)),
        }
    }
}

fn effect(effect: core::Effect) -> wit::Effect {
    match effect {
        core::Effect::Body => wit::Effect::Body,
        core::Effect::Call(request) => wit::Effect::Call(wit::ServiceRequest {
            method: request.method.to_owned(),
            path: request.path,
            headers: request.headers.into_iter().map(header).collect(),
            body: request.body,
        }),
        core::Effect::Load(key) => wit::Effect::Load(key),
        core::Effect::Save(key, value, guard) => wit::Effect::Save(wit::Save { key, value, guard: self::guard(guard) }),
        core::Effect::Now => wit::Effect::Now,
        core::Effect::Random => wit::Effect::Random,
        core::Effect::Fact(fact) => wit::Effect::Fact(self::fact(fact)),
    }
}

fn fact(fact: core::Fact) -> wit::Fact {
    match fact {
        core::Fact::Address => wit::Fact::Address,
        core::Fact::Claim { provider, name } => wit::Fact::Claim(wit::Claim { provider, name }),
        core::Fact::Failure { provider } => wit::Fact::Failure(provider),
    }
}

fn guard(guard: core::Guard) -> wit::Guard {
    match guard {
        core::Guard::Anything => wit::Guard::Anything,
        core::Guard::Edition(edition) => wit::Guard::Edition(edition),
        core::Guard::Absent => wit::Guard::Absent,
    }
}

fn result(result: wit::EffectResult) -> core::EffectResult {
    match result {
        wit::EffectResult::Body(body) => core::EffectResult::Body(Body::Whole(body)),
        wit::EffectResult::BodyTooLarge => core::EffectResult::Body(Body::TooLarge),
        wit::EffectResult::Answered(answer) => core::EffectResult::Call(CallResult::Answered(service_answer(answer))),
        wit::EffectResult::Failed(failure) => core::EffectResult::Call(CallResult::Failed(match failure {
            wit::CallFailure::NoHost => Failed::NoHost,
            wit::CallFailure::Reset => Failed::Reset,
            wit::CallFailure::TooLarge => Failed::TooLarge,
        })),
        wit::EffectResult::Loaded(kept) => {
            core::EffectResult::Loaded(kept.map(|kept| core::Kept { value: kept.value, edition: kept.edition }))
        }
        wit::EffectResult::Saved(done) => core::EffectResult::Saved(done),
        wit::EffectResult::Now(nanos) => core::EffectResult::Now(nanos),
        wit::EffectResult::Fact(values) => core::EffectResult::Fact(values),
        wit::EffectResult::Random((high, low)) => {
            core::EffectResult::Random((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
        }
    }
}

fn service_answer(answer: wit::ServiceAnswer) -> core::ServiceAnswer {
    let headers = answer.headers.into_iter().map(|header| (header.name, header.value)).collect();
    core::ServiceAnswer { status: answer.status, headers, body: answer.body }
}

fn answer(answer: core::Answer) -> wit::Answer {
    let account = wit::Account {
        directory: answer.account.directory.map(|id| id.to_string()),
        operation: answer.account.operation.to_owned(),
        outcome: answer.account.outcome.word().to_owned(),
        events: u32::try_from(answer.account.events).unwrap_or(u32::MAX),
    };
    let headers = answer.headers.into_iter().map(|(name, value)| header((name.to_owned(), value)));
    wit::Answer { status: answer.status, headers: headers.collect(), body: answer.body, account }
}

fn header((name, value): (String, String)) -> wit::Header {
    wit::Header { name, value }
}

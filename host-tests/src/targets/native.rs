//! The gateway itself, without a proxy: its effects are performed right here.

use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::{Result, anyhow};
use serde_json::Value;
use usher_gateway::exchange::{
    Body, CallResult, Effect, EffectResult, Fact, Guard, Kept, ServiceAnswer, ServiceRequest,
};
use usher_gateway::{Answer as GatewayAnswer, Gateway, RequestHead};

use super::fate::{SEED, Time, secret};
use super::{Recording, Service, Setup, head};
use crate::conversation::{Answer, Request, Target};
use crate::stack::Directory;
use crate::wasm_host::Random;

pub struct Native {
    pub gateway: Rc<Gateway>,
    /// Every exchange so far.
    pub recordings: Vec<Recording>,
    directory: Directory,
    service: Service,
    time: Time,
    random: Random,
    /// What a proxy keeps in its shared data.
    saved: BTreeMap<String, Kept>,
}

impl Native {
    pub fn new(setup: &Setup) -> Result<Native> {
        Native::with(setup, Service::of(setup.service)?)
    }

    /// In front of this service.
    pub fn with(setup: &Setup, service: Service) -> Result<Native> {
        let configuration = setup.configuration.to_string();
        let gateway = Gateway::with_environment(configuration.as_bytes(), &secret).map_err(|error| anyhow!(error))?;
        Ok(Native {
            gateway: Rc::new(gateway),
            recordings: Vec::new(),
            directory: setup.directory,
            service,
            time: Time::default(),
            random: Random::new(Some(SEED)),
            saved: BTreeMap::new(),
        })
    }

    fn perform(&mut self, effect: &Effect, body: &[u8]) -> EffectResult {
        match effect {
            Effect::Body => EffectResult::Body(Body::Whole(body.to_vec())),
            Effect::Load(key) => EffectResult::Loaded(self.saved.get(key).cloned()),
            Effect::Save(key, value, guard) => EffectResult::Saved(self.save(key, value, *guard)),
            Effect::Call(request) => EffectResult::Call(CallResult::Answered(self.ask(request))),
            Effect::Now => EffectResult::Now(self.time.clock.unix_nanos()),
            Effect::Random => EffectResult::Random(self.random()),
            Effect::Fact(Fact::Address) => EffectResult::Fact(vec!["192.0.2.1:40123".to_owned()]),
            Effect::Fact(_) => EffectResult::Fact(Vec::new()),
        }
    }

    fn save(&mut self, key: &str, value: &[u8], guard: Guard) -> bool {
        let edition = self.saved.get(key).map(|kept| kept.edition);
        let fits = match guard {
            Guard::Anything => true,
            Guard::Edition(seen) => edition.is_none_or(|edition| edition == seen),
            Guard::Absent => edition.is_none(),
        };
        if fits {
            let kept = Kept { value: value.to_vec(), edition: edition.unwrap_or_default() + 1 };
            self.saved.insert(key.to_owned(), kept);
        }
        fits
    }

    /// Different each time, the same in each run.
    fn random(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.random.bytes(16));
        bytes
    }

    /// # Panics
    /// When the gateway asks something that is no HTTP request.
    fn ask(&self, request: &ServiceRequest) -> ServiceAnswer {
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let body = request.body.as_deref().unwrap_or_default();
        match self.service.call(request.method, &request.path, headers, body) {
            Ok(answer) => ServiceAnswer { status: answer.status, headers: answer.headers, body: answer.body },
            Err(error) => panic!("{} {}: {error:#}", request.method, request.path),
        }
    }
}

impl Target for Native {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        self.time.pass();
        let bytes = |(name, value): (String, String)| (name.into_bytes(), value.into_bytes());
        let head = RequestHead { headers: head(&self.directory, request).into_iter().map(bytes).collect() };
        let body = request.payload().unwrap_or_default();
        let gateway = Rc::clone(&self.gateway);
        let recording = Recording::make(&gateway, head, &mut |effect| self.perform(effect, &body));
        let answer = shown(&recording.answer, request.method == "HEAD");
        self.recordings.push(recording);
        Ok(answer)
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        self.service.events()
    }
}

/// As the client sees it: the proxy sends no body to HEAD.
pub(super) fn shown(answer: &GatewayAnswer, is_head: bool) -> Answer {
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let body = answer.body.as_deref().filter(|_| !is_head).unwrap_or_default();
    Answer::new(answer.status, headers, body)
}

//! The world around a gateway that runs inside this program: a user service, a clock, chance, and shared data.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;
use usher_gateway::exchange::{
    Body, CallResult, Effect, EffectResult, Fact, Guard, Kept, ServiceAnswer, ServiceRequest,
};

use super::Service;
use super::fate::{SEED, Time};
use crate::wasm_host::Random;

pub struct World {
    service: Service,
    time: Time,
    random: Random,
    /// What a proxy keeps in its shared data.
    saved: BTreeMap<String, Kept>,
}

impl World {
    pub fn around(service: Service) -> World {
        World { service, time: Time::default(), random: Random::new(Some(SEED)), saved: BTreeMap::new() }
    }

    /// Between two requests, and only then, time passes.
    pub fn pass(&self) {
        self.time.pass();
    }

    /// What the service has accepted since the last time it was asked.
    ///
    /// # Errors
    /// When its notes cannot be read.
    pub fn events(&mut self) -> Result<Vec<Value>> {
        self.service.events()
    }

    /// What the host would do for an exchange that came with this body.
    ///
    /// # Panics
    /// When the gateway asks something that is no HTTP request.
    pub fn perform(&mut self, effect: &Effect, body: &[u8]) -> EffectResult {
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

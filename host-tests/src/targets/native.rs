//! The gateway itself, without a proxy: its effects are performed right here.

use std::rc::Rc;

use anyhow::{Result, anyhow};
use serde_json::Value;
use usher_gateway::{Answer as GatewayAnswer, Gateway, RequestHead};

use super::fate::secret;
use super::{Recording, Service, Setup, World, head};
use crate::conversation::{Answer, Request, Target};
use crate::stack::Directory;

pub struct Native {
    pub gateway: Rc<Gateway>,
    /// Every exchange so far.
    pub recordings: Vec<Recording>,
    directory: Directory,
    world: World,
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
            world: World::around(service),
        })
    }
}

impl Target for Native {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        self.world.pass();
        let bytes = |(name, value): (String, String)| (name.into_bytes(), value.into_bytes());
        let head = RequestHead { headers: head(&self.directory, request).into_iter().map(bytes).collect() };
        let body = request.payload().unwrap_or_default();
        let gateway = Rc::clone(&self.gateway);
        let recording = Recording::make(&gateway, head, &mut |effect| self.world.perform(effect, &body));
        let answer = shown(&recording.answer, request.method == "HEAD");
        self.recordings.push(recording);
        Ok(answer)
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        self.world.events()
    }
}

/// As the client sees it: the proxy sends no body to HEAD.
pub(super) fn shown(answer: &GatewayAnswer, is_head: bool) -> Answer {
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let body = answer.body.as_deref().filter(|_| !is_head).unwrap_or_default();
    Answer::new(answer.status, headers, body)
}

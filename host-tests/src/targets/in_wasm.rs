//! The built module in the small host, with the reference user service behind it.

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use super::fate::{SECRETS, SEED, Time};
use super::{Service, Setup, head};
use crate::conversation::{Answer, Request, Target};
use crate::stack::{Directory, wasm};
use crate::wasm_host::{Body, CallOutcome, Module, Options, Request as HostRequest, ServiceCall, Worker};

/// The module that the build made.
pub fn module() -> Result<Module> {
    let file = wasm()?;
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    Module::compile(&bytes).map_err(|error| anyhow!(error))
}

pub struct InWasm {
    worker: Worker,
    directory: Directory,
    service: Service,
    time: Time,
}

impl InWasm {
    pub fn new(module: &Module, setup: &Setup) -> Result<InWasm> {
        InWasm::with(module, setup, Service::of(setup.service)?)
    }

    /// In front of this service.
    pub fn with(module: &Module, setup: &Setup, service: Service) -> Result<InWasm> {
        let configuration = setup.configuration.to_string();
        let time = Time::default();
        let options = Options::default().seed(SEED).clock(&time.clock);
        let options = SECRETS.iter().fold(options, |options, (name, value)| options.env(name, value));
        let worker = Worker::start(module, configuration.as_bytes(), options).map_err(|e| anyhow!(e))?;
        Ok(InWasm { worker, directory: setup.directory, service, time })
    }
}

impl Target for InWasm {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        self.time.pass();
        let arriving = arriving(&self.directory, request);
        let service = &self.service;
        let reply = self.worker.exchange(arriving, &mut |call| ask(service, call)).map_err(|error| anyhow!(error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = reply.headers.0.iter().map(|(name, value)| (text(name), text(value))).collect();
        Ok(Answer::new(u16::try_from(reply.status)?, headers, &reply.body))
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        self.service.events()
    }
}

/// A body comes as HTTP/1 brings it: in pieces, and then its end.
fn arriving(directory: &Directory, request: &Request) -> HostRequest {
    let body = match request.payload() {
        Some(body) => Body::Chunks(body.chunks(4096).map(<[u8]>::to_vec).collect()),
        None => Body::None,
    };
    HostRequest { head: head(directory, request).into_iter().collect(), body, ..HostRequest::default() }
}

/// # Panics
/// When the filter asks something that is no HTTP request.
fn ask(service: &Service, call: &ServiceCall) -> CallOutcome {
    let named = |(name, value): &'_ (Vec<u8>, Vec<u8>)| (String::from_utf8_lossy(name).into_owned(), value.clone());
    let headers: Vec<_> = call.headers.0.iter().map(named).collect();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
    match service.call(&call.method(), &call.path(), headers, &call.body) {
        Ok(answer) => {
            let headers: Vec<_> = answer.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            CallOutcome::with_headers(answer.status, &headers, answer.body)
        }
        Err(error) => panic!("{} {}: {error:#}", call.method(), call.path()),
    }
}

//! One request: step the exchange, perform what it asks for, send its answer.
//!
//! The stream stays paused from the first header to the answer; nothing is ever passed on.

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use usher_gateway::exchange::{Account, Body, CallFailure, CallResult, Effect, EffectResult, ServiceRequest};
use usher_gateway::{Answer, Exchange, Gateway, RequestHead, Step};

use crate::abi::{self, Buffer, HeaderMap};
use crate::host;
use crate::statistics::Statistics;

pub(crate) struct Stream {
    gateway: Rc<Gateway>,
    statistics: Rc<Statistics>,
    exchange: Option<Exchange>,
    body: Reading,
    waiting: Waiting,
}

/// How far the request body has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Arriving,
    /// This many bytes, all there.
    Whole(usize),
    TooLarge,
}

/// What the exchange waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Nothing,
    Body,
    Call(u32),
}

impl Stream {
    pub(crate) fn new(gateway: Rc<Gateway>, statistics: Rc<Statistics>) -> Self {
        Self { gateway, statistics, exchange: None, body: Reading::Arriving, waiting: Waiting::Nothing }
    }

    /// Run until the exchange waits for something that is yet to come, or has answered.
    fn advance(&mut self, mut result: Option<EffectResult>) {
        self.waiting = Waiting::Nothing;
        while let Some(exchange) = self.exchange.as_mut() {
            match exchange.step(result.take()) {
                Step::Answer(answer) => self.answer(&answer),
                Step::Perform(effect) => {
                    result = self.perform(&effect);
                    if result.is_none() {
                        return;
                    }
                }
            }
        }
    }

    fn perform(&mut self, effect: &Effect) -> Option<EffectResult> {
        match effect {
            Effect::Body => self.read_body(),
            Effect::Call(request) => self.call(request),
            at_once => host::perform(at_once),
        }
    }

    fn call(&mut self, request: &ServiceRequest) -> Option<EffectResult> {
        let service = &self.gateway.config.user_service;
        #[cfg(feature = "sabotage")]
        if let Some(instead) = crate::sabotage::instead(service, request) {
            return self.go_wrong(instead);
        }
        match host::dispatch(service, request) {
            Some(token) => {
                self.waiting = Waiting::Call(token);
                None
            }
            None => Some(EffectResult::Call(CallResult::Failed(CallFailure::NoHost))),
        }
    }

    #[cfg(feature = "sabotage")]
    fn go_wrong(&mut self, instead: crate::sabotage::Instead) -> Option<EffectResult> {
        match instead {
            crate::sabotage::Instead::Answered(result) => return Some(EffectResult::Call(result)),
            crate::sabotage::Instead::Sent(token) => self.waiting = Waiting::Call(token),
            crate::sabotage::Instead::Silence => {}
        }
        None
    }

    fn read_body(&mut self) -> Option<EffectResult> {
        let body = match self.body {
            Reading::Whole(0) => Body::Whole(Vec::new()),
            Reading::Whole(size) => Body::Whole(abi::buffer(Buffer::RequestBody, size)),
            Reading::TooLarge => Body::TooLarge,
            Reading::Arriving => {
                self.waiting = Waiting::Body;
                return None;
            }
        };
        #[cfg(feature = "sabotage")]
        crate::sabotage::tell_body(&body);
        Some(EffectResult::Body(body))
    }

    fn body_has_come(&mut self, reading: Reading) {
        self.body = reading;
        if self.waiting == Waiting::Body {
            let result = self.read_body();
            self.advance(result);
        }
    }

    fn answer(&mut self, answer: &Answer) {
        self.exchange = None;
        let account = &answer.account;
        self.statistics.count(account);
        if self.gateway.config.log_fields {
            log(account);
        }
        let headers: Vec<(&str, &str)> = answer.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let details = format!("scim_{}", account.outcome.word());
        abi::respond(answer.status, &details, answer.body.as_deref().unwrap_or_default(), &headers);
    }
}

/// For the proxy's access log. Each of these calls is a few hundredths of what a forwarded request costs.
fn log(account: &Account) {
    abi::set_property("usher_operation", account.operation.as_bytes());
    abi::set_property("usher_outcome", account.outcome.word().as_bytes());
    abi::set_property("usher_events", account.events.to_string().as_bytes());
    if let Some(directory) = &account.directory {
        abi::set_property("usher_directory", directory.as_bytes());
    }
}

impl Context for Stream {
    fn on_http_call_response(&mut self, token: u32, num_headers: usize, body_size: usize, _: usize) {
        if self.waiting == Waiting::Call(token) {
            let result = host::call_result(num_headers, body_size, self.gateway.config.limits.answer_bytes);
            self.advance(Some(EffectResult::Call(result)));
        }
    }
}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let head = RequestHead { headers: abi::header_map(HeaderMap::Request) };
        if end_of_stream {
            self.body = Reading::Whole(0);
        }
        #[cfg(feature = "sabotage")]
        crate::sabotage::tell_head(&head);
        self.exchange = Some(Exchange::begin(Rc::clone(&self.gateway), head));
        self.advance(None);
        Action::Pause
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if size > self.gateway.config.limits.body_bytes {
            self.body_has_come(Reading::TooLarge);
        } else if end_of_stream {
            self.body_has_come(Reading::Whole(size));
        }
        Action::Pause
    }

    /// With trailers the body never says that it has ended.
    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        if self.body == Reading::Arriving {
            self.body_has_come(Reading::Whole(self.gateway.config.limits.body_bytes));
        }
        Action::Pause
    }
}

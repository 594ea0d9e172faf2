//! Steps the exchange that nobody has asked for: what has become of the directories. Calls cannot be made while a
//! configuration is read, so it begins a moment later, and again after a while for as long as it has to.

use std::rc::Rc;
use std::time::Duration;

use usher_gateway::exchange::{COME_AGAIN, CallFailure, CallResult, Effect, EffectResult, NOTHING_TO_TELL};
use usher_gateway::{Answer, Exchange, Gateway, Step};

use crate::abi;
use crate::host;
use crate::statistics::Statistics;

const SOON: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_secs(300);

pub(crate) struct Teller {
    gateway: Rc<Gateway>,
    statistics: Rc<Statistics>,
    plugin: String,
    exchange: Option<Exchange>,
    call: Option<u32>,
    period: Duration,
}

impl Teller {
    /// Nothing when the service does not want to know.
    ///
    /// # Errors
    /// Why the configuration cannot be taken: here, never.
    pub(crate) fn begin(gateway: &Rc<Gateway>, statistics: &Rc<Statistics>) -> Result<Option<Self>, &'static str> {
        if !gateway.config.directory_events {
            return Ok(None);
        }
        let plugin = abi::property(&["plugin_name"]).and_then(|name| String::from_utf8(name).ok()).unwrap_or_default();
        let mut noting = Exchange::about_directories(Rc::clone(gateway), plugin.clone(), true);
        let mut result = None;
        while let Step::Perform(effect) = noting.step(result.take()) {
            result = host::perform(&effect);
        }
        let (gateway, statistics) = (Rc::clone(gateway), Rc::clone(statistics));
        Ok(Some(Self { gateway, statistics, plugin, exchange: None, call: None, period: SOON }))
    }

    pub(crate) fn period(&self) -> Duration {
        self.period
    }

    /// The time to the next tick, where it is another one.
    pub(crate) fn tick(&mut self) -> Option<Duration> {
        if self.exchange.is_some() {
            return None;
        }
        let (gateway, plugin) = (Rc::clone(&self.gateway), self.plugin.clone());
        self.exchange = Some(Exchange::about_directories(gateway, plugin, false));
        self.advance(None)
    }

    /// The user service has answered. The time to the next tick, where it is another one.
    pub(crate) fn heard(&mut self, token: u32, num_headers: usize, body_size: usize) -> Option<Duration> {
        self.call.take_if(|call| *call == token)?;
        let result = host::call_result(num_headers, body_size, self.gateway.config.limits.answer_bytes);
        self.advance(Some(EffectResult::Call(result)))
    }

    fn advance(&mut self, mut result: Option<EffectResult>) -> Option<Duration> {
        loop {
            match self.exchange.as_mut()?.step(result.take()) {
                Step::Answer(answer) => return self.end(&answer),
                Step::Perform(Effect::Call(request)) => {
                    self.call = host::dispatch(&self.gateway.config.user_service, &request);
                    match self.call {
                        Some(_) => return None,
                        None => result = Some(EffectResult::Call(CallResult::Failed(CallFailure::NoHost))),
                    }
                }
                Step::Perform(at_once) => result = host::perform(&at_once),
            }
        }
    }

    fn end(&mut self, answer: &Answer) -> Option<Duration> {
        self.exchange = None;
        if answer.account.events > 0 || answer.status == COME_AGAIN {
            self.statistics.count(&answer.account);
        }
        self.period = match answer.status {
            NOTHING_TO_TELL => LATEST,
            COME_AGAIN => self.period.saturating_mul(2).min(LATEST),
            _ => self.period,
        };
        Some(self.period)
    }
}

//! One HTTP exchange as a straight line that asks for effects (no runtime, no waker).
//!
//! [`Exchange::step`] runs until the gateway needs something from the world or has its answer. Whoever drives it
//! performs the effect and steps again, so any exchange can be recorded as (effect, outcome) and replayed.

mod answer;
mod apart;
mod effect;
mod locker;
mod world;

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

pub use crate::life_cycle::{COME_AGAIN, NOTHING_TO_TELL};
pub use answer::{Account, Answer, Outcome};
pub(crate) use apart::{Apart, apart};
pub use effect::{
    Body, CallFailure, CallResult, Effect, EffectResult, Fact, Guard, Kept, ServiceAnswer, ServiceRequest,
};
pub use locker::Locker;
pub use world::{Tally, World};

use crate::gateway::Gateway;
use crate::life_cycle;
use crate::operation;
use crate::request::RequestHead;
use world::Slot;

/// What the exchange wants next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Perform this and step again with its result.
    Perform(Effect),
    /// Send this; the exchange is over.
    Answer(Answer),
}

/// A request on its way to its answer.
pub struct Exchange {
    line: Option<Pin<Box<dyn Future<Output = Answer>>>>,
    slot: Rc<Slot>,
}

impl Exchange {
    /// Begin with the request head; the body is asked for when it is needed.
    pub fn begin(gateway: Rc<Gateway>, head: RequestHead) -> Self {
        let world = World::default();
        let slot = world.slot();
        let line = async move { operation::answer(&gateway, &world, &head).await };
        Self { line: Some(Box::pin(line)), slot }
    }

    /// Begin to tell the user service what has become of the directories, for this plugin of the proxy; nobody has asked.
    /// `anew` when this configuration has just come to hold: then what there is to tell is only noted, and nothing is called.
    /// The answer is [`NOTHING_TO_TELL`] when all is told, 202 when another worker is at it, and [`COME_AGAIN`].
    pub fn about_directories(gateway: Rc<Gateway>, plugin: String, anew: bool) -> Self {
        let world = World::default();
        let slot = world.slot();
        let line = async move { life_cycle::tell(&gateway, &world, &plugin, anew).await };
        Self { line: Some(Box::pin(line)), slot }
    }

    /// Go on, with the result of the effect asked for last; the first step has none.
    pub fn step(&mut self, result: Option<EffectResult>) -> Step {
        if let Some(result) = result {
            self.slot.fill(result);
        }
        let Some(line) = self.line.as_mut() else { return Step::Answer(Answer::broken()) };
        match line.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => {
                self.line = None;
                Step::Answer(answer)
            }
            Poll::Pending => self.asked(),
        }
    }

    /// To the answer, with everything it asks for performed on the spot.
    pub fn run(mut self, perform: &mut dyn FnMut(&Effect) -> EffectResult) -> Answer {
        let mut result = None;
        loop {
            match self.step(result.take()) {
                Step::Answer(answer) => return answer,
                Step::Perform(effect) => result = Some(perform(&effect)),
            }
        }
    }

    fn asked(&mut self) -> Step {
        match self.slot.take_question() {
            Some(effect) => Step::Perform(effect),
            None => Step::Answer(Answer::broken()),
        }
    }
}

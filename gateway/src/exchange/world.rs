//! The gateway's side of the conversation with its host: ask, and await the result.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::effect::{Body, CallFailure, CallResult, Effect, EffectResult, ServiceRequest};

/// Everything outside the gateway.
#[derive(Default)]
pub struct World {
    slot: Rc<Slot>,
}

impl World {
    /// The request body.
    pub async fn body(&self) -> Body {
        match self.ask(Effect::Body).await {
            EffectResult::Body(body) => body,
            _ => Body::Whole(Vec::new()),
        }
    }

    /// One call to the user service.
    pub async fn call(&self, request: ServiceRequest) -> CallResult {
        match self.ask(Effect::Call(request)).await {
            EffectResult::Call(result) => result,
            _ => CallResult::Failed(CallFailure::NoHost),
        }
    }

    /// What was saved under this key.
    pub async fn load(&self, key: String) -> Option<Vec<u8>> {
        match self.ask(Effect::Load(key)).await {
            EffectResult::Loaded(value) => value,
            _ => None,
        }
    }

    /// Save a value; nobody may rely on it.
    pub async fn save(&self, key: String, value: Vec<u8>) {
        self.ask(Effect::Save(key, value)).await;
    }

    /// Nanoseconds since 1970.
    pub async fn now(&self) -> u64 {
        match self.ask(Effect::Now).await {
            EffectResult::Now(nanos) => nanos,
            _ => 0,
        }
    }

    /// Sixteen random bytes.
    pub async fn random(&self) -> [u8; 16] {
        match self.ask(Effect::Random).await {
            EffectResult::Random(bytes) => bytes,
            _ => [0; 16],
        }
    }

    pub(super) fn slot(&self) -> Rc<Slot> {
        Rc::clone(&self.slot)
    }

    fn ask(&self, effect: Effect) -> Ask<'_> {
        self.slot.0.set(State::Asked(effect));
        Ask(&self.slot)
    }
}

/// The one question that is open, then its answer. A `Cell`, so that no borrow can ever clash.
#[derive(Default)]
pub(super) struct Slot(Cell<State>);

#[derive(Default)]
enum State {
    #[default]
    Idle,
    Asked(Effect),
    Waiting,
    Filled(EffectResult),
}

impl Slot {
    pub(super) fn fill(&self, result: EffectResult) {
        self.0.set(State::Filled(result));
    }

    pub(super) fn take_question(&self) -> Option<Effect> {
        match self.0.replace(State::Waiting) {
            State::Asked(effect) => Some(effect),
            _ => None,
        }
    }
}

struct Ask<'w>(&'w Slot);

impl Future for Ask<'_> {
    type Output = EffectResult;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<EffectResult> {
        match self.0.0.take() {
            State::Filled(result) => Poll::Ready(result),
            other => {
                self.0.0.set(other);
                Poll::Pending
            }
        }
    }
}

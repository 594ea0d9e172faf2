//! The gateway's side of the conversation with its host: ask, and await the result.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::config::DirectoryId;

use super::effect::{Body, CallFailure, CallResult, Effect, EffectResult, Fact, Guard, Kept, ServiceRequest};

/// Who loses this often to others, between load and save, gives up: nothing that is kept is worth more.
const TRIES: usize = 8;

/// Everything outside the gateway.
#[derive(Default)]
pub struct World {
    slot: Rc<Slot>,
    tally: Cell<Tally>,
}

/// What an exchange has done to the user service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls of any kind.
    pub calls: usize,
    /// Names of the events that it accepted, and how many of each.
    pub events: Vec<(String, usize)>,
}

impl World {
    /// The request body.
    pub fn body(&self) -> impl Future<Output = Body> {
        self.ask(Effect::Body, |result| match result {
            EffectResult::Body(body) => body,
            _ => Body::Whole(Vec::new()),
        })
    }

    /// One call to the user service, which learns for which directory:
    /// ```
    /// # use usher_gateway::{config::DirectoryId, exchange::{ServiceRequest, World}};
    /// # async fn ask(world: &World, acme: &DirectoryId, request: ServiceRequest) {
    /// world.call(acme, request).await;
    /// # }
    /// ```
    /// there is none for nobody.
    /// ```compile_fail,E0061
    /// # use usher_gateway::{config::DirectoryId, exchange::{ServiceRequest, World}};
    /// # async fn ask(world: &World, acme: &DirectoryId, request: ServiceRequest) {
    /// world.call(request).await;
    /// # }
    /// ```
    pub fn call(&self, directory: &DirectoryId, mut request: ServiceRequest) -> impl Future<Output = CallResult> {
        request.headers.push(("usher-directory".to_owned(), directory.to_string()));
        self.count(|tally| tally.calls += 1);
        self.ask(Effect::Call(request), |result| match result {
            EffectResult::Call(result) => result,
            _ => CallResult::Failed(CallFailure::NoHost),
        })
    }

    /// What was saved under this key. Keys are made by a [`Locker`](super::Locker) and by nobody else.
    pub(super) fn load(&self, key: String) -> impl Future<Output = Option<Vec<u8>>> {
        self.ask(Effect::Load(key), |result| match result {
            EffectResult::Loaded(kept) => kept.map(|kept| kept.value).filter(|value| !value.is_empty()),
            _ => None,
        })
    }

    /// Save a value; nobody may rely on it.
    pub(super) fn save(&self, key: String, value: Vec<u8>) -> impl Future<Output = ()> {
        self.ask(Effect::Save(key, value, Guard::Anything), |_| ())
    }

    /// Change what is saved under this key, and be the only one who does: every worker and every request in it may
    /// want to at the same time. `change` sees what is there (nothing, at first) and says what shall be there. Where
    /// others are quicker too often, nothing is saved, and what was seen last is true all the same.
    pub(super) async fn update(&self, key: &str, change: &mut dyn FnMut(&[u8]) -> Vec<u8>) {
        let mut tries = 1;
        loop {
            let kept = self.look(key.to_owned()).await;
            let guard = kept.as_ref().map_or(Guard::Absent, |kept| Guard::Edition(kept.edition));
            let value = change(kept.as_ref().map_or(b"", |kept| &kept.value));
            if self.put(key.to_owned(), value, guard).await || tries == TRIES {
                return;
            }
            tries += 1;
        }
    }

    fn look(&self, key: String) -> impl Future<Output = Option<Kept>> {
        self.ask(Effect::Load(key), |result| match result {
            EffectResult::Loaded(kept) => kept,
            _ => None,
        })
    }

    fn put(&self, key: String, value: Vec<u8>, guard: Guard) -> impl Future<Output = bool> {
        self.ask(Effect::Save(key, value, guard), |result| matches!(result, EffectResult::Saved(true)))
    }

    /// Nanoseconds since 1970.
    pub fn now(&self) -> impl Future<Output = u64> {
        self.ask(Effect::Now, |result| match result {
            EffectResult::Now(nanos) => nanos,
            _ => 0,
        })
    }

    /// Sixteen random bytes.
    pub fn random(&self) -> impl Future<Output = [u8; 16]> {
        self.ask(Effect::Random, |result| match result {
            EffectResult::Random(bytes) => bytes,
            _ => [0; 16],
        })
    }

    /// What has been done so far.
    pub fn tally(&self) -> Tally {
        let tally = self.tally.take();
        self.tally.set(tally.clone());
        tally
    }

    /// The service has accepted these.
    pub fn accepted<'e>(&self, events: impl Iterator<Item = &'e str>) {
        self.count(|tally| events.for_each(|event| tally.accept(event)));
    }

    fn count(&self, change: impl FnOnce(&mut Tally)) {
        let mut tally = self.tally.take();
        change(&mut tally);
        self.tally.set(tally);
    }

    /// What only the proxy knows of this request; nothing when it does not.
    pub fn fact(&self, fact: Fact) -> impl Future<Output = Vec<String>> {
        self.ask(Effect::Fact(fact), |result| match result {
            EffectResult::Fact(values) => values,
            _ => Vec::new(),
        })
    }

    pub(super) fn slot(&self) -> Rc<Slot> {
        Rc::clone(&self.slot)
    }

    fn ask<T>(&self, effect: Effect, answer: fn(EffectResult) -> T) -> Ask<'_, T> {
        self.slot.0.set(State::Asked(effect));
        Ask { slot: &self.slot, answer }
    }
}

impl Tally {
    fn accept(&mut self, event: &str) {
        match self.events.iter_mut().find(|(name, _)| name == event) {
            Some((_, times)) => *times += 1,
            None => self.events.push((event.to_owned(), 1)),
        }
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

    fn answer(&self) -> Option<EffectResult> {
        match self.0.take() {
            State::Filled(result) => Some(result),
            other => {
                self.0.set(other);
                None
            }
        }
    }

    pub(super) fn take_question(&self) -> Option<Effect> {
        match self.0.replace(State::Waiting) {
            State::Asked(effect) => Some(effect),
            _ => None,
        }
    }
}

/// The answer to what has been asked. No `async fn`, since that would be one more function in each that asks.
struct Ask<'w, T> {
    slot: &'w Slot,
    answer: fn(EffectResult) -> T,
}

impl<T> Future for Ask<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        self.slot.answer().map_or(Poll::Pending, |result| Poll::Ready((self.answer)(result)))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::super::effect::Guard;
    use super::*;

    /// Shared data with one key, in which somebody else is quicker a number of times.
    struct Shared {
        kept: Option<Kept>,
        quicker: usize,
    }

    impl Shared {
        fn perform(&mut self, effect: &Effect) -> EffectResult {
            match effect {
                Effect::Load(_) => EffectResult::Loaded(self.kept.clone()),
                Effect::Save(_, value, guard) => EffectResult::Saved(self.save(value, *guard)),
                _ => panic!("{effect:?}"),
            }
        }

        fn save(&mut self, value: &[u8], guard: Guard) -> bool {
            if self.quicker > 0 {
                self.quicker -= 1;
                self.set(b"theirs");
            }
            let edition = self.kept.as_ref().map(|kept| kept.edition);
            let fits = edition.map_or(guard == Guard::Absent, |edition| guard == Guard::Edition(edition));
            if fits {
                self.set(value);
            }
            fits
        }

        fn set(&mut self, value: &[u8]) {
            let edition = self.kept.as_ref().map_or(1, |kept| kept.edition + 1);
            self.kept = Some(Kept { value: value.to_vec(), edition });
        }
    }

    /// Put `+` behind what is there; what was there, and what is there after.
    fn append(quicker: usize) -> (String, Vec<u8>) {
        let (world, mut shared) = (World::default(), Shared { kept: None, quicker });
        let slot = world.slot();
        let mut found = String::new();
        let mut change = |old: &[u8]| {
            found = String::from_utf8_lossy(old).into_owned();
            [old, b"+"].concat()
        };
        let mut line = Box::pin(world.update("k", &mut change));
        loop {
            match line.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(()) => break,
                Poll::Pending => slot.fill(shared.perform(&slot.take_question().unwrap())),
            }
        }
        drop(line);
        (found, shared.kept.unwrap().value)
    }

    #[test]
    fn a_change_is_made_to_what_is_there_when_it_is_made() {
        assert_eq!(append(0), (String::new(), b"+".to_vec()));
        assert_eq!(append(3), ("theirs".to_owned(), b"theirs+".to_vec()));
        assert_eq!(append(usize::MAX), ("theirs".to_owned(), b"theirs".to_vec()), "given up");
    }
}

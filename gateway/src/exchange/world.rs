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
    pub async fn body(&self) -> Body {
        match self.ask(Effect::Body).await {
            EffectResult::Body(body) => body,
            _ => Body::Whole(Vec::new()),
        }
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
    pub async fn call(&self, directory: &DirectoryId, mut request: ServiceRequest) -> CallResult {
        request.headers.push(("usher-directory".to_owned(), directory.to_string()));
        self.count(|tally| tally.calls += 1);
        match self.ask(Effect::Call(request)).await {
            EffectResult::Call(result) => result,
            _ => CallResult::Failed(CallFailure::NoHost),
        }
    }

    /// What was saved under this key. Keys are made by a [`Locker`](super::Locker) and by nobody else.
    pub(super) async fn load(&self, key: String) -> Option<Vec<u8>> {
        let kept = self.look(key).await?;
        Some(kept.value).filter(|value| !value.is_empty())
    }

    /// Save a value; nobody may rely on it.
    pub(super) async fn save(&self, key: String, value: Vec<u8>) {
        self.put(key, value, Guard::Anything).await;
    }

    /// Change what is saved under this key, and be the only one who does: every worker and every request in it may
    /// want to at the same time. `change` sees what is there (nothing, at first) and says what shall be there, and what
    /// it has found. Where others are quicker too often, nothing is saved, and what was found last is true all the same.
    pub(super) async fn update<T>(&self, key: &str, mut change: impl FnMut(&[u8]) -> (Vec<u8>, T)) -> T {
        let mut tries = 1;
        loop {
            let kept = self.look(key.to_owned()).await;
            let guard = kept.as_ref().map_or(Guard::Absent, |kept| Guard::Edition(kept.edition));
            let (value, found) = change(kept.as_ref().map_or(b"", |kept| &kept.value));
            if self.put(key.to_owned(), value, guard).await || tries == TRIES {
                return found;
            }
            tries += 1;
        }
    }

    async fn look(&self, key: String) -> Option<Kept> {
        match self.ask(Effect::Load(key)).await {
            EffectResult::Loaded(kept) => kept,
            _ => None,
        }
    }

    async fn put(&self, key: String, value: Vec<u8>, guard: Guard) -> bool {
        self.ask(Effect::Save(key, value, guard)).await == EffectResult::Saved(true)
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
    pub async fn fact(&self, fact: Fact) -> Vec<String> {
        match self.ask(Effect::Fact(fact)).await {
            EffectResult::Fact(values) => values,
            _ => Vec::new(),
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
        let mut line =
            Box::pin(world.update("k", |old| ([old, b"+"].concat(), String::from_utf8_lossy(old).into_owned())));
        loop {
            match line.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(found) => return (found, shared.kept.unwrap().value),
                Poll::Pending => slot.fill(shared.perform(&slot.take_question().unwrap())),
            }
        }
    }

    #[test]
    fn a_change_is_made_to_what_is_there_when_it_is_made() {
        assert_eq!(append(0), (String::new(), b"+".to_vec()));
        assert_eq!(append(3), ("theirs".to_owned(), b"theirs+".to_vec()));
        assert_eq!(append(usize::MAX), ("theirs".to_owned(), b"theirs".to_vec()), "given up");
    }
}

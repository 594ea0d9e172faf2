//! One exchange of the gateway, effect by effect, as a value: driven once, and driven again from what was noted.

use std::rc::Rc;

use usher_gateway::exchange::{Effect, EffectResult};
use usher_gateway::{Answer, Exchange, Gateway, RequestHead};

/// No exchange of a conversation needs more; one that does would never end.
const EFFECTS: usize = 10_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    pub head: RequestHead,
    pub effects: Vec<(Effect, EffectResult)>,
    pub answer: Answer,
}

impl Recording {
    /// Runs an exchange to its answer and notes everything it wished for.
    ///
    /// # Panics
    /// When the exchange goes on wishing for ever.
    pub fn make(
        gateway: &Rc<Gateway>,
        head: RequestHead,
        perform: &mut dyn FnMut(&Effect) -> EffectResult,
    ) -> Recording {
        let mut effects = Vec::new();
        let answer = Exchange::begin(Rc::clone(gateway), head.clone()).run(&mut |effect| {
            assert!(effects.len() < EFFECTS, "the exchange does not end; it wishes for {effect:?}");
            let performed = perform(effect);
            effects.push((effect.clone(), performed.clone()));
            performed
        });
        Recording { head, effects, answer }
    }

    /// The events the gateway tried to deliver, delivery by delivery.
    pub fn deliveries(&self) -> impl Iterator<Item = &[u8]> {
        self.effects.iter().filter(|(effect, _)| is_write(effect)).filter_map(|(effect, _)| match effect {
            Effect::Call(request) => request.body.as_deref(),
            _ => None,
        })
    }

    pub fn last_write(&self) -> Option<&Effect> {
        self.effects.iter().map(|(effect, _)| effect).rfind(|effect| is_write(effect))
    }

    pub fn last_read(&self) -> Option<&Effect> {
        self.effects.iter().map(|(effect, _)| effect).rfind(|effect| is_read(effect))
    }

    /// What came of this wish when it was first made.
    pub fn result_of(&self, wanted: &Effect) -> Option<&EffectResult> {
        self.effects.iter().find(|(effect, _)| effect == wanted).map(|(_, result)| result)
    }
}

fn is_write(effect: &Effect) -> bool {
    matches!(effect, Effect::Call(request) if request.method != "GET")
}

fn is_read(effect: &Effect) -> bool {
    // Looking a directory up is no read of a record: whatever goes wrong with it is one and the same 503.
    matches!(effect, Effect::Call(request) if request.method == "GET" && !request.path.contains("/directories/"))
}

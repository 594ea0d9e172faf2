//! Ways to read a request, from the RFCs alone to every habit of every provider.

use proptest::prelude::*;
use usher_gateway::change::Rules;
use usher_gateway::leniency::{ALL, Leniencies, Leniency};
use usher_gateway::limits::Limits;
use usher_gateway::schema::Coercion;

/// None, the usual ones, all, or some.
pub(crate) fn leniencies() -> impl Strategy<Value = Leniencies> {
    let any = proptest::sample::subsequence(ALL.map(|entry| entry.leniency).to_vec(), 0..=ALL.len());
    let any = any.prop_map(|some| some.into_iter().fold(Leniencies::STRICT, Leniencies::with));
    let all = Leniencies::LENIENT.with(Leniency::ReplaceMakesValue);
    prop_oneof![1 => Just(Leniencies::STRICT), 3 => Just(Leniencies::LENIENT), 3 => Just(all), 1 => any]
}

/// The rules of a PATCH under these leniencies.
pub(crate) fn rules(leniencies: Leniencies) -> Rules {
    let coercion = Coercion { leniencies, string_bytes: 32 << 10, in_extension: false };
    Rules { coercion, limits: Limits::default() }
}

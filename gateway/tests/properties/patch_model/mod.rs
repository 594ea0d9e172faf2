//! PATCH against a second reading of RFC 7644 section 3.5.2: small, slow, and written without looking at the first.

mod model;
mod step;

use proptest::prelude::*;
use usher_gateway::change::patch;
use usher_gateway::leniency::Leniencies;

use self::model::apply;
use self::step::{Step, plain_user, steps};
use super::cases;
use super::generate::leniency::rules;
use super::generate::request::{body, parsed};
use super::generate::types::user;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn two_readings_of_the_rfc_agree(before in plain_user(), steps in steps()) {
        let request = parsed(&body(steps.iter().map(Step::json).collect()), Leniencies::STRICT).unwrap();
        let found = patch(&user(), &before, request, &rules(Leniencies::STRICT)).map_err(|e| e.kind);
        prop_assert_eq!(found, apply(&before, &steps));
    }
}

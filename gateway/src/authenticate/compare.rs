//! Secrets that are long and random: one SHA-256, and every credential looked at, so that the time says nothing about
//! which one fitted, or how nearly.

use subtle::{Choice, ConstantTimeEq};

use super::offer::Offer;
use crate::config::{Credential, Fingerprint, Proof};

/// Shorter than this, nothing is long and random: it opens nothing, whatever its hash.
const LEAST_BYTES: usize = 16;

/// What is compared: hashes, and where they come from.
pub(super) struct Offered<'o> {
    offer: &'o Offer<'o>,
    user: Option<Fingerprint>,
    secret: Fingerprint,
    long: bool,
}

impl<'o> Offered<'o> {
    pub(super) fn of(offer: &'o Offer<'o>) -> Self {
        let (user, secret) = match offer {
            Offer::Token { token, .. } => (None, *token),
            Offer::Basic { user, password } => (Some(user), password.as_str()),
            Offer::Nothing | Offer::Unclear => (None, ""),
        };
        let long = secret.len() >= LEAST_BYTES;
        Self { offer, user: user.map(Fingerprint::of), secret: Fingerprint::of(secret), long }
    }

    /// Whether any of these is what is offered.
    pub(super) fn opens<'c>(&self, credentials: impl Iterator<Item = &'c Credential>) -> bool {
        let any = credentials.fold(Choice::from(0), |any, credential| any | self.fits(&credential.proof));
        bool::from(any) && self.long
    }

    fn fits(&self, proof: &Proof) -> Choice {
        let never = Choice::from(0);
        match (proof, self.offer) {
            (Proof::Bearer(hash), Offer::Token { header: "authorization", bearer: true, .. }) => {
                hash.ct_eq(&self.secret)
            }
            (Proof::Header(name, hash), Offer::Token { header, .. }) if name == header => hash.ct_eq(&self.secret),
            (Proof::Basic(user, hash), Offer::Basic { .. }) => self.is_by(*user) & hash.ct_eq(&self.secret),
            _ => never,
        }
    }

    /// Whether this is the user name that is offered.
    pub(super) fn is_by(&self, user: Fingerprint) -> Choice {
        self.user.map_or(Choice::from(0), |offered| user.ct_eq(&offered))
    }
}

/// Two classes of guesses, wrong in the first byte and wrong in the last: `make timing`. Welch's t says whether their
/// times differ (dudect: Reparaz, Balasch, Verbauwhede 2017). A measurement, so nothing that `cargo test` would run.
#[cfg(test)]
mod timing {
    use std::hint::black_box;
    use std::time::Instant;

    use super::*;

    const SAMPLES: usize = 1_000_000;
    /// Compared so often in one sample, since a clock is coarser than a comparison.
    const TIMES: usize = 32;

    /// Count, mean, and sum of squared differences (Welford).
    #[derive(Default, Clone, Copy)]
    struct Sum(f64, f64, f64);

    impl Sum {
        fn add(&mut self, value: f64) {
            self.0 += 1.0;
            let from_mean = value - self.1;
            self.1 += from_mean / self.0;
            self.2 += from_mean * (value - self.1);
        }

        fn error(self) -> f64 {
            self.2 / (self.0 - 1.0) / self.0
        }
    }

    fn t(compare: impl Fn(&Fingerprint, &Fingerprint) -> bool) -> f64 {
        let secret = Fingerprint([7; 32]);
        let mut guesses = [secret; 2];
        guesses[0].0[0] = 8;
        guesses[1].0[31] = 8;
        let mut sums = [Sum::default(); 2];
        let mut drawn = 1_u64;
        for _ in 0..SAMPLES {
            drawn ^= drawn << 13;
            drawn ^= drawn >> 7;
            drawn ^= drawn << 17;
            let class = usize::from(drawn & 1 == 1);
            let start = Instant::now();
            for _ in 0..TIMES {
                black_box(compare(black_box(&secret), black_box(&guesses[class])));
            }
            let nanos = start.elapsed().as_nanos() as f64;
            // What another program on the machine has cost.
            if nanos < 20_000.0 {
                sums[class].add(nanos);
            }
        }
        (sums[0].1 - sums[1].1) / (sums[0].error() + sums[1].error()).sqrt()
    }

    fn leaky(one: &Fingerprint, other: &Fingerprint) -> bool {
        one.0.iter().zip(&other.0).all(|(one, other)| black_box(one) == black_box(other))
    }

    #[test]
    #[ignore = "a measurement that a busy machine can spoil: make timing"]
    fn the_time_says_nothing_about_a_guess() {
        let (ours, leaky) = (t(|one, other| one.ct_eq(other).into()), t(leaky));
        println!("|t| of the comparison: {:.2} (below 4.5 is nothing); of a leaky one: {:.2}", ours.abs(), leaky.abs());
        assert!(leaky.abs() > 10.0, "the measurement sees nothing");
        assert!(ours.abs() < 4.5);
    }
}

//! Randomness is passed in, so that a run can be repeated from its seed.

use std::sync::{Arc, Mutex};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use uuid::Uuid;

use crate::clock::Instant;

/// A source of random bytes.
pub trait Chance: Send + Sync + 'static {
    /// Fills `bytes`; unguessable unless the implementation is seeded.
    fn fill(&self, bytes: &mut [u8]);

    /// 256 random bits, for a token.
    fn bytes32(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }

    /// A time-ordered UUID (version 7) for something created at `now`.
    fn uuid(&self, now: Instant) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        uuid::Builder::from_unix_timestamp_millis(now.timestamp_millis().unsigned_abs(), &bytes).into_uuid()
    }
}

/// A shared source of randomness.
pub type SharedChance = Arc<dyn Chance>;

/// A generator seeded by the operating system, cryptographically secure.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// The same bytes for the same seed. For tests and demo data only.
#[derive(Debug)]
pub struct SeededChance(Mutex<ChaCha12Rng>);

impl SeededChance {
    /// A generator that repeats itself for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().expect("no holder of chance panics").fill_bytes(bytes);
    }
}

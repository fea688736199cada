//! The clock is passed in, so that tests set the time.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

/// A moment in time, microsecond precision as PostgreSQL keeps it.
pub type Instant = DateTime<Utc>;

/// A source of the current time.
pub trait Clock: Send + Sync + 'static {
    /// The current time, truncated to microseconds so that a stored value equals the one in memory.
    fn now(&self) -> Instant;
}

/// A shared clock.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Instant {
        truncate(Utc::now())
    }
}

/// A clock that tests set by hand.
#[derive(Debug)]
pub struct ManualClock(Mutex<Instant>);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Instant) -> Self {
        Self(Mutex::new(truncate(now)))
    }

    /// Moves the clock forward (or back) by `by`.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().expect("no holder of the clock panics");
        *now += by;
    }

    /// Sets the clock to `to`.
    pub fn set(&self, to: Instant) {
        *self.0.lock().expect("no holder of the clock panics") = truncate(to);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        *self.0.lock().expect("no holder of the clock panics")
    }
}

fn truncate(at: Instant) -> Instant {
    DateTime::from_timestamp_micros(at.timestamp_micros()).expect("a representable time stays so at microseconds")
}

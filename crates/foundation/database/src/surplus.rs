//! Closes surplus connections after a rush. The pool gives out the connection that was idle longest, so even a nearly
//! idle server keeps using all of them, each rarely: a long idle time shows that there are more than are needed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A connection that was idle for longer than this is surplus. The worker polls about thirty times a second, so that an idle server
/// keeps three.
const WAIT_MAX: Duration = Duration::from_millis(100);
/// At most one connection is closed in this time, so that a short pause does not empty the pool.
const CLOSE_EVERY: Duration = Duration::from_secs(1);

/// Whether one connection should be closed.
#[derive(Debug)]
pub(crate) struct Surplus(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Close the next connection that is returned.
    is_there: bool,
    noted_at: Instant,
}

impl Surplus {
    pub fn new(now: Instant) -> Self {
        Self(Mutex::new(State { is_there: false, noted_at: now }))
    }

    /// Records how long a connection was idle before it was taken.
    pub fn note(&self, waited: Duration, now: Instant) {
        if waited <= WAIT_MAX {
            return;
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(state.noted_at) >= CLOSE_EVERY {
            *state = State { is_there: true, noted_at: now };
        }
    }

    /// Whether to close the connection that is being returned; `true` once for each surplus one.
    pub fn take(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_wait_are_closed_one_by_one() {
        let began = Instant::now();
        let surplus = Surplus::new(began);
        let closes = |waited_ms, at_ms| {
            surplus.note(Duration::from_millis(waited_ms), began + Duration::from_millis(at_ms));
            [surplus.take(), surplus.take()]
        };
        assert_eq!(closes(150, 900), [false, false], "too soon after the start");
        assert_eq!(closes(100, 1_000), [false, false], "in use");
        assert_eq!(closes(150, 1_000), [true, false]);
        assert_eq!(closes(150, 1_900), [false, false], "too soon after the last");
        assert_eq!(closes(150, 2_000), [true, false]);
    }
}

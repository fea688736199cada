//! Which connections are too many. The pool gives out the one that waited longest, so that even a server that nobody asks anything
//! keeps all of them in use, each a little: one that waited long for its turn would not be missed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A connection that waits longer than this for its turn is one too many: the worker alone asks ten times a second.
const WAIT_MAX: Duration = Duration::from_millis(300);
/// One is closed in this time at most, so that a pause is not taken for the end of a rush.
const CLOSE_EVERY: Duration = Duration::from_secs(1);

/// Whether there is one connection too many.
#[derive(Debug)]
pub(crate) struct Surplus(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The next connection that comes back is to be closed.
    is_there: bool,
    noted_at: Instant,
}

impl Surplus {
    pub fn new(now: Instant) -> Self {
        Self(Mutex::new(State { is_there: false, noted_at: now }))
    }

    /// A connection is taken that waited for so long.
    pub fn note(&self, waited: Duration, now: Instant) {
        if waited <= WAIT_MAX {
            return;
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(state.noted_at) >= CLOSE_EVERY {
            *state = State { is_there: true, noted_at: now };
        }
    }

    /// Whether to close the connection that comes back; asked once for each that is too many.
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
        assert_eq!(closes(400, 900), [false, false], "too soon after the start");
        assert_eq!(closes(300, 1_000), [false, false], "in use");
        assert_eq!(closes(400, 1_000), [true, false]);
        assert_eq!(closes(400, 1_900), [false, false], "too soon after the last");
        assert_eq!(closes(400, 2_000), [true, false]);
    }
}

//! Limits the log to one line every few seconds about something that may happen thousands of times in that time.

use std::time::{Duration, Instant};

/// The least time between two lines about the same.
const PAUSE: Duration = Duration::from_secs(10);

/// What happened since the last line about it.
#[derive(Debug, Default)]
pub struct Seldom {
    last: Option<Instant>,
    count: u64,
}

impl Seldom {
    /// Counts one more; returns how many there were when it is time for a line.
    pub fn note(&mut self, now: Instant) -> Option<u64> {
        self.count += 1;
        if self.last.is_some_and(|last| now.duration_since(last) < PAUSE) {
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_in_a_moment_are_one_line_that_counts_them() {
        let (mut seldom, start) = (Seldom::default(), Instant::now());
        assert_eq!(seldom.note(start), Some(1));
        assert!((0..500).all(|_| seldom.note(start + PAUSE / 2).is_none()));
        assert_eq!(seldom.note(start + PAUSE), Some(501));
    }
}

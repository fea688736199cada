//! Whether this server's clock is right. With a wrong one it would let holds lapse and end bookings that have not begun, so it leaves
//! deadlines to the other servers, or to the time when its clock is right again.

use std::time::Duration;

use chrono::TimeDelta;
use database::clock;
use kernel::Instant;
use site::Services;

/// How often the clock is compared with the database's while nothing is suspicious.
const COMPARED_EVERY: Duration = Duration::from_secs(30);
/// A clock that runs this much differently from the time that has passed was set.
const JUMP: TimeDelta = TimeDelta::seconds(2);

/// The moment at which the clock was last found to be right.
#[derive(Debug)]
pub(super) struct ClockComparison {
    right_at: Option<(Instant, tokio::time::Instant)>,
}

impl ClockComparison {
    pub fn new() -> Self {
        Self { right_at: None }
    }

    /// Whether the clock is right. Asks the database when the last answer is old, or the clock was set since.
    pub async fn is_right(&mut self, site: &Services) -> bool {
        let now = site.clock.now();
        if let Some((at, passed)) = self.right_at.map(|(at, moment)| (at, moment.elapsed()))
            && passed < COMPARED_EVERY
            && !has_jumped(now - at, passed)
        {
            return true;
        }
        self.right_at = None;
        match clock::ahead(&site.database, &*site.clock).await {
            Ok(ahead) if clock::is_wrong(ahead) => {
                let ahead_s = ahead.num_seconds();
                tracing::error!(ahead_s, "the clocks of this server and of the database are apart: deadlines wait");
            }
            Ok(_) => self.right_at = Some((site.clock.now(), tokio::time::Instant::now())),
            Err(error) => tracing::warn!(%error, "the clock could not be compared with the database's"),
        }
        self.right_at.is_some()
    }
}

/// Whether a clock that shows `shown` more was set while `passed` went by.
fn has_jumped(shown: TimeDelta, passed: Duration) -> bool {
    let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
    (shown - passed).abs() > JUMP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_told_from_one_that_runs() {
        let jumped = |shown_s, passed_s| has_jumped(TimeDelta::seconds(shown_s), Duration::from_secs(passed_s));
        assert!(!jumped(10, 10) && !jumped(11, 10) && !jumped(9, 10));
        assert!(jumped(3_600, 10) && jumped(-3_600, 10) && jumped(10, 20));
    }
}

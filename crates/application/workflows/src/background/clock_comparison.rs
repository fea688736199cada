//! Whether this server's clock is right. With a wrong one it would let holds lapse, end gift cards before their day and forget the answers
//! that retries get, so it leaves deadlines, jobs and schedules to the other servers, or to the time when its clock is right again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use database::clock;
use kernel::Instant;
use site::{Services, Site};
use tokio_util::sync::CancellationToken;

/// How often the clock is compared with the database's while nothing is suspicious.
const COMPARED_EVERY: Duration = Duration::from_secs(30);
/// An answer of the database counts for so long, which leaves time to ask again.
const TRUSTED_FOR: Duration = Duration::from_secs(60);
/// How often the clock is compared with the monotonic one, which needs no statement and shows whether it was set.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(500);
/// The pause after the clock was wrong or could not be compared. Each time is a line in the log.
const AGAIN_AFTER: Duration = Duration::from_secs(2);
/// A clock that has moved this much more or less than the monotonic one was set.
const JUMP: TimeDelta = TimeDelta::seconds(2);

/// When the clock was last found to be right: the time that it showed, and the same moment on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct ClockComparison {
    right_at: Mutex<Option<(Instant, tokio::time::Instant)>>,
}

impl ClockComparison {
    /// Whether the clock, which shows `now`, was found to be right and has not been set since. Asks nobody.
    pub fn is_right(&self, now: Instant) -> bool {
        self.found_right(now).is_some_and(|passed| passed < TRUSTED_FOR)
    }

    /// Compares for as long as the server runs.
    pub async fn keep(&self, site: &Site, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let mut pause = LOOKED_AT_EVERY;
            if self.found_right(site.clock.now()).is_none_or(|passed| passed > COMPARED_EVERY) {
                let found = self.compare(site).await;
                if found.is_none() {
                    pause = AGAIN_AFTER;
                }
                *self.right_at.lock().unwrap_or_else(PoisonError::into_inner) = found;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// How long ago the clock was found to be right, unless it was set since.
    fn found_right(&self, now: Instant) -> Option<Duration> {
        let (at, moment) = (*self.right_at.lock().unwrap_or_else(PoisonError::into_inner))?;
        let passed = moment.elapsed();
        (!has_jumped(now - at, passed)).then_some(passed)
    }

    async fn compare(&self, site: &Services) -> Option<(Instant, tokio::time::Instant)> {
        let ahead = clock::ahead(&site.database, &*site.clock).await;
        if let Ok(ahead) = &ahead {
            site.clock_health.note(ahead.num_milliseconds(), clock::is_wrong(*ahead));
        }
        match ahead {
            Ok(ahead) if clock::is_wrong(ahead) => {
                let ahead_s = ahead.num_seconds();
                tracing::error!(
                    ahead_s,
                    "the clocks of this server and of the database are apart: deadlines, jobs and schedules wait"
                );
                None
            }
            Ok(_) => Some((site.clock.now(), tokio::time::Instant::now())),
            Err(error) => {
                tracing::warn!(%error, "the clock could not be compared with the database's");
                None
            }
        }
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

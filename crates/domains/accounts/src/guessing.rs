//! Slows down guessing at its source. A source that the owner has signed in from before is not slowed down by the guesses of others.

use chrono::TimeDelta;
use kernel::Instant;

/// Failures in a row before the next try has to wait.
const FREE_FAILURES: i32 = 5;
/// The longest wait after a failure.
const WAIT_S_MAX: i64 = 900;
/// Failures in a row after which one source, or all unknown sources together, have one try a day (NIST SP 800-63B allows a hundred).
const FAILURES_MAX: i32 = 100;
const DAY: TimeDelta = TimeDelta::days(1);

/// Failures in a row, and when the last one happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failures {
    pub count: i32,
    pub last: Instant,
}

/// What was counted for an account before a try.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GuessTally {
    /// From the source of this try.
    pub here: Option<Failures>,
    /// From all sources that the owner has not signed in from.
    pub strangers: Option<Failures>,
}

/// Whether a try is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GuessVerdict {
    Allowed,
    /// This source has failed too often: it waits so many seconds.
    Wait(u64),
    /// Unknown sources have failed too often: all of them wait so many seconds.
    StrangersWait(u64),
}

impl GuessTally {
    /// Whether the source counts as the owner's: they have signed in from it, and it has not failed too often since.
    pub fn is_trusted(&self, is_known: bool) -> bool {
        is_known && self.here.is_none_or(|here| here.count < FAILURES_MAX)
    }

    /// Decides about a try from a source that the owner has signed in from before, or not.
    pub fn verdict(&self, is_known: bool, now: Instant) -> GuessVerdict {
        let here = self.here.map_or(0, |here| seconds_left(here, now));
        let exhausted = self.strangers.filter(|strangers| strangers.count >= FAILURES_MAX);
        match exhausted.filter(|_| !self.is_trusted(is_known)).map_or(0, |strangers| until(strangers.last + DAY, now)) {
            0 if here == 0 => GuessVerdict::Allowed,
            0 => GuessVerdict::Wait(here),
            strangers => GuessVerdict::StrangersWait(strangers.max(here)),
        }
    }
}

fn seconds_left(failures: Failures, now: Instant) -> u64 {
    until(failures.last + wait(failures.count), now)
}

fn until(end: Instant, now: Instant) -> u64 {
    u64::try_from((end - now).num_seconds()).unwrap_or(0)
}

/// The wait after this many failures: 1, 2, 4, … seconds up to a quarter of an hour; a day when they reach [`FAILURES_MAX`].
fn wait(failures: i32) -> TimeDelta {
    match failures {
        ..FREE_FAILURES => TimeDelta::zero(),
        FAILURES_MAX.. => DAY,
        _ => TimeDelta::seconds((1_i64 << (failures - FREE_FAILURES).min(10)).min(WAIT_S_MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: GuessTally = GuessTally { here: None, strangers: None };

    fn now() -> Instant {
        "2026-12-01T12:00:00Z".parse().unwrap()
    }

    fn ago(count: i32, seconds: i64) -> Option<Failures> {
        Some(Failures { count, last: now() - TimeDelta::seconds(seconds) })
    }

    #[test]
    fn waiting_doubles_up_to_a_quarter_of_an_hour_and_ends_at_a_try_a_day() {
        let waits: Vec<i64> =
            [0, 4, 5, 6, 7, 14, 15, 99, 100, 400].into_iter().map(|count| wait(count).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 512, 900, 900, 86_400, 86_400]);
    }

    #[test]
    fn each_source_waits_for_its_own_failures() {
        let tally = |seconds| GuessTally { here: ago(7, seconds), ..NONE };
        for is_known in [true, false] {
            assert_eq!(tally(0).verdict(is_known, now()), GuessVerdict::Wait(4));
            assert_eq!(tally(3).verdict(is_known, now()), GuessVerdict::Wait(1));
            assert_eq!(tally(4).verdict(is_known, now()), GuessVerdict::Allowed);
        }
    }

    #[test]
    fn strangers_wait_for_each_other_and_the_owner_for_none_of_them() {
        let attacked = GuessTally { strangers: ago(100, 3_600), ..NONE };
        assert_eq!(attacked.verdict(true, now()), GuessVerdict::Allowed);
        assert_eq!(attacked.verdict(false, now()), GuessVerdict::StrangersWait(82_800));
        assert_eq!(GuessTally { strangers: ago(99, 0), ..NONE }.verdict(false, now()), GuessVerdict::Allowed);
        assert_eq!(GuessTally { strangers: ago(100, 86_400), ..NONE }.verdict(false, now()), GuessVerdict::Allowed);
    }

    #[test]
    fn a_source_that_fails_for_ever_is_the_owner_s_no_longer() {
        let stolen = GuessTally { here: ago(100, 86_400), strangers: ago(100, 10) };
        assert!(!stolen.is_trusted(true) && NONE.is_trusted(true) && !NONE.is_trusted(false));
        assert_eq!(stolen.verdict(true, now()), GuessVerdict::StrangersWait(86_390));
        assert_eq!(GuessTally { here: ago(100, 10), ..NONE }.verdict(true, now()), GuessVerdict::Wait(86_390));
    }
}

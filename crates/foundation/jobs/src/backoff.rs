//! When a failed job is tried again.

use chrono::TimeDelta;

/// After this many tries, which take about a day, a job is given up: it stays for an operator.
pub const ATTEMPTS_MAX: i32 = 36;

/// After this many expired leases in a row a job is given up: it probably crashes the server
/// that runs it. Servers that are killed for other reasons interrupt the same job less often.
pub const LAPSES_MAX: i32 = 5;

const BASE_MS: i64 = 500;
/// An hour.
const CAP_MS: i64 = 3_600_000;

/// The pause after try number `attempts`: doubling up to an hour; `chance` (0 to 255) picks
/// between half of it and all of it, so that jobs that failed together are not retried together.
pub fn backoff(attempts: i32, chance: u8) -> TimeDelta {
    let full = (BASE_MS << attempts.clamp(0, 20)).min(CAP_MS);
    TimeDelta::milliseconds(full / 2 + full / 2 * i64::from(chance) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_an_hour() {
        assert_eq!(backoff(0, 255).num_milliseconds(), 500);
        assert_eq!(backoff(3, 255).num_milliseconds(), 4_000);
        assert_eq!(backoff(3, 0).num_milliseconds(), 2_000);
        assert_eq!(backoff(99, 255).num_milliseconds(), CAP_MS);
        assert_eq!(backoff(-1, 255).num_milliseconds(), 500);
        assert_eq!([0, 51, 255].map(|chance| backoff(1, chance).num_milliseconds()), [500, 600, 1_000]);
    }

    #[test]
    fn a_job_is_given_up_after_about_a_day() {
        let hours = |chance| {
            let pauses: TimeDelta = (0..ATTEMPTS_MAX - 1).map(|attempts| backoff(attempts, chance)).sum();
            pauses.num_hours()
        };
        assert!(
            (11..=24).contains(&hours(0)) && (20..=26).contains(&hours(255)),
            "{} to {} hours",
            hours(0),
            hours(255)
        );
    }
}

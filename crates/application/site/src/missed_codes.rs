//! Counts, on this server, the codes of gift cards that opened nothing, so that guessing raises an alarm.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use kernel::Instant;

/// So many misses within an hour are guesses: the check symbol finds typing errors, so a code that passes it and opens nothing was used up
/// or made up.
const ALARM_AT: u32 = 100;
const HOUR_S: i64 = 3_600;

/// How many codes opened nothing since the start.
#[derive(Debug, Default)]
pub struct MissedCodes {
    mistyped: AtomicU64,
    well_formed: AtomicU64,
    hour: Mutex<MissedHour>,
}

/// The well-formed misses of one hour of the clock.
#[derive(Debug, Default)]
struct MissedHour {
    number: i64,
    missed: u32,
}

impl MissedCodes {
    /// Counts a code whose check symbol is wrong.
    pub fn note_mistyped(&self) {
        self.mistyped.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a well-formed code that opened nothing. Returns the count of this hour when it reaches the alarm, so once an hour at most.
    pub fn note_well_formed(&self, now: Instant) -> Option<u32> {
        self.well_formed.fetch_add(1, Ordering::Relaxed);
        let mut hour = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.timestamp().div_euclid(HOUR_S);
        if hour.number != number {
            *hour = MissedHour { number, missed: 0 };
        }
        hour.missed = hour.missed.saturating_add(1);
        (hour.missed == ALARM_AT).then_some(hour.missed)
    }

    /// How many codes were mistyped, and how many were well formed.
    pub fn counts(&self) -> (u64, u64) {
        (self.mistyped.load(Ordering::Relaxed), self.well_formed.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_alarm_is_raised_once_in_an_hour_of_guesses() {
        let (missed, start) = (MissedCodes::default(), "2026-11-30T20:00:00Z".parse::<Instant>().expect("a time"));
        let hours = |count: u64| start + Duration::from_secs(3_600 * count);
        let alarms = |from: Instant, count: u64| -> Vec<u32> {
            (0..count).filter_map(|step| missed.note_well_formed(from + Duration::from_secs(step))).collect()
        };
        assert!(alarms(start, 99).is_empty());
        assert_eq!(alarms(hours(1), 500), [100]);
        assert!(alarms(hours(2), 99).is_empty());
        (0..150).for_each(|_| missed.note_mistyped());
        assert_eq!(missed.counts(), (150, 698));
    }
}

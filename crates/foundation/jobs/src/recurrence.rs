//! When a recurring job is due. Pure.

use chrono::{DurationRound as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use kernel::Instant;

/// How often something runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recurrence {
    /// At this minute of every hour.
    Hourly { minute: u8 },
    /// Once a night at a wall time in a zone. If the clocks skip that time, it
    /// runs right after the jump; if they show it twice, it runs at the first.
    Nightly { hour: u8, minute: u8, zone: Tz },
}

impl Recurrence {
    /// The latest occurrence up to `now`.
    pub fn latest(self, now: Instant) -> Instant {
        match self {
            Self::Hourly { minute } => {
                let offset = TimeDelta::minutes(i64::from(minute));
                (now - offset).duration_trunc(TimeDelta::hours(1)).unwrap_or(now) + offset
            }
            Self::Nightly { hour, minute, zone } => {
                let time = NaiveTime::from_hms_opt(hour.into(), minute.into(), 0).unwrap_or(NaiveTime::MIN);
                let today = now.with_timezone(&zone).date_naive();
                // A zone that skips a whole day (Samoa, 2011) has the occurrence of that night a day later.
                let days = today.iter_days().take(2).chain(nights_before(today));
                let nights = days.map(|day| first_moment(day.and_time(time), zone));
                nights.filter(|night| *night <= now).max().unwrap_or(now)
            }
        }
    }
}

/// The text of an occurrence, for the key of its job: `2026-11-30T04:00Z`.
pub fn occurrence_key(occurrence: Instant) -> String {
    occurrence.format("%Y-%m-%dT%H:%MZ").to_string()
}

fn nights_before(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(day.pred_opt(), NaiveDate::pred_opt).take(2)
}

/// The first instant at which clocks in `zone` show `wall`, or the end of the jump that skips it.
fn first_moment(wall: NaiveDateTime, zone: Tz) -> Instant {
    // Clocks jump by whole minutes, and by a day at most.
    let shown = (0..=24 * 60).map(|minutes| zone.from_local_datetime(&(wall + TimeDelta::minutes(minutes))).earliest());
    shown.flatten().next().map_or_else(|| Utc.from_utc_datetime(&wall), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn nightly(hour: u8, minute: u8) -> Recurrence {
        Recurrence::Nightly { hour, minute, zone: Tz::Europe__Berlin }
    }

    #[test]
    fn hours_begin_at_their_minute() {
        let hourly = Recurrence::Hourly { minute: 10 };
        assert_eq!(hourly.latest(at("2026-11-30T12:09:59Z")), at("2026-11-30T11:10:00Z"));
        assert_eq!(hourly.latest(at("2026-11-30T12:10:00Z")), at("2026-11-30T12:10:00Z"));
        assert_eq!(occurrence_key(hourly.latest(at("2026-11-30T00:05:00Z"))), "2026-11-29T23:10Z");
    }

    #[test]
    fn nights_follow_the_wall_clock() {
        assert_eq!(nightly(4, 0).latest(at("2026-01-10T02:59:59Z")), at("2026-01-09T03:00:00Z"));
        assert_eq!(nightly(4, 0).latest(at("2026-01-10T03:00:00Z")), at("2026-01-10T03:00:00Z"));
        assert_eq!(nightly(4, 0).latest(at("2026-07-10T02:00:00Z")), at("2026-07-10T02:00:00Z"));
    }

    #[test]
    fn a_time_that_is_skipped_is_made_up_for_and_one_that_comes_twice_runs_once() {
        // 29 March 2026: 02:00 becomes 03:00, which is 01:00 UTC.
        assert_eq!(nightly(2, 30).latest(at("2026-03-29T00:59:59Z")), at("2026-03-28T01:30:00Z"));
        assert_eq!(nightly(2, 30).latest(at("2026-03-29T23:00:00Z")), at("2026-03-29T01:00:00Z"));
        // 25 October 2026: 03:00 becomes 02:00, so that 02:30 is 00:30 and 01:30 UTC.
        assert_eq!(nightly(2, 30).latest(at("2026-10-25T00:30:00Z")), at("2026-10-25T00:30:00Z"));
        assert_eq!(nightly(2, 30).latest(at("2026-10-25T12:00:00Z")), at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn each_day_of_a_year_has_one_night() {
        let mut nights = std::collections::BTreeSet::new();
        let mut now = at("2026-01-01T12:00:00Z");
        while now < at("2027-01-01T12:00:00Z") {
            nights.insert(nightly(2, 30).latest(now));
            now += TimeDelta::minutes(30);
        }
        assert_eq!(nights.len(), 366);
    }

    #[test]
    fn a_day_that_a_zone_skipped_has_its_night_the_day_after() {
        let samoa = Recurrence::Nightly { hour: 4, minute: 0, zone: Tz::Pacific__Apia };
        // There was no 30 December 2011.
        assert_eq!(samoa.latest(at("2011-12-30T09:59:59Z")), at("2011-12-29T14:00:00Z"));
        assert_eq!(samoa.latest(at("2011-12-30T10:00:00Z")), at("2011-12-30T10:00:00Z"));
    }
}

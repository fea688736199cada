//! Free times of a month.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{Europe, Tz};

use super::now;
use crate::views::month::{self, MonthAsked, MonthLinks, MonthView};

/// The clocks of the songwriter.
pub(super) const THEIRS: Tz = Europe::Lisbon;
/// The clocks of whoever looks.
pub(crate) const YOURS: Tz = Europe::Berlin;

/// The time that is booked in the samples: 20:00 in Lisbon.
pub(crate) fn starts_at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 12, 20, 0, 0).single().expect("an instant has one time in UTC")
}

/// Times that are free in December.
pub(crate) fn free_times() -> Vec<DateTime<Utc>> {
    let first = month::first_of(starts_at().date_naive());
    let days = first.iter_days().take(31).filter(|day| day.day() > 4 && day.day() % 7 != 0 && day.day() % 3 != 0);
    let hours = |day: NaiveDate| (17..23).filter_map(move |hour| day.and_hms_opt(hour, 0, 0));
    days.flat_map(hours).map(|at| at.and_utc()).collect()
}

/// December with free times, one of its days turned to or none; or without any.
pub(crate) fn month(is_chosen: bool, free: &[DateTime<Utc>]) -> MonthView {
    let day = starts_at().date_naive() - Days::new(1);
    let asked = MonthAsked {
        month: day,
        day: is_chosen.then_some(day),
        today: now().date_naive() + Days::new(8),
        horizon: day + Days::new(80),
        theirs: THEIRS,
        yours: Some(YOURS),
        free,
        nearest: free.is_empty().then(|| starts_at() + TimeDelta::days(24)),
    };
    let links = MonthLinks {
        turn: &|query| format!("?{query}"),
        time: &|at| format!("/book/1/brief?starts_at={}", at.timestamp()),
    };
    month::lay_out(&asked, &links)
}

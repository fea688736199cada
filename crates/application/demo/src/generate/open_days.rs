//! The days that still have room, as the search shows them.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use kernel::Instant;

use super::calendar::Calendar;
use super::hours::Hours;
use super::offers::Offer;

/// The days from today on which an offering that takes time can be booked, as ranges without their end. Lead times count, as in
/// the calendar itself.
pub fn open_days(
    hours: &Hours,
    calendar: &Calendar,
    zone: Tz,
    offers: &[Offer],
    now: Instant,
) -> Vec<(NaiveDate, NaiveDate)> {
    const DAYS_AHEAD: u64 = 180;
    let today = now.with_timezone(&zone).date_naive();
    let mut ranges: Vec<(NaiveDate, NaiveDate)> = vec![];
    for day in (0..=DAYS_AHEAD).map(|ahead| today + Days::new(ahead)) {
        let timed = offers.iter().filter(|offer| offer.is_timed());
        let mut free = timed.filter(|offer| calendar.has_room(hours, zone, offer, day, now));
        if free.next().is_none() {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.1 == day => last.1 = day + Days::new(1),
            _ => ranges.push((day, day + Days::new(1))),
        }
    }
    ranges
}

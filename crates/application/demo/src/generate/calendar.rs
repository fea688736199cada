//! One celebrity's calendar while the world is generated; no two spans overlap.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use kernel::Instant;

use super::hours::Hours;
use super::offers::Offer;
use crate::dice::Dice;

/// A bookable time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedTime {
    pub starts: Instant,
    pub ends: Instant,
    /// The start as wall time in the celebrity's zone.
    pub local: NaiveDateTime,
}

/// The spans taken so far, buffers included.
#[derive(Debug, Default)]
pub struct Calendar {
    taken: BTreeMap<Instant, Instant>,
}

impl Calendar {
    /// A calendar with the blackouts taken.
    pub fn of(hours: &Hours, zone: Tz) -> Self {
        let mut calendar = Self::default();
        for blackout in &hours.blackouts {
            if let Some((from, until)) = days_span(zone, blackout.first, blackout.last) {
                calendar.take(from, until);
            }
        }
        calendar
    }

    /// Whether nothing is taken in `[from, until)`.
    pub fn is_free(&self, from: Instant, until: Instant) -> bool {
        self.taken.range(..until).next_back().is_none_or(|(_, end)| *end <= from)
    }

    /// Marks `[from, until)`, which must be free, as taken.
    pub fn take(&mut self, from: Instant, until: Instant) {
        debug_assert!(self.is_free(from, until), "spans never overlap");
        self.taken.insert(from, until);
    }

    /// Whether `offer` can still be booked at any time of `day`.
    pub fn has_room(&self, hours: &Hours, zone: Tz, offer: &Offer, day: NaiveDate, now: Instant) -> bool {
        let Some((opens, closes)) = hours.open(day) else { return false };
        let earliest = now + TimeDelta::minutes(i64::from(offer.lead_minutes));
        let buffer = TimeDelta::minutes(i64::from(offer.buffer_minutes));
        let last = i64::from(closes) - i64::from(offer.duration_minutes);
        let step = usize::try_from(offer.step_minutes).unwrap_or(1).max(1);
        (i64::from(opens)..=last).step_by(step).any(|minute| {
            let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
            slot_at(zone, local, offer)
                .is_some_and(|slot| slot.starts >= earliest && self.is_free(slot.starts - buffer, slot.ends + buffer))
        })
    }

    /// A free time for `offer` on `day`, not before `earliest`. It tries only a few times, so full days stay realistic.
    pub fn slot(
        &self,
        dice: &mut Dice,
        hours: &Hours,
        zone: Tz,
        offer: &Offer,
        day: NaiveDate,
        earliest: Instant,
    ) -> Option<BookedTime> {
        let (opens, closes) = hours.open(day)?;
        let starts_count = (i64::from(closes) - i64::from(opens) - i64::from(offer.duration_minutes))
            / i64::from(offer.step_minutes)
            + 1;
        if starts_count <= 0 {
            return None;
        }
        (0..5).find_map(|_| {
            // The later of two draws, because evenings are in more demand than mornings.
            let step = dice.between(0, starts_count).max(dice.between(0, starts_count));
            let minute = i64::from(opens) + step * i64::from(offer.step_minutes);
            let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
            let slot = slot_at(zone, local, offer)?;
            let buffer = TimeDelta::minutes(i64::from(offer.buffer_minutes));
            (slot.starts >= earliest && self.is_free(slot.starts - buffer, slot.ends + buffer)).then_some(slot)
        })
    }
}

/// The time that begins at `local`; `None` where a change of clocks makes it ambiguous or non-existent.
pub fn slot_at(zone: Tz, local: NaiveDateTime, offer: &Offer) -> Option<BookedTime> {
    let starts = zone.from_local_datetime(&local).single()?.to_utc();
    Some(BookedTime { starts, ends: starts + TimeDelta::minutes(i64::from(offer.duration_minutes)), local })
}

/// From the first day's midnight to the midnight after the last.
pub fn days_span(zone: Tz, first: NaiveDate, last: NaiveDate) -> Option<(Instant, Instant)> {
    let midnight = |day: NaiveDate| Some(zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest()?.to_utc());
    Some((midnight(first)?, midnight(last + Days::new(1))?))
}

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

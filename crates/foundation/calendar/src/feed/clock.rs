//! The clock that a series lives by, and what times that are written on other clocks mean on it.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use kernel::Instant;

use super::times::EventTime;
use super::zones::Zone;
use crate::rules::Span;

/// The last second of a day.
const DAY_END: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// The clock that a series lives by.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeriesClock<'zones> {
    pub starts: EventTime<'zones>,
    pub zone: Zone<'zones>,
    pub own: Zone<'zones>,
}

impl<'zones> SeriesClock<'zones> {
    /// The wall time on this clock of a time that may be written on another.
    pub fn local_of(&self, time: EventTime<'zones>) -> NaiveDateTime {
        match time {
            EventTime::Day(_) if !self.starts.is_day() => time.local().date().and_time(self.starts.local().time()),
            EventTime::Day(_) | EventTime::Floating(_) => time.local(),
            EventTime::Zoned(local, zone) if zone == self.zone => local,
            EventTime::Zoned(local, zone) => self.zone.local(zone.instant(local)),
        }
    }

    /// The day that a time means for a series of whole days. Many programs write its midnight, in UTC or in some zone.
    pub fn day_of(&self, time: EventTime<'zones>) -> NaiveDate {
        let local = time.local();
        if time.is_utc() && local.time() != NaiveTime::MIN {
            self.own.local(time.instant(self.own)).date()
        } else {
            local.date()
        }
    }

    /// How far this clock is set from where it was at the beginning of the series, at an instant.
    pub fn shift_at(&self, at: Instant) -> TimeDelta {
        let ahead = |at: Instant| self.zone.local(at) - at.naive_utc();
        ahead(at) - ahead(self.starts.instant(self.own))
    }

    /// Each way in which this clock is set within the window otherwise than at the beginning of the series. What holds for less than a
    /// week is left out.
    pub fn shifts(&self, window: Span) -> BTreeSet<TimeDelta> {
        let weeks = std::iter::successors(Some(window.starts_at), |at| at.checked_add_signed(TimeDelta::weeks(1)));
        let looks = weeks.take_while(|at| *at < window.ends_at).chain([window.ends_at]);
        looks.map(|at| self.shift_at(at)).filter(|shift| !shift.is_zero()).collect()
    }

    /// The last wall time that a rule may give. A day means all of it.
    pub fn end_of_rule(&self, until: EventTime<'zones>) -> NaiveDateTime {
        let local = until.local();
        if self.starts.is_day() {
            let day = if until.is_utc() {
                local.date().max(self.own.local(until.instant(self.own)).date())
            } else {
                local.date()
            };
            return day.and_time(DAY_END);
        }
        match until {
            EventTime::Day(day) => day.and_time(DAY_END),
            EventTime::Floating(local) => local,
            EventTime::Zoned(..) => self.zone.local(until.instant(self.own)),
        }
    }
}

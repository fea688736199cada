//! Opening hours, spans of time, and the rules by which an offering's slots are laid out.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::local::{first_instant_from, last_instant_from};

/// Minutes in a day as opening hours count; a real day may be shorter or longer when clocks change.
const DAY_MINUTES: u16 = 1_440;

/// An open range in minutes after local midnight, the end excluded. In JSON `[600, 1080]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(u16, u16)", into = "(u16, u16)")]
pub struct OpenRange {
    pub opens_minute: u16,
    /// Up to 1440, which is the next midnight.
    pub closes_minute: u16,
}

impl From<(u16, u16)> for OpenRange {
    fn from((opens_minute, closes_minute): (u16, u16)) -> Self {
        Self { opens_minute, closes_minute }
    }
}

impl From<OpenRange> for (u16, u16) {
    fn from(range: OpenRange) -> Self {
        (range.opens_minute, range.closes_minute)
    }
}

/// One open range of a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeeklyHours {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    pub range: OpenRange,
}

/// When somebody can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    pub zone: Tz,
    pub weekly: Vec<WeeklyHours>,
    /// Days that differ from the week; an empty list is a closed day.
    pub exceptions: BTreeMap<NaiveDate, Vec<OpenRange>>,
}

/// A span of time, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub starts_at: Instant,
    pub ends_at: Instant,
}

/// How an offering's slots are laid out on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRules {
    pub duration_minutes: u16,
    /// Set-up and travel, which may lie outside the open hours.
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    /// The distance between possible starts, counted from the opening.
    pub step_minutes: u16,
    pub lead_time_minutes: u32,
    /// How many days ahead can be booked, from today in the zone of the opening hours.
    pub horizon_days: u16,
}

impl Span {
    /// From `starts_at` until before `ends_at`.
    pub const fn new(starts_at: Instant, ends_at: Instant) -> Self {
        Self { starts_at, ends_at }
    }

    /// Whether the two overlap; touching ends do not.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    /// Sorts and merges spans, so that no two overlap or touch.
    pub(crate) fn merge(mut spans: Vec<Self>) -> Vec<Self> {
        spans.retain(|span| span.starts_at < span.ends_at);
        spans.sort_unstable();
        let mut merged: Vec<Self> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.starts_at <= last.ends_at => last.ends_at = last.ends_at.max(span.ends_at),
                _ => merged.push(span),
            }
        }
        merged
    }
}

impl SlotRules {
    /// The time of a booking that begins at `starts_at`, without buffers.
    pub fn service(&self, starts_at: Instant) -> Span {
        Span::new(starts_at, starts_at + TimeDelta::minutes(self.duration_minutes.into()))
    }

    /// The same with buffers: what must be free and is allocated.
    pub fn allocation(&self, starts_at: Instant) -> Span {
        let service = self.service(starts_at);
        Span::new(
            service.starts_at - TimeDelta::minutes(self.buffer_before_minutes.into()),
            service.ends_at + TimeDelta::minutes(self.buffer_after_minutes.into()),
        )
    }
}

impl OpeningHours {
    /// The open ranges of `day`, sorted and merged.
    pub fn ranges_on(&self, day: NaiveDate) -> Vec<OpenRange> {
        let mut ranges = match self.exceptions.get(&day) {
            Some(ranges) => ranges.clone(),
            None => {
                let weekday = day.weekday().number_from_monday();
                self.weekly
                    .iter()
                    .filter(|hours| u32::from(hours.weekday) == weekday)
                    .map(|hours| hours.range)
                    .collect()
            }
        };
        ranges.retain(|range| range.opens_minute < range.closes_minute && range.closes_minute <= DAY_MINUTES);
        ranges.sort_unstable();
        let mut joined: Vec<OpenRange> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.opens_minute <= last.closes_minute => {
                    last.closes_minute = last.closes_minute.max(range.closes_minute);
                }
                _ => joined.push(range),
            }
        }
        joined
    }

    /// The open spans on the days `from..=to`, merged over midnight.
    pub fn windows(&self, from: NaiveDate, to: NaiveDate) -> Vec<Span> {
        let mut windows = Vec::new();
        for day in from.iter_days().take_while(|day| *day <= to) {
            for range in self.ranges_on(day) {
                windows.push(self.window(day, range));
            }
        }
        Span::merge(windows)
    }

    /// The span of all instants whose wall time lies in the range. An hour that the clocks show twice is included twice.
    fn window(&self, day: NaiveDate, range: OpenRange) -> Span {
        let opens_at = first_instant_from(at_minute(day, range.opens_minute), self.zone);
        let closes = at_minute(day, range.closes_minute);
        // Midnight belongs to the day that begins. If the clocks show it twice, the day before ends at the first one.
        let closes_at = if range.closes_minute == DAY_MINUTES {
            first_instant_from(closes, self.zone)
        } else {
            last_instant_from(closes, self.zone)
        };
        Span::new(opens_at, closes_at)
    }
}

/// The wall time `minute` minutes after the midnight that begins `day`, as opening hours count.
pub(crate) fn at_minute(day: NaiveDate, minute: u16) -> NaiveDateTime {
    let (day, minute) = if minute >= DAY_MINUTES { (day + Days::new(1), minute - DAY_MINUTES) } else { (day, minute) };
    day.and_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0).expect("a minute of a day is a wall time")
}

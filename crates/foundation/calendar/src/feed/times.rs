//! Times as calendars write them: whole days, times with and without a zone, and durations.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use icalendar::parser::Property;
use kernel::Instant;

use crate::local::first_instant_from;

/// A wall time or a whole day in a zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct EventTime {
    local: NaiveDateTime,
    zone: Tz,
    is_day: bool,
}

impl EventTime {
    /// The instant; if the clocks skip this wall time, the end of the jump.
    pub fn instant(&self) -> Instant {
        first_instant_from(self.local, self.zone)
    }

    /// The instant in its zone, as recurrence rules need it.
    pub fn zoned(&self) -> DateTime<rrule::Tz> {
        self.instant().with_timezone(&rrule::Tz::Tz(self.zone))
    }
}

/// The times of a property; those that cannot be read are skipped.
pub(super) fn list<'text>(property: &'text Property<'text>, zone: Tz) -> impl Iterator<Item = EventTime> + 'text {
    let named = property.params.iter().find(|one| one.key.as_str().eq_ignore_ascii_case("TZID"));
    // Some programs use zone names that are not IANA's. Their users mostly live in the celebrity's zone, so that is assumed.
    let zone = named
        .and_then(|one| one.val.as_ref()?.as_str().trim_matches('"').trim_start_matches('/').parse().ok())
        .unwrap_or(zone);
    property.val.as_str().split(',').filter_map(move |text| read(text.trim(), zone))
}

fn read(text: &str, zone: Tz) -> Option<EventTime> {
    // A period (`start/end`) begins with its start.
    let text = text.split('/').next()?;
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return Some(EventTime { local: day.and_time(NaiveTime::MIN), zone, is_day: true });
    }
    let (text, zone) = text.strip_suffix('Z').map_or((text, zone), |text| (text, Tz::UTC));
    let local = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok()?;
    Some(EventTime { local, zone, is_day: false })
}

/// How long an event lasts.
#[derive(Debug, Clone, Copy)]
pub(super) enum EventLength {
    /// Calendar days, which may have 23 or 25 hours.
    Days(u64),
    Time(TimeDelta),
}

impl EventLength {
    /// The time between start and end.
    pub fn until(starts: &EventTime, ends: &EventTime) -> Self {
        if starts.is_day && ends.is_day {
            Self::Days((ends.local - starts.local).num_days().max(0).unsigned_abs())
        } else {
            Self::Time(ends.instant() - starts.instant())
        }
    }

    /// The default of the standard when neither end nor duration is given: one day for a day, nothing for a time.
    pub fn default_for(starts: &EventTime) -> Self {
        if starts.is_day { Self::Days(1) } else { Self::Time(TimeDelta::zero()) }
    }

    /// A duration such as `P1DT2H30M` or `P2W`.
    pub fn of(text: &str) -> Option<Self> {
        let (days, time) = text
            .strip_prefix('+')
            .unwrap_or(text)
            .strip_prefix('P')?
            .split_once('T')
            .map_or_else(|| (text.trim_start_matches(['+', 'P']), ""), |(days, time)| (days, time));
        let mut seconds = 0_i64;
        let units = [(days, [('W', 604_800), ('D', 86_400), (' ', 0)]), (time, [('H', 3_600), ('M', 60), ('S', 1)])];
        for (mut rest, units) in units {
            while let Some(end) = rest.find(|letter: char| !letter.is_ascii_digit()) {
                let unit = rest[end..].chars().next()?;
                let (_, worth) = units.iter().find(|(letter, _)| *letter == unit)?;
                seconds = seconds.checked_add(rest[..end].parse::<i64>().ok()?.checked_mul(*worth)?)?;
                rest = &rest[end + 1..];
            }
            if !rest.is_empty() {
                return None;
            }
        }
        // A duration in days alone means calendar days, not 24 hours each.
        match (time.is_empty(), seconds / 86_400) {
            (true, days) => Some(Self::Days(days.unsigned_abs())),
            (false, _) => TimeDelta::try_seconds(seconds).map(Self::Time),
        }
    }

    /// The end of an event that begins at `starts_at`.
    pub fn end(self, starts: &EventTime, starts_at: Instant, zone: Tz) -> Instant {
        match self {
            Self::Time(length) => starts_at.checked_add_signed(length).unwrap_or(starts_at),
            Self::Days(days) => {
                let zone = if starts.is_day { zone } else { starts.zone };
                let local = starts_at.with_timezone(&zone).naive_local();
                local.checked_add_days(Days::new(days)).map_or(starts_at, |end| first_instant_from(end, zone))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_or_refused() {
        let minutes = |text: &str| match EventLength::of(text) {
            Some(EventLength::Time(length)) => Some(length.num_minutes()),
            Some(EventLength::Days(days)) => Some(days.cast_signed() * 1_440),
            None => None,
        };
        assert_eq!(["PT1H30M", "P1D", "P2W", "P1DT2H", "+PT5M"].map(minutes), [90, 1_440, 20_160, 1_560, 5].map(Some));
        assert_eq!(
            ["", "1H", "PT", "P1H", "PTX", "P99999999999999999999D", "-PT5M"].map(minutes),
            [None, None, Some(0), None, None, None, None]
        );
    }
}

//! Times as calendars write them: whole days, wall times with and without a zone, durations and periods.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use kernel::Instant;

use super::zones::Zone;

/// The years that are read. Nothing outside is an appointment, and the arithmetic of dates is safe within.
const YEARS: std::ops::RangeInclusive<i32> = 1_600..=9_000;
/// The longest duration that is read.
const DURATION_DAYS_MAX: i64 = 36_600;

/// A moment as a calendar writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventTime<'zones> {
    /// A whole day.
    Day(NaiveDate),
    /// A wall time on whatever clock the reader lives by.
    Floating(NaiveDateTime),
    /// A wall time in a zone.
    Zoned(NaiveDateTime, Zone<'zones>),
}

impl<'zones> EventTime<'zones> {
    /// Reads a day or a time; `zone` is that of its `TZID`, which a time in UTC does without.
    pub fn read(text: &str, zone: Option<Zone<'zones>>) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() {
            return None;
        }
        let Some((day, time)) = text.split_once(['T', 't', ' ']) else { return read_day(text).map(Self::Day) };
        let (time, offset) = split_offset(time)?;
        let local =
            read_day(day)?.checked_add_days(Days::new(u64::from(time.starts_with("24"))))?.and_time(read_time(time)?);
        Some(match (offset, zone) {
            (Some(offset), _) => Self::Zoned(local - offset, Zone::UTC),
            (None, Some(zone)) => Self::Zoned(local, zone),
            (None, None) => Self::Floating(local),
        })
    }

    /// The wall time; of a day its beginning.
    pub const fn local(&self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::Floating(local) | Self::Zoned(local, _) => *local,
        }
    }

    /// The zone whose clock it is read on, where days and floating times are read in `own`.
    pub const fn zone(&self, own: Zone<'zones>) -> Zone<'zones> {
        match self {
            Self::Day(_) | Self::Floating(_) => own,
            Self::Zoned(_, zone) => *zone,
        }
    }

    pub fn instant(&self, own: Zone<'_>) -> Instant {
        match self {
            Self::Zoned(local, zone) => zone.instant(*local),
            Self::Day(_) | Self::Floating(_) => own.instant(self.local()),
        }
    }

    /// Whether it was written in UTC.
    pub fn is_utc(&self) -> bool {
        matches!(self, Self::Zoned(_, zone) if *zone == Zone::UTC)
    }

    pub const fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// The whole day that it lies on.
    pub const fn day(&self) -> NaiveDate {
        self.local().date()
    }
}

/// `20261201`, or `2026-12-01`.
fn read_day(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().filter(|letter| *letter != '-').take(9).collect();
    let all_digits = digits.len() == 8 && digits.bytes().all(|letter| letter.is_ascii_digit());
    let day = all_digits.then(|| NaiveDate::parse_from_str(&digits, "%Y%m%d").ok()).flatten()?;
    YEARS.contains(&chrono::Datelike::year(&day)).then_some(day)
}

/// Splits `100000Z` or `100000+0100` into the time and how far it is ahead of UTC.
fn split_offset(time: &str) -> Option<(&str, Option<TimeDelta>)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, Some(TimeDelta::zero())));
    }
    match time.find(['+', '-']) {
        None => Some((time, None)),
        Some(at) => Some((&time[..at], Some(TimeDelta::seconds(read_offset(&time[at..])?.into())))),
    }
}

/// `100000`, `1000`, `10:00:00` or `10:00:00.000`; leap seconds count as the second before, and 24 as 0.
fn read_time(text: &str) -> Option<NaiveTime> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|letter| letter.is_ascii_digit()) {
        return None;
    }
    let digits: String = text.chars().filter(|letter| *letter != ':').take(7).collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|letter| letter.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<u32>().ok());
    let (hour, minute, second) = (part(0)?, part(2)?, part(4)?);
    let is_end_of_day = hour == 24 && minute == 0 && second == 0;
    NaiveTime::from_hms_opt(if is_end_of_day { 0 } else { hour }, minute, second.min(59))
}

/// Seconds ahead of UTC: `+0100`, `-05:30`, `+013000`.
pub(super) fn read_offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|letter| *letter != ':').take(7).collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|letter| letter.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
    let seconds = part(0)? * 3_600 + part(2)? * 60 + part(4)?;
    (seconds <= 18 * 3_600).then_some(sign * seconds)
}

/// How long an event lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventLength {
    /// Calendar days, which may have 23 or 25 hours, and then seconds.
    Lasting { days: u32, seconds: u32 },
    /// The time between a beginning and an end, and what lies between them on the clock if both are on the same one.
    Between { exact: TimeDelta, wall: Option<TimeDelta> },
}

impl EventLength {
    pub const NOTHING: Self = Self::Lasting { days: 0, seconds: 0 };
    pub const HOUR: Self = Self::Lasting { days: 0, seconds: 3_600 };
    pub const DAY: Self = Self::Lasting { days: 1, seconds: 0 };

    /// The time from `starts` to `ends`; `None` when the end comes before the beginning.
    pub fn until(starts: &EventTime<'_>, ends: &EventTime<'_>, own: Zone<'_>) -> Option<Self> {
        if let (EventTime::Day(first), EventTime::Day(end)) = (starts, ends) {
            // Some programs write the last day instead of the one after it: such an event lasts a day, not no time.
            let days = (*end - *first).num_days().max(1);
            return (end >= first).then(|| Self::Lasting { days: u32::try_from(days).unwrap_or(u32::MAX), seconds: 0 });
        }
        let exact = ends.instant(own) - starts.instant(own);
        let is_same_clock = starts.zone(own) == ends.zone(own);
        let wall = is_same_clock.then(|| ends.local() - starts.local()).filter(|wall| *wall >= TimeDelta::zero());
        (exact >= TimeDelta::zero()).then_some(Self::Between { exact, wall })
    }

    /// A duration such as `P1DT2H30M` or `P2W`; `None` for what is none, or below zero.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P')?;
        let (dates, times) = text.split_once('T').unwrap_or((text, ""));
        let weeks_and_days = sum_of_units(dates, &[('W', 7), ('D', 1)])?;
        let seconds = sum_of_units(times, &[('H', 3_600), ('M', 60), ('S', 1)])?;
        if text.is_empty() || text.ends_with('T') || weeks_and_days + seconds / 86_400 > DURATION_DAYS_MAX {
            return None;
        }
        Some(Self::Lasting { days: u32::try_from(weeks_and_days).ok()?, seconds: u32::try_from(seconds).ok()? })
    }

    /// At most this long, on any clock.
    pub fn longest(&self) -> TimeDelta {
        match self {
            Self::Lasting { days, seconds } => TimeDelta::days((*days).into()) + TimeDelta::seconds((*seconds).into()),
            Self::Between { exact, wall } => wall.map_or(*exact, |wall| wall.max(*exact)),
        }
    }

    /// The end of an event that begins at `starts_at`, when clocks show `local`.
    pub fn end(&self, starts_at: Instant, local: NaiveDateTime, zone: Zone<'_>) -> Instant {
        let after = |starts_at: DateTime<Utc>, length| starts_at.checked_add_signed(length).unwrap_or(starts_at);
        match self {
            Self::Lasting { days: 0, seconds } => after(starts_at, TimeDelta::seconds((*seconds).into())),
            Self::Lasting { days, seconds } => {
                let day = local.checked_add_days(Days::new((*days).into())).unwrap_or(local);
                after(zone.instant(day), TimeDelta::seconds((*seconds).into()))
            }
            // By the standard the exact time counts; many programs keep the wall time. In the nights in which clocks change
            // these differ, and the later end counts.
            Self::Between { exact, wall } => {
                let exact_end = after(starts_at, *exact);
                let wall_end = wall.and_then(|wall| local.checked_add_signed(wall)).map(|end| zone.instant(end));
                wall_end.map_or(exact_end, |wall_end| wall_end.max(exact_end))
            }
        }
    }
}

/// The sum of numbers with units, such as `1H30M`, in seconds or days.
fn sum_of_units(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut sum, mut rest) = (0_i64, text);
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let unit = rest[end..].chars().next()?;
        let (_, worth) = units.iter().find(|(letter, _)| *letter == unit)?;
        sum = sum.checked_add(rest[..end].parse::<i64>().ok()?.checked_mul(*worth)?)?;
        rest = &rest[end + unit.len_utf8()..];
    }
    (sum <= DURATION_DAYS_MAX * 86_400).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_or_refused() {
        let read = |text: &str| match EventLength::read(text) {
            Some(EventLength::Lasting { days, seconds }) => Some((days, seconds / 60)),
            _ => None,
        };
        assert_eq!(
            ["PT1H30M", "P1D", "P2W", "P1DT2H", "+PT5M", "pt45m"].map(read),
            [(0, 90), (1, 0), (14, 0), (1, 120), (0, 5), (0, 45)].map(Some)
        );
        for text in ["", "1H", "P", "PT", "P1H", "PTX", "P1", "-PT5M", "P99999999999999999999D", "P40000D", "PT1é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_in_the_forms_that_occur() {
        let read = |text: &str| EventTime::read(text, None).map(|time| time.local().to_string());
        for (text, local) in [
            ("20261201", "2026-12-01 00:00:00"),
            ("2026-12-01", "2026-12-01 00:00:00"),
            ("20261201T1000", "2026-12-01 10:00:00"),
            ("20261201t100000z", "2026-12-01 10:00:00"),
            ("2026-12-01T10:00:00", "2026-12-01 10:00:00"),
            ("20261201T100000+0130", "2026-12-01 08:30:00"),
            ("20261201T240000", "2026-12-02 00:00:00"),
            ("20261201T235960", "2026-12-01 23:59:59"),
            ("20261201T100000.000Z", "2026-12-01 10:00:00"),
            ("2026-12-01T10:00:00.250+01:00", "2026-12-01 09:00:00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(local), "{text}");
        }
        for text in [
            "",
            "2026",
            "20261301",
            "20261201T25",
            "20261201T250000",
            "20261201T10000é",
            "20261201T100000.",
            "20261201T100000.x",
            "15990101",
            "99990101",
            "T",
            "+20261201",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! Recurrence rules as calendars write them (`RRULE`).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{TimeDelta, Weekday};

use super::lines::FeedLine;
use super::times::EventTime;
use super::troubles::{LineTroubleKind, LineTroubles};

/// The most times of one day. A rule with more is as good as unbroken.
const TIMES_MAX: usize = 1_440;

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// The parts that name days and times.
const BY_PARTS: [&str; 9] =
    ["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"];

/// How an event repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Repetition {
    /// In some periods of years to hours.
    Periods(Box<Rule>),
    /// More often than we count: all the time that it spans is busy.
    Unbroken {
        until: Option<EventTime<'static>>,
        /// How long it goes on, if that is easily known.
        lasts: Option<TimeDelta>,
    },
}

/// A period that a rule counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule in which every part can be read. Empty sets mean that a part is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub frequency: Frequency,
    pub interval: u32,
    pub count: Option<u32>,
    pub until: Option<EventTime<'static>>,
    pub months: BTreeSet<i32>,
    pub week_numbers: BTreeSet<i32>,
    pub year_days: BTreeSet<i32>,
    pub month_days: BTreeSet<i32>,
    /// Weekdays, with their number within the month or year, or 0 for every one.
    pub weekdays: Vec<(i32, Weekday)>,
    pub hours: BTreeSet<i32>,
    pub minutes: BTreeSet<i32>,
    pub seconds: BTreeSet<i32>,
    pub positions: BTreeSet<i32>,
    pub week_start: Weekday,
}

impl Rule {
    pub const fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            months: BTreeSet::new(),
            week_numbers: BTreeSet::new(),
            year_days: BTreeSet::new(),
            month_days: BTreeSet::new(),
            weekdays: Vec::new(),
            hours: BTreeSet::new(),
            minutes: BTreeSet::new(),
            seconds: BTreeSet::new(),
            positions: BTreeSet::new(),
            week_start: Weekday::Mon,
        }
    }

    /// Whether its repetitions depend on how the hours are counted: by the clock, which now and then skips or repeats one, or as they pass.
    pub fn counts_hours(&self) -> bool {
        self.frequency == Frequency::Hourly && self.interval > 1
    }

    /// Whether it names nothing but its frequency, so that it gives at most one time in each period.
    pub fn is_plain(&self) -> bool {
        *self
            == Self {
                interval: self.interval,
                count: self.count,
                until: self.until,
                week_start: self.week_start,
                ..Self::every(self.frequency)
            }
    }
}

/// What became of a part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartReading {
    Read,
    /// It says nothing that could be understood, and is left out.
    Skipped,
    /// One of its values cannot be read: whatever it may mean counts.
    Doubtful,
}

/// Reads a rule. What cannot be read is told, and counts as whatever it may mean, so that more is busy rather than less.
pub(super) fn read_rule(line: &FeedLine<'_>, troubles: &mut LineTroubles) -> Repetition {
    let value = line.value().to_ascii_uppercase();
    let parts = || value.split(';').map(str::trim).filter(|part| !part.is_empty());
    let split =
        |part: &'_ str| part.split_once('=').map(|(name, text)| (name.trim().to_owned(), text.trim().to_owned()));
    let mut rule = Rule::every(Frequency::Daily);
    let frequency = parts().filter_map(split).find(|(name, _)| name == "FREQ").map(|(_, text)| text);
    let mut step = None;
    match frequency.as_deref() {
        Some("YEARLY") => rule.frequency = Frequency::Yearly,
        Some("MONTHLY") => rule.frequency = Frequency::Monthly,
        Some("WEEKLY") => rule.frequency = Frequency::Weekly,
        Some("DAILY") => rule.frequency = Frequency::Daily,
        Some("HOURLY") => rule.frequency = Frequency::Hourly,
        Some("MINUTELY") => step = Some(60),
        Some("SECONDLY") => step = Some(1),
        _ => {
            troubles.tell(LineTroubleKind::Rule, line.number, line.text());
            return Repetition::Periods(Box::new(rule));
        }
    }
    let mut is_doubtful = false;
    for part in parts() {
        let read = split(part).map_or(PartReading::Skipped, |(name, text)| rule.take(&name, &text));
        if read != PartReading::Read {
            troubles.tell(LineTroubleKind::RulePart, line.number, line.text());
        }
        is_doubtful |= read == PartReading::Doubtful;
    }
    if is_doubtful {
        // Both would leave out some of what may be meant.
        rule.count = None;
        rule.positions.clear();
        // Where weeks begin decides which ones they are.
        if parts().filter_map(split).any(|(name, text)| name == "WKST" && weekday(&text).is_none()) {
            rule.interval = 1;
            if !rule.week_numbers.is_empty() {
                rule.week_numbers.extend(1..=53);
            }
        }
    }
    if rule.is_foreign(&value) {
        troubles.tell(LineTroubleKind::Rule, line.number, line.text());
        rule = rule.on_every_day();
    }
    let seconds = step.or_else(|| (rule.times_of_period() > TIMES_MAX).then_some(86_400));
    let Some(seconds) = seconds else { return Repetition::Periods(Box::new(rule)) };
    troubles.tell(LineTroubleKind::TooFine, line.number, line.text());
    // With any further part we do not know when the last one is.
    let is_plain = step.is_some() && Rule { frequency: Frequency::Daily, ..rule.clone() }.is_plain();
    let lasts = rule.count.filter(|_| is_plain).and_then(|count| {
        let steps = i64::from(count.saturating_sub(1)).checked_mul(i64::from(rule.interval))?;
        TimeDelta::try_seconds(steps.checked_mul(seconds)?).filter(|lasts| lasts.num_days() < 400_000)
    });
    Repetition::Unbroken { until: rule.until, lasts }
}

impl Rule {
    /// Takes a part over.
    fn take(&mut self, name: &str, text: &str) -> PartReading {
        match name {
            // Years of twelve months as we count them; `is_foreign` sees to others.
            "FREQ" | "RSCALE" | "SKIP" => PartReading::Read,
            "BYMONTH" => numbers(text, 1..=12, &mut self.months),
            "BYWEEKNO" => signed_numbers(text, 53, &mut self.week_numbers),
            "BYYEARDAY" => signed_numbers(text, 366, &mut self.year_days),
            "BYMONTHDAY" => signed_numbers(text, 31, &mut self.month_days),
            "BYSETPOS" => signed_numbers(text, 366, &mut self.positions),
            "BYHOUR" => numbers(text, 0..=23, &mut self.hours),
            "BYMINUTE" => numbers(text, 0..=59, &mut self.minutes),
            "BYSECOND" => numbers(text, 0..=60, &mut self.seconds),
            "BYDAY" => self.take_weekdays(text),
            _ => self.take_one(name, text),
        }
    }

    /// Takes a part with one value over.
    fn take_one(&mut self, name: &str, text: &str) -> PartReading {
        let number = || text.parse().ok().filter(|number| *number > 0);
        match name {
            // Without its end, a rule goes on.
            "COUNT" => number().map_or(PartReading::Skipped, |count| {
                self.count = Some(count);
                PartReading::Read
            }),
            "UNTIL" => EventTime::read(text, None).map_or(PartReading::Skipped, |until| {
                self.until = Some(until);
                PartReading::Read
            }),
            // Every period counts, because it is not known which ones are meant.
            "INTERVAL" => number().map_or(PartReading::Doubtful, |interval| {
                self.interval = interval;
                PartReading::Read
            }),
            "WKST" => weekday(text).map_or(PartReading::Doubtful, |day| {
                self.week_start = day;
                PartReading::Read
            }),
            _ if name.starts_with("X-") => PartReading::Skipped,
            // It may leave repetitions out.
            _ => PartReading::Doubtful,
        }
    }

    fn take_weekdays(&mut self, text: &str) -> PartReading {
        let (mut is_whole, mut is_read) = (true, true);
        for item in text.split(',').map(str::trim) {
            let digits = item.len().saturating_sub(2);
            let day = item.get(digits..).and_then(weekday);
            let number =
                item.get(..digits).map(str::trim).and_then(|text| if text.is_empty() { Some(0) } else { signed(text) });
            match (number, day) {
                (Some(number @ -53..=53), Some(day)) => {
                    // Numbers have a meaning within months and years only.
                    let counts = matches!(self.frequency, Frequency::Monthly | Frequency::Yearly);
                    is_whole &= counts || number == 0;
                    let item = (if counts { number } else { 0 }, day);
                    if !self.weekdays.contains(&item) {
                        self.weekdays.push(item);
                    }
                }
                _ => is_read = false,
            }
        }
        match (is_read, is_whole) {
            (true, true) => PartReading::Read,
            (true, false) => PartReading::Skipped,
            (false, _) if text.is_empty() => PartReading::Skipped,
            (false, _) => {
                self.weekdays = WEEK.map(|day| (0, day)).to_vec();
                PartReading::Doubtful
            }
        }
    }

    /// Whether it counts in another calendar than the Gregorian one, leaves days out in a way of its own, or names days in a way that is
    /// not known here, such as those around Easter: none of its days is known then.
    fn is_foreign(&self, value: &str) -> bool {
        let is_other = |part: &str| match part.split_once('=').map(|(name, text)| (name.trim(), text.trim())) {
            Some(("RSCALE", scale)) => scale != "GREGORIAN",
            Some(("SKIP", skip)) => skip != "OMIT",
            Some((name, _)) => name.starts_with("BY") && !BY_PARTS.contains(&name),
            None => false,
        };
        value.split(';').any(is_other)
    }

    /// The same times on every day, for ever.
    fn on_every_day(self) -> Self {
        let Self { frequency, hours, minutes, seconds, .. } = self;
        Self { hours, minutes, seconds, ..Self::every(frequency.min(Frequency::Daily)) }
    }

    /// How many times of day each day has, or each hour.
    fn times_of_period(&self) -> usize {
        let hours = if self.frequency == Frequency::Hourly { 24 } else { self.hours.len().max(1) };
        hours * self.minutes.len().max(1) * self.seconds.len().max(1)
    }
}

/// Adds the numbers of a list. If one of them is none, or out of range, it may be any.
fn numbers(text: &str, range: RangeInclusive<i32>, into: &mut BTreeSet<i32>) -> PartReading {
    if text.is_empty() {
        return PartReading::Skipped;
    }
    let read: Option<Vec<_>> = text.split(',').map(|item| signed(item.trim())).collect();
    match read.filter(|read| read.iter().all(|number| range.contains(number))) {
        Some(read) => {
            into.extend(read);
            PartReading::Read
        }
        None => {
            into.extend(range);
            PartReading::Doubtful
        }
    }
}

/// The same for numbers that count from the end when they are below zero.
fn signed_numbers(text: &str, max: i32, into: &mut BTreeSet<i32>) -> PartReading {
    let read = numbers(text, -max..=max, into);
    if !into.remove(&0) || read == PartReading::Doubtful {
        return read;
    }
    into.extend((1..=max).chain(-max..=-1));
    PartReading::Doubtful
}

fn signed(text: &str) -> Option<i32> {
    (text.len() <= 5).then(|| text.parse().ok()).flatten()
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

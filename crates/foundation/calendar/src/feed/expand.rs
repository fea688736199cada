//! Follows a recurrence rule in wall time: days first, then the times of each day. It begins near the period that is asked for.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Weekday};

use super::rule::{Frequency, Rule};
use super::work::{Halt, Work};

/// Gives every repetition between `from` and `to` of an event that begins at `starts`, in order. The beginning itself is one only if
/// the rule gives it.
pub(super) fn expand(
    rule: &Rule,
    starts: NaiveDateTime,
    until: Option<NaiveDateTime>,
    (from, to): (NaiveDateTime, NaiveDateTime),
    work: &mut Work<'_>,
    mut found: impl FnMut(NaiveDateTime) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let plan = Plan::new(rule, starts);
    let mut number = plan.first_period(from);
    // Of a plain rule, periods and repetitions have the same numbers.
    let mut counted = if rule.count.is_some() { number } else { 0 };
    // With both ends, which no rule should have, the later one counts.
    let is_over = |counted: i64, local: NaiveDateTime| {
        let is_counted_out = rule.count.map(|count| counted >= i64::from(count));
        let is_past = until.map(|until| local > until);
        match (is_counted_out, is_past) {
            (Some(is_counted_out), Some(is_past)) => is_counted_out && is_past,
            (one, other) => one.or(other).unwrap_or(false),
        }
    };
    let mut set = Vec::new();
    while let Some(period) = plan.period(number).filter(|period| period.first <= to.date()) {
        if is_over(counted, period.first.and_time(NaiveTime::MIN)) {
            break;
        }
        plan.fill(&period, &mut set, work)?;
        for local in set.iter().copied().filter(|local| *local >= starts) {
            if is_over(counted, local) || local > to {
                return Ok(());
            }
            counted += 1;
            if local >= from {
                found(local)?;
            }
        }
        number += 1;
    }
    Ok(())
}

/// A rule with what it leaves to the beginning of the event.
struct Plan<'rule> {
    rule: &'rule Rule,
    starts: NaiveDateTime,
    months: Vec<i32>,
    month_days: Vec<i32>,
    weekdays: Vec<(i32, Weekday)>,
    /// What it costs to look at a day; more than one for long lists.
    looks_of_day: u32,
    /// The times of each day; of an hourly rule those of its hour 0.
    times: Vec<NaiveTime>,
}

/// One period that a rule counts in.
struct Period {
    first: NaiveDate,
    days: u64,
    /// Of an hourly rule.
    hour: Option<u32>,
}

impl<'rule> Plan<'rule> {
    fn new(rule: &'rule Rule, starts: NaiveDateTime) -> Self {
        let names_days = !(rule.week_numbers.is_empty()
            && rule.year_days.is_empty()
            && rule.month_days.is_empty()
            && rule.weekdays.is_empty());
        let day = i32::try_from(starts.day()).unwrap_or(1);
        let month = i32::try_from(starts.month()).unwrap_or(1);
        let mut plan = Self {
            rule,
            starts,
            months: rule.months.iter().copied().collect(),
            month_days: rule.month_days.iter().copied().collect(),
            weekdays: rule.weekdays.clone(),
            looks_of_day: 1 + u32::try_from((rule.weekdays.len() + rule.month_days.len()) / 32).unwrap_or(u32::MAX),
            times: times(rule, starts),
        };
        match rule.frequency {
            Frequency::Yearly if !names_days => {
                plan.month_days = vec![day];
                if plan.months.is_empty() {
                    plan.months = vec![month];
                }
            }
            Frequency::Yearly
                if plan.month_days.is_empty() && plan.weekdays.is_empty() && rule.year_days.is_empty() =>
            {
                plan.weekdays = vec![(0, starts.weekday())];
            }
            Frequency::Monthly if !names_days => plan.month_days = vec![day],
            Frequency::Weekly if !names_days => plan.weekdays = vec![(0, starts.weekday())],
            _ => {}
        }
        plan
    }

    /// The number of a period at or before `from`. A rule with a count begins at the first one, unless its repetitions can be
    /// counted without looking at them.
    fn first_period(&self, from: NaiveDateTime) -> i64 {
        let has_one_each =
            self.rule.is_plain() && (self.rule.frequency < Frequency::Monthly || self.starts.day() <= 28);
        if self.rule.count.is_some() && !has_one_each {
            return 0;
        }
        let interval = i64::from(self.rule.interval);
        let passed = match self.rule.frequency {
            Frequency::Yearly => i64::from(from.year() - self.starts.year()),
            Frequency::Monthly => months_of(from.date()) - months_of(self.starts.date()),
            Frequency::Weekly => (from - self.starts).num_weeks(),
            Frequency::Daily => (from - self.starts).num_days(),
            Frequency::Hourly => (from - self.starts).num_hours(),
        };
        // One earlier, because these are rounded, and the period before may reach into this one.
        (passed / interval - 1).max(0)
    }

    fn period(&self, number: i64) -> Option<Period> {
        let steps = number.checked_mul(i64::from(self.rule.interval)).filter(|steps| *steps < 100_000_000)?;
        let first = self.starts.date();
        let within = |first: NaiveDate, days| (first.year() <= 9_999).then_some(Period { first, days, hour: None });
        match self.rule.frequency {
            Frequency::Yearly => {
                let year = i32::try_from(i64::from(first.year()) + steps).ok()?;
                within(NaiveDate::from_ymd_opt(year, 1, 1)?, days_of_year(year).unsigned_abs().into())
            }
            Frequency::Monthly => {
                let month = months_of(first) + steps;
                let (year, month) =
                    (i32::try_from(month.div_euclid(12)).ok()?, u32::try_from(month.rem_euclid(12)).ok()?);
                let first = NaiveDate::from_ymd_opt(year, month + 1, 1)?;
                within(first, first.num_days_in_month().into())
            }
            Frequency::Weekly => {
                let week = first.week(self.rule.week_start).checked_first_day()?;
                within(week.checked_add_signed(TimeDelta::try_weeks(steps)?)?, 7)
            }
            Frequency::Daily => within(first.checked_add_signed(TimeDelta::try_days(steps)?)?, 1),
            Frequency::Hourly => {
                let hour =
                    first.and_hms_opt(self.starts.hour(), 0, 0)?.checked_add_signed(TimeDelta::try_hours(steps)?)?;
                within(hour.date(), 1).map(|period| Period { hour: Some(hour.hour()), ..period })
            }
        }
    }

    /// The repetitions of one period, in order, also those before the event begins, which `BYSETPOS` counts.
    fn fill(&self, period: &Period, set: &mut Vec<NaiveDateTime>, work: &mut Work<'_>) -> Result<(), Halt> {
        set.clear();
        work.spend(1 + u32::try_from(period.days).unwrap_or(u32::MAX).saturating_mul(self.looks_of_day) / 8)?;
        let hours = &self.rule.hours;
        let is_other_hour =
            |hour: u32| !hours.is_empty() && !i32::try_from(hour).is_ok_and(|hour| hours.contains(&hour));
        if period.hour.is_some_and(is_other_hour) {
            return Ok(());
        }
        for day in period.first.iter_days().take(usize::try_from(period.days).unwrap_or(0)) {
            if !self.takes(day) {
                continue;
            }
            work.spend(u32::try_from(self.times.len()).unwrap_or(u32::MAX))?;
            let at = |time: &NaiveTime| period.hour.map_or(*time, |hour| time.with_hour(hour).unwrap_or(*time));
            set.extend(self.times.iter().map(|time| day.and_time(at(time))));
        }
        if !self.rule.positions.is_empty() {
            let count = i32::try_from(set.len()).unwrap_or(i32::MAX);
            let mut place = 0;
            set.retain(|_| {
                place += 1;
                self.rule.positions.contains(&place) || self.rule.positions.contains(&(place - count - 1))
            });
        }
        Ok(())
    }

    /// Whether the rule takes a day of its periods.
    fn takes(&self, day: NaiveDate) -> bool {
        let month = i32::try_from(day.month()).unwrap_or(0);
        let (of_month, of_year) = (i32::try_from(day.day()).unwrap_or(0), i32::try_from(day.ordinal()).unwrap_or(0));
        let month_days = i32::from(day.num_days_in_month());
        let either = |numbers: &[i32], number: i32, total: i32| {
            numbers.is_empty() || numbers.contains(&number) || numbers.contains(&(number - total - 1))
        };
        let year_days = &self.rule.year_days;
        (self.months.is_empty() || self.months.contains(&month))
            && either(&self.month_days, of_month, month_days)
            && (year_days.is_empty()
                || year_days.contains(&of_year)
                || year_days.contains(&(of_year - days_of_year(day.year()) - 1)))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|item| self.is_weekday(day, *item)))
            && (self.rule.week_numbers.is_empty() || self.is_in_week(day))
    }

    /// Whether a day is this weekday, and the one with this number in its month or year.
    fn is_weekday(&self, day: NaiveDate, (number, weekday): (i32, Weekday)) -> bool {
        if day.weekday() != weekday {
            return false;
        }
        let is_of_year = self.rule.frequency == Frequency::Yearly && self.months.is_empty();
        let (place, total) = if is_of_year {
            (i32::try_from(day.ordinal0()).unwrap_or(0), days_of_year(day.year()))
        } else {
            (i32::try_from(day.day0()).unwrap_or(0), i32::from(day.num_days_in_month()))
        };
        match number {
            0 => true,
            1.. => place / 7 + 1 == number,
            _ => (total - 1 - place) / 7 + 1 == -number,
        }
    }

    /// Whether a day lies in one of the weeks. The first week of a year is the first with at least four days in it.
    fn is_in_week(&self, day: NaiveDate) -> bool {
        let first_of = |year: i32| {
            let fourth = NaiveDate::from_ymd_opt(year, 1, 4)?;
            fourth.week(self.rule.week_start).checked_first_day()
        };
        let weeks = |from: NaiveDate, to: NaiveDate| i32::try_from((to - from).num_days().div_euclid(7)).unwrap_or(0);
        let year =
            (day.year() - 1..=day.year() + 1).rev().find(|year| first_of(*year).is_some_and(|first| first <= day));
        let bounds = year.and_then(|year| Some((first_of(year)?, first_of(year + 1)?)));
        bounds.is_some_and(|(first, next)| {
            let (number, total) = (weeks(first, day) + 1, weeks(first, next));
            self.rule.week_numbers.contains(&number) || self.rule.week_numbers.contains(&(number - total - 1))
        })
    }
}

/// The times of a day, sorted.
fn times(rule: &Rule, starts: NaiveDateTime) -> Vec<NaiveTime> {
    let or_own = |numbers: &std::collections::BTreeSet<i32>, own: u32| -> Vec<u32> {
        if numbers.is_empty() {
            vec![own]
        } else {
            numbers.iter().filter_map(|number| u32::try_from(*number).ok()).collect()
        }
    };
    let hours = if rule.frequency == Frequency::Hourly { vec![0] } else { or_own(&rule.hours, starts.hour()) };
    let (minutes, seconds) = (or_own(&rule.minutes, starts.minute()), or_own(&rule.seconds, starts.second()));
    let mut times = Vec::with_capacity(hours.len() * minutes.len() * seconds.len());
    for hour in hours {
        for minute in &minutes {
            times.extend(seconds.iter().filter_map(|second| NaiveTime::from_hms_opt(hour, *minute, (*second).min(59))));
        }
    }
    times.dedup();
    times
}

/// Months since the year 0.
fn months_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

fn days_of_year(year: i32) -> i32 {
    if NaiveDate::from_ymd_opt(year, 2, 29).is_some() { 366 } else { 365 }
}

#[cfg(test)]
mod tests;

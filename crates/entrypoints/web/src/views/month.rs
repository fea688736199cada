//! Free times as a month: which days have some, and the times of the chosen day.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use kernel::Dated;
use serde::Serialize;

use super::link::LinkView;
use crate::kit::format;

/// One month of free days, and the times of the chosen one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MonthView {
    /// `December 2026`.
    pub title: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// Days before the first, so that the month begins under its weekday (Monday first).
    pub blanks: u8,
    pub days: Vec<DayView>,
    pub chosen: Option<ChosenDay>,
    /// `Times in Lisbon; yours in Berlin are one hour later.`
    pub zone_note: String,
    /// Where the first free day is when this month has none.
    pub nearest: Option<LinkView>,
}

/// A day of the month; one with a link has free times.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DayView {
    pub number: u32,
    pub href: Option<String>,
    /// `Sat 12 December, 6 free times`.
    pub label: String,
    pub is_chosen: bool,
    pub is_today: bool,
}

/// The day that was picked, with its times.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChosenDay {
    pub title: String,
    pub times: Vec<TimeView>,
}

/// A free time.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TimeView {
    pub href: String,
    /// On the celebrity's clock: `20:00`.
    pub theirs: String,
    /// On the visitor's: `21:00 for you`; none when both clocks agree.
    pub yours: Option<String>,
}

/// What is asked of a month.
pub(crate) struct MonthAsked<'asked> {
    /// Any day of the month.
    pub month: NaiveDate,
    /// The chosen day.
    pub day: Option<NaiveDate>,
    pub today: NaiveDate,
    /// The last day that can be booked.
    pub horizon: NaiveDate,
    pub theirs: Tz,
    /// The clock of whoever looks, when it is known.
    pub yours: Option<Tz>,
    /// Beginnings of the free times, in order.
    pub free: &'asked [DateTime<Utc>],
    /// The first free time after this month, when the month has none.
    pub nearest: Option<DateTime<Utc>>,
}

/// Where the links of a month lead.
pub(crate) struct MonthLinks<'links> {
    /// This page with another month or day: gets `month=2026-12` or `day=2026-12-12`.
    pub turn: &'links dyn Fn(&str) -> String,
    /// Booking that time.
    pub time: &'links dyn Fn(DateTime<Utc>) -> String,
}

/// The first day of the month of `day`.
pub(crate) fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).expect("every month has a first day")
}

/// The last day of the month of `day`.
pub(crate) fn last_of(day: NaiveDate) -> NaiveDate {
    first_of(day) + Months::new(1) - Days::new(1)
}

/// `2026-12` as the first of that month.
pub(crate) fn parse_month(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok().and_then(Dated::new).map(Dated::get)
}

/// The month as it is drawn.
pub(crate) fn lay_out(asked: &MonthAsked<'_>, links: &MonthLinks<'_>) -> MonthView {
    let (first, last) = (first_of(asked.month), last_of(asked.month));
    let mut by_day: BTreeMap<NaiveDate, Vec<DateTime<Utc>>> = BTreeMap::new();
    for at in asked.free {
        by_day.entry(at.with_timezone(&asked.theirs).date_naive()).or_default().push(*at);
    }
    let month_link = |day: NaiveDate| (links.turn)(&format!("month={}", day.format("%Y-%m")));
    let day_link = |day: NaiveDate| (links.turn)(&format!("day={day}"));
    let days = first.iter_days().take_while(|day| *day <= last).map(|day| {
        let count = by_day.get(&day).map_or(0, Vec::len);
        DayView {
            number: day.day(),
            href: (count > 0).then(|| day_link(day)),
            label: format!("{}, {}", format::day(day), format::counted(count as i64, "free time", "free times")),
            is_chosen: asked.day == Some(day),
            is_today: asked.today == day,
        }
    });
    let chosen = asked.day.and_then(|day| by_day.get(&day).map(|times| (day, times)));
    let nearest = asked.nearest.filter(|_| by_day.range(first..=last).next().is_none()).map(|at| {
        let day = at.with_timezone(&asked.theirs).date_naive();
        LinkView {
            href: day_link(day),
            label: format!("First free day: {}", format::day(day)),
            count: None,
            is_current: false,
        }
    });
    MonthView {
        title: format::month_name(first),
        previous: (first > first_of(asked.today)).then(|| month_link(first - Days::new(1))),
        next: (last < asked.horizon).then(|| month_link(last + Days::new(1))),
        blanks: u8::try_from(first.weekday().num_days_from_monday()).expect("a week has seven days"),
        days: days.collect(),
        chosen: chosen.map(|(day, times)| ChosenDay {
            title: format::day(day),
            times: times
                .iter()
                .map(|at| time_view(*at, asked.theirs, asked.yours.unwrap_or(asked.theirs), (links.time)(*at)))
                .collect(),
        }),
        zone_note: zone_note(asked.theirs, asked.yours),
        nearest,
    }
}

/// One free time on both clocks.
pub(crate) fn time_view(at: DateTime<Utc>, theirs: Tz, yours: Tz, href: String) -> TimeView {
    let (there, here) = (at.with_timezone(&theirs), at.with_timezone(&yours));
    let other_day =
        if there.date_naive() == here.date_naive() { String::new() } else { here.format("%a ").to_string() };
    let yours_text = format!("{other_day}{} for you", format::clock(at, yours));
    TimeView {
        href,
        theirs: format::clock(at, theirs),
        yours: (there.naive_local() != here.naive_local()).then_some(yours_text),
    }
}

/// A free time with its day and its offset, for times that lie apart or share a wall time.
pub(crate) fn choice(at: DateTime<Utc>, theirs: Tz, yours: Tz, href: String) -> TimeView {
    let time = time_view(at, theirs, yours, href);
    TimeView { theirs: at.with_timezone(&theirs).format("%a %-d %B, %H:%M (UTC%:z)").to_string(), ..time }
}

fn zone_note(theirs: Tz, yours: Option<Tz>) -> String {
    let there = format::city_of(theirs);
    match yours {
        None => format!("Times are in {there}."),
        Some(yours) if yours == theirs => format!("Times are in {there}, where you are too."),
        Some(yours) => format!("Times are in {there}; “for you” is {}.", format::city_of(yours)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::{Asia, Europe};

    use super::*;

    fn drawn(free: &[DateTime<Utc>], day: Option<NaiveDate>, theirs: Tz, yours: Tz) -> MonthView {
        let asked = MonthAsked {
            month: NaiveDate::from_ymd_opt(2026, 12, 9).unwrap(),
            day,
            today: NaiveDate::from_ymd_opt(2026, 12, 2).unwrap(),
            horizon: NaiveDate::from_ymd_opt(2027, 3, 1).unwrap(),
            theirs,
            yours: Some(yours),
            free,
            nearest: Some(Utc.with_ymd_and_hms(2027, 1, 5, 12, 0, 0).unwrap()),
        };
        lay_out(
            &asked,
            &MonthLinks {
                turn: &|query| format!("?{query}"),
                time: &|at| format!("/book?starts_at={}", at.timestamp()),
            },
        )
    }

    #[test]
    fn a_time_belongs_to_the_day_it_has_over_there() {
        let free = [Utc.with_ymd_and_hms(2026, 12, 11, 23, 30, 0).unwrap()];
        let month = drawn(&free, NaiveDate::from_ymd_opt(2026, 12, 12), Asia::Tokyo, Europe::Berlin);
        assert_eq!(month.days.iter().filter(|day| day.href.is_some()).map(|day| day.number).collect::<Vec<_>>(), [12]);
        let times = month.chosen.unwrap().times;
        assert_eq!((times[0].theirs.as_str(), times[0].yours.as_deref()), ("08:30", Some("00:30 for you")));
    }

    #[test]
    fn december_2026_begins_on_a_tuesday() {
        let month = drawn(&[], None, Europe::Lisbon, Europe::Lisbon);
        assert_eq!((month.blanks, month.days.len(), month.title.as_str()), (1, 31, "December 2026"));
        assert_eq!((month.previous, month.next.as_deref()), (None, Some("?month=2027-01")));
        assert_eq!(month.nearest.unwrap().label, "First free day: Tue 5 January");
    }
}

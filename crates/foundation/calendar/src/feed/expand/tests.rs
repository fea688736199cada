//! Rules of every kind, compared with the crate `rrule`, which follows them from their beginning.

use chrono::TimeZone as _;
use proptest::prelude::*;
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

use super::super::lines::FeedLines;
use super::super::rule::{Repetition, read_rule};
use super::super::troubles::LineTroubles;
use super::*;

/// What the rule gives in `from..=to`, at most 300 of it.
fn ours(text: &str, starts: NaiveDateTime, (from, to): (NaiveDateTime, NaiveDateTime)) -> Vec<NaiveDateTime> {
    let text = format!("RRULE:{text}");
    let mut troubles = LineTroubles::default();
    let line = FeedLines::new(&text).next(&mut troubles).expect("a line");
    let Repetition::Periods(rule) = read_rule(&line, &mut troubles) else { panic!("{text} is not too fine") };
    assert_eq!(troubles, LineTroubles::default(), "{text}");
    let mut found = Vec::new();
    let until = rule.until.map(|until| until.local());
    expand(&rule, starts, until, (from, to), &mut Work::new(&|| false), |local| {
        found.push(local);
        Ok(())
    })
    .expect("enough steps");
    found.truncate(300);
    found
}

/// What the crate gives; `None` if it refuses the rule, such as one that ends before it begins.
fn theirs(text: &str, starts: NaiveDateTime, (from, to): (NaiveDateTime, NaiveDateTime)) -> Option<Vec<NaiveDateTime>> {
    let in_utc = |local: NaiveDateTime| Tz::UTC.from_utc_datetime(&local);
    let rule = text.parse::<RRule<Unvalidated>>().and_then(|rule| rule.validate(in_utc(starts))).ok()?;
    let set = RRuleSet::new(in_utc(starts)).rrule(rule).after(in_utc(from)).before(in_utc(to));
    Some(set.all(300).dates.into_iter().map(|at| at.naive_utc()).collect())
}

/// The first day of a week, for a weekly rule that counts places in its set: the crate leaves what lies before the
/// beginning out of the first week's set, the standard counts it and shows it to nobody.
fn first_of_a_week(text: &str, starts: NaiveDateTime) -> NaiveDateTime {
    if !(text.starts_with("FREQ=WEEKLY") && text.contains("BYSETPOS")) {
        return starts;
    }
    let first = if text.contains("WKST=SU") {
        chrono::Weekday::Sun
    } else if text.contains("WKST=WE") {
        chrono::Weekday::Wed
    } else {
        chrono::Weekday::Mon
    };
    starts - TimeDelta::days(starts.weekday().days_since(first).into())
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a wall time")
}

/// Some numbers as a part of a rule, or nothing.
fn part(name: &'static str, range: std::ops::RangeInclusive<i32>, is_signed: bool) -> impl Strategy<Value = String> {
    let number =
        (range, any::<bool>()).prop_map(move |(number, is_last)| if is_signed && is_last { -number } else { number });
    proptest::option::weighted(0.3, proptest::collection::btree_set(number, 1..4)).prop_map(move |numbers| {
        numbers.map_or_else(String::new, |numbers| {
            format!(";{name}={}", numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
        })
    })
}

fn weekdays(frequency: &'static str) -> impl Strategy<Value = String> {
    let day = (proptest::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), -5_i32..=5);
    // The crate joins plain and numbered weekdays in another way than the standard: they are not mixed here.
    proptest::option::weighted(0.5, (any::<bool>(), proptest::collection::vec(day, 1..4))).prop_map(move |days| {
        let Some((is_numbered, days)) = days else { return String::new() };
        let is_numbered = is_numbered && matches!(frequency, "MONTHLY" | "YEARLY");
        let text = |(day, number): (&str, i32)| {
            if is_numbered && number != 0 { format!("{number}{day}") } else { (*day).to_owned() }
        };
        let days = days.into_iter().filter(|(_, number)| !is_numbered || *number != 0).map(text).collect::<Vec<_>>();
        if days.is_empty() { String::new() } else { format!(";BYDAY={}", days.join(",")) }
    })
}

fn rule(frequency: &'static str) -> impl Strategy<Value = String> {
    let yearly = move |text: String| if frequency == "YEARLY" { text } else { String::new() };
    let monthly = move |text: String| if matches!(frequency, "WEEKLY") { String::new() } else { text };
    let ends = prop_oneof![
        3 => Just(String::new()),
        1 => (1_u32..400).prop_map(|count| format!(";COUNT={count}")),
        1 => (2024_u32..2029, 1_u32..=12).prop_map(|(year, month)| format!(";UNTIL={year}{month:02}17T101500Z")),
    ];
    let days = (
        part("BYMONTH", 1..=12, false),
        part("BYMONTHDAY", 1..=31, true),
        part("BYYEARDAY", 1..=366, true),
        weekdays(frequency),
    );
    let times = (part("BYHOUR", 0..=23, false), part("BYMINUTE", 0..=59, false), part("BYSETPOS", 1..=4, true));
    let start = proptest::sample::select(vec!["", ";WKST=SU", ";WKST=MO", ";WKST=WE"]);
    (1_u32..5, ends, days, times, start).prop_map(
        move |(interval, ends, (months, month_days, year_days, days), (hours, minutes, positions), start)| {
            let by = format!("{months}{}{}{days}{hours}{minutes}", monthly(month_days), yearly(year_days));
            // A place in a set needs a set.
            let positions = if by.is_empty() { String::new() } else { positions };
            format!("FREQ={frequency};INTERVAL={interval}{ends}{by}{positions}{start}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn every_rule_gives_what_others_read_from_it(
        text in proptest::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]).prop_flat_map(rule),
        days in 0_i64..1_500,
        minutes in 0_i64..1_440,
        begins in 0_i64..1_500,
    ) {
        let starts = local("2022-01-01T00:00:00") + TimeDelta::days(days) + TimeDelta::minutes(minutes);
        let starts = first_of_a_week(&text, starts);
        let from = local("2022-01-01T00:00:00") + TimeDelta::days(begins);
        let window = (from, from + TimeDelta::days(500));
        let theirs = theirs(&text, starts, window);
        prop_assume!(theirs.is_some());
        prop_assert_eq!(Some(ours(&text, starts, window)), theirs, "{} from {}", text, starts);
    }
}

#[test]
fn rules_are_followed_from_near_the_window_only() {
    let window = (local("2026-12-01T00:00:00"), local("2026-12-03T00:00:00"));
    let stop = || false;
    for (text, found) in [
        ("FREQ=HOURLY", 49),
        ("FREQ=DAILY;COUNT=400000", 3),
        ("FREQ=DAILY;BYHOUR=9,10,11", 6),
        ("FREQ=MONTHLY;BYDAY=-1TU,1WE", 1),
    ] {
        let line = format!("RRULE:{text}");
        let line = FeedLines::new(&line).next(&mut LineTroubles::default()).expect("a line");
        let Repetition::Periods(rule) = read_rule(&line, &mut LineTroubles::default()) else { panic!("{text}") };
        let mut work = Work::new(&stop);
        let mut count = 0;
        let add = |_| {
            count += 1;
            Ok(())
        };
        expand(&rule, local("1700-01-01T00:00:00"), None, window, &mut work, add).expect("enough steps");
        assert_eq!(count, found, "{text}");
        assert!(work.steps_taken() < 300, "{text} took {} steps", work.steps_taken());
    }
}

#[test]
fn a_leap_day_and_weeks_of_years_keep_to_the_calendar() {
    let window = (local("2024-01-01T00:00:00"), local("2033-01-01T00:00:00"));
    let days = |text: &str, starts: &str| -> Vec<String> {
        ours(text, local(starts), window).iter().map(|at| at.date().to_string()).collect()
    };
    assert_eq!(days("FREQ=YEARLY", "2020-02-29T10:00:00"), ["2024-02-29", "2028-02-29", "2032-02-29"]);
    assert_eq!(days("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2020-01-01T10:00:00"), ["2026-12-28", "2032-12-27"]);
    // Without a weekday, that of the beginning counts.
    assert_eq!(
        days("FREQ=YEARLY;BYWEEKNO=1;COUNT=3", "2024-01-03T10:00:00"),
        ["2024-01-03", "2025-01-01", "2025-12-31"]
    );
    // Wednesday is the first of its week's set, though the series begins on the Thursday after it.
    assert_eq!(days("FREQ=WEEKLY;COUNT=2;BYDAY=FR,WE;BYSETPOS=1", "2024-01-04T10:00:00"), ["2024-01-10", "2024-01-17"]);
    // A weekday may be given plain and numbered at once.
    assert_eq!(days("FREQ=MONTHLY;COUNT=6;BYDAY=MO,2TU", "2024-01-01T10:00:00").len(), 6);
}

//! Days of 23, 24 and 25 hours, nights and buffers; and properties over two years in many zones.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use kernel::Instant;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn every_day(zone: Tz, ranges: &[(u16, u16)]) -> OpeningHours {
    let weekly = (1..=7)
        .flat_map(|weekday| ranges.iter().map(move |&range| WeeklyHours { weekday, range: range.into() }))
        .collect();
    OpeningHours { zone, weekly, exceptions: BTreeMap::new() }
}

fn rules(duration_minutes: u16, step_minutes: u16) -> SlotRules {
    SlotRules {
        duration_minutes,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        step_minutes,
        lead_time_minutes: 0,
        horizon_days: 730,
    }
}

/// Free times on one day, a day after `now`, by the clock on the wall.
fn wall(hours: &OpeningHours, busy: &[Span], rules: &SlotRules, on: &str) -> Vec<String> {
    let on = day(on);
    let now = (on - Days::new(2)).and_time(NaiveTime::MIN).and_utc();
    open_slots(hours, busy, rules, on, on, now).iter().map(|slot| slot.local.format("%H:%M").to_string()).collect()
}

#[test]
fn wall_times_resolve_or_say_why_not() {
    let lisbon = chrono_tz::Europe::Lisbon;
    assert_eq!(resolve_local(local("2026-12-12T20:00:00"), lisbon), Ok(at("2026-12-12T20:00:00Z")));
    assert_eq!(resolve_local(local("2027-03-28T01:30:00"), lisbon), Err(LocalFault::NonExistent));
    let twice = LocalFault::Ambiguous { first: at("2026-10-25T00:30:00Z"), second: at("2026-10-25T01:30:00Z") };
    assert_eq!(resolve_local(local("2026-10-25T01:30:00"), lisbon), Err(twice));
    // Half an hour only, on Lord Howe Island.
    let island = chrono_tz::Australia::Lord_Howe;
    assert_eq!(resolve_local(local("2026-10-04T02:15:00"), island), Err(LocalFault::NonExistent));
    assert_eq!(resolve_local(local("2026-10-04T02:30:00"), island), Ok(at("2026-10-03T15:30:00Z")));
    assert_eq!(first_instant_from(local("2026-10-04T02:15:00"), island), at("2026-10-03T15:30:00Z"));
}

#[test]
fn a_short_night_skips_what_the_clocks_skip() {
    let hours = every_day(chrono_tz::Europe::Lisbon, &[(0, 240)]);
    assert_eq!(wall(&hours, &[], &rules(60, 60), "2027-03-28"), ["00:00", "02:00", "03:00"]);
    let hours = every_day(chrono_tz::America::New_York, &[(60, 240)]);
    assert_eq!(wall(&hours, &[], &rules(60, 60), "2027-03-14"), ["01:00", "03:00"]);
}

/// As in cal.com's issues 30021 and 12137, where such days are offered an hour off.
#[test]
fn the_afternoon_of_a_day_that_changes_clocks_is_open_as_on_any_other() {
    let hours = every_day(chrono_tz::America::New_York, &[(13 * 60, 18 * 60)]);
    for (on, opens) in [
        ("2026-03-07", "2026-03-07T18:00:00Z"),
        ("2026-03-08", "2026-03-08T17:00:00Z"),
        ("2026-10-31", "2026-10-31T17:00:00Z"),
        ("2026-11-01", "2026-11-01T18:00:00Z"),
    ] {
        assert_eq!(wall(&hours, &[], &rules(60, 60), on), ["13:00", "14:00", "15:00", "16:00", "17:00"], "{on}");
        // With a lead time that ends on that day, too.
        let rules = SlotRules { lead_time_minutes: 2 * 24 * 60, ..rules(60, 60) };
        let now = (day(on) - Days::new(2)).and_time(NaiveTime::MIN).and_utc();
        let first = open_slots(&hours, &[], &rules, day(on), day(on), now)[0].starts_at;
        assert_eq!(first, at(opens), "{on}");
    }
}

#[test]
fn a_long_night_lists_the_doubled_hour_once_and_takes_both() {
    let hours = every_day(chrono_tz::Europe::Lisbon, &[(0, 180)]);
    let rules = rules(60, 60);
    let now = at("2026-10-20T00:00:00Z");
    let slots = open_slots(&hours, &[], &rules, day("2026-10-25"), day("2026-10-25"), now);
    let starts: Vec<_> = slots.iter().map(|slot| slot.starts_at).collect();
    assert_eq!(starts, [at("2026-10-24T23:00:00Z"), at("2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z")]);
    assert!(is_open_at(&hours, &[], &rules, at("2026-10-25T00:00:00Z"), now));
    assert!(is_open_at(&hours, &[], &rules, at("2026-10-25T01:00:00Z"), now));
    assert!(!is_open_at(&hours, &[], &rules, at("2026-10-25T00:30:00Z"), now));
}

#[test]
fn days_have_as_many_hours_as_the_clocks_say() {
    for (zone, on, hours) in [
        (chrono_tz::Europe::Lisbon, "2027-03-28", 23 * 60),
        (chrono_tz::Europe::Lisbon, "2026-10-25", 25 * 60),
        (chrono_tz::America::New_York, "2026-11-01", 25 * 60),
        (chrono_tz::Australia::Lord_Howe, "2026-10-04", 23 * 60 + 30),
        (chrono_tz::Australia::Lord_Howe, "2027-04-04", 24 * 60 + 30),
    ] {
        let windows = every_day(zone, &[(0, 1440)]).windows(day(on), day(on));
        assert_eq!(windows.len(), 1);
        assert_eq!((windows[0].ends_at - windows[0].starts_at).num_minutes(), hours, "{zone} {on}");
    }
}

#[test]
fn who_closes_in_an_hour_that_comes_twice_closes_the_second_time() {
    let windows = every_day(chrono_tz::Europe::Lisbon, &[(0, 90)]).windows(day("2026-10-25"), day("2026-10-25"));
    assert_eq!(windows, [Span::new(at("2026-10-24T23:00:00Z"), at("2026-10-25T01:30:00Z"))]);
}

#[test]
fn a_night_joins_over_midnight() {
    let hours = every_day(chrono_tz::Europe::Paris, &[(0, 60), (1320, 1440)]);
    assert_eq!(wall(&hours, &[], &rules(120, 60), "2026-12-12"), ["22:00", "23:00"]);
    let apart = every_day(chrono_tz::Europe::Paris, &[(1320, 1440)]);
    assert_eq!(wall(&apart, &[], &rules(120, 60), "2026-12-12"), ["22:00"]);
}

#[test]
fn exceptions_replace_the_week() {
    let mut hours = every_day(chrono_tz::Europe::Paris, &[(600, 720)]);
    hours.exceptions.insert(day("2026-12-12"), vec![]);
    hours.exceptions.insert(day("2026-12-13"), vec![(900, 960).into()]);
    assert!(wall(&hours, &[], &rules(60, 60), "2026-12-12").is_empty());
    assert_eq!(wall(&hours, &[], &rules(60, 60), "2026-12-13"), ["15:00"]);
    assert_eq!(wall(&hours, &[], &rules(60, 60), "2026-12-14"), ["10:00", "11:00"]);
}

#[test]
fn buffers_keep_their_distance_and_touching_is_free() {
    let hours = every_day(chrono_tz::UTC, &[(600, 960)]);
    let busy = [Span::new(at("2026-12-12T12:00:00Z"), at("2026-12-12T13:00:00Z"))];
    assert_eq!(wall(&hours, &busy, &rules(60, 60), "2026-12-12"), ["10:00", "11:00", "13:00", "14:00", "15:00"]);
    let buffered = SlotRules { buffer_before_minutes: 30, buffer_after_minutes: 30, ..rules(60, 30) };
    assert_eq!(wall(&hours, &busy, &buffered, "2026-12-12"), ["10:00", "10:30", "13:30", "14:00", "14:30", "15:00"]);
}

#[test]
fn lead_time_and_horizon_bound_the_days() {
    let hours = every_day(chrono_tz::UTC, &[(600, 960)]);
    let near = SlotRules { lead_time_minutes: 24 * 60, horizon_days: 2, ..rules(60, 60) };
    let slots = open_slots(&hours, &[], &near, day("2020-01-01"), day("2030-01-01"), at("2026-12-12T13:30:00Z"));
    assert_eq!(slots.first().unwrap().starts_at, at("2026-12-13T14:00:00Z"));
    assert_eq!(slots.last().unwrap().starts_at, at("2026-12-14T15:00:00Z"));
}

#[test]
fn lead_time_and_horizon_hold_for_a_time_that_is_asked_for_too() {
    let hours = every_day(chrono_tz::UTC, &[(600, 960)]);
    let near = SlotRules { lead_time_minutes: 24 * 60, horizon_days: 2, ..rules(60, 60) };
    let open = |starts_at| is_open_at(&hours, &[], &near, at(starts_at), at("2026-12-12T14:00:00Z"));
    assert_eq!([open("2026-12-13T13:00:00Z"), open("2026-12-13T14:00:00Z")], [false, true]);
    assert_eq!([open("2026-12-14T15:00:00Z"), open("2026-12-15T10:00:00Z")], [true, false]);
    assert!(!is_open_at(&hours, &[], &rules(0, 60), at("2026-12-13T14:00:00Z"), at("2026-12-12T14:00:00Z")));
}

#[test]
fn the_nearest_come_in_order() {
    let hours = every_day(chrono_tz::UTC, &[(600, 960)]);
    let slots =
        open_slots(&hours, &[], &rules(60, 60), day("2026-12-12"), day("2026-12-13"), at("2026-12-01T00:00:00Z"));
    let nearest = nearest_free(&slots, at("2026-12-12T14:20:00Z"), 3);
    let starts: Vec<_> = nearest.iter().map(|slot| slot.local.format("%H:%M").to_string()).collect();
    assert_eq!(starts, ["13:00", "14:00", "15:00"]);
}

#[test]
fn what_takes_no_time_has_no_slots() {
    let hours = every_day(chrono_tz::UTC, &[(600, 960)]);
    assert!(wall(&hours, &[], &rules(0, 60), "2026-12-12").is_empty());
}

#[test]
fn a_day_that_a_zone_skipped_is_jumped_over() {
    // There was no 30 December 2011.
    let skipped = local("2011-12-30T00:00:00");
    assert_eq!(first_instant_from(skipped, chrono_tz::Pacific::Apia), at("2011-12-30T10:00:00Z"));
    // Its end is found to the second, wherever in it one begins to look.
    for skipped in ["2011-12-30T00:00:01", "2011-12-30T12:34:56", "2011-12-30T23:59:59"] {
        assert_eq!(
            first_instant_from(local(skipped), chrono_tz::Pacific::Apia),
            at("2011-12-30T10:00:00Z"),
            "{skipped}"
        );
    }
}

#[test]
fn spans_merge_where_they_touch_and_empty_ones_are_none() {
    let span = |from: u32, to: u32| {
        let hour = |hour: u32| day("2026-12-12").and_hms_opt(hour, 0, 0).unwrap().and_utc();
        Span::new(hour(from), hour(to))
    };
    let merged = Span::merge(vec![span(12, 13), span(9, 10), span(10, 11), span(15, 15), span(18, 17), span(9, 10)]);
    assert_eq!(merged, [span(9, 11), span(12, 13)]);
    assert_eq!(Span::merge(vec![span(9, 14), span(10, 11)]), [span(9, 14)]);
    assert!(!span(9, 10).overlaps(&span(10, 11)) && !span(10, 11).overlaps(&span(9, 10)));
    assert!(span(9, 11).overlaps(&span(10, 12)) && span(10, 12).overlaps(&span(9, 11)));
}

#[test]
fn ranges_of_a_day_are_joined_and_what_is_none_is_left_out() {
    let mut hours =
        every_day(chrono_tz::UTC, &[(600, 700), (650, 660), (700, 800), (900, 900), (950, 940), (1_400, 1_441)]);
    let ranges = |hours: &OpeningHours| {
        hours.ranges_on(day("2026-12-12")).into_iter().map(<(u16, u16)>::from).collect::<Vec<_>>()
    };
    assert_eq!(ranges(&hours), [(600, 800)]);
    hours.exceptions.insert(day("2026-12-12"), vec![(1_380, 1_440).into(), (0, 60).into()]);
    assert_eq!(ranges(&hours), [(0, 60), (1_380, 1_440)]);
    hours.exceptions.clear();
    hours.weekly.retain(|one| one.weekday == 5);
    assert!(ranges(&hours).is_empty(), "the twelfth is a Saturday");
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        chrono_tz::Europe::Lisbon,
        chrono_tz::America::New_York,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::Africa::Casablanca,
        chrono_tz::America::Havana,
    ])
}

fn range() -> impl Strategy<Value = OpenRange> {
    (0_u16..96, 1_u16..97).prop_map(|(one, other)| {
        let (from, to) = (one.min(other - 1), other.max(one + 1));
        (from * 15, to * 15).into()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Over a fortnight anywhere in 2026 and 2027, so that the weekends on which clocks change are among them.
    #[test]
    fn slots_keep_hours_and_distance(
        zone in zones(),
        first in 0_u64..700,
        ranges in prop::collection::vec((1_u8..=7, range()), 1..12),
        taken in prop::collection::vec((0_i64..14 * 1440, 5_i64..600), 0..20),
        duration in 1_u16..30,
        before in 0_u16..12,
        after in 0_u16..12,
        step in prop::sample::select(vec![5_u16, 10, 15, 20, 30, 60]),
    ) {
        let weekly = ranges.into_iter().map(|(weekday, range)| WeeklyHours { weekday, range }).collect();
        let hours = OpeningHours { zone, weekly, exceptions: BTreeMap::new() };
        let from = day("2026-01-01") + Days::new(first);
        let to = from + Days::new(13);
        let base = from.and_time(NaiveTime::MIN).and_utc();
        let busy: Vec<Span> = taken.into_iter().map(|(start, length)| {
            let starts_at = base + TimeDelta::minutes(start);
            Span::new(starts_at, starts_at + TimeDelta::minutes(length))
        }).collect();
        let rules = SlotRules {
            duration_minutes: duration * 10, buffer_before_minutes: before * 10, buffer_after_minutes: after * 10,
            step_minutes: step, lead_time_minutes: 0, horizon_days: 730,
        };
        let now = base - TimeDelta::days(3);
        let slots = open_slots(&hours, &busy, &rules, from, to, now);
        let open_minute = |instant: Instant| {
            let wall = instant.with_timezone(&zone).naive_local();
            let minute = u16::try_from((wall - wall.date().and_time(NaiveTime::MIN)).num_minutes()).unwrap();
            hours.ranges_on(wall.date()).iter().any(|range| (range.opens_minute..range.closes_minute).contains(&minute))
        };
        for pair in slots.windows(2) {
            prop_assert!(pair[0].local < pair[1].local);
        }
        for slot in &slots {
            let allocation = rules.allocation(slot.starts_at);
            prop_assert!(busy.iter().all(|busy| !busy.overlaps(&allocation)));
            prop_assert_eq!(slot.ends_at - slot.starts_at, TimeDelta::minutes(i64::from(rules.duration_minutes)));
            prop_assert!((from..=to).contains(&slot.local.date()));
            prop_assert!(open_minute(slot.starts_at));
            prop_assert!(is_open_at(&hours, &busy, &rules, slot.starts_at, now));
            // Away from a change of the clocks, every minute of the service lies in the hours of its day.
            let offset = |at: Instant| chrono::Offset::fix(&chrono::TimeZone::offset_from_utc_datetime(&zone, &at.naive_utc()));
            if offset(slot.starts_at - TimeDelta::days(1)) == offset(slot.ends_at + TimeDelta::days(1)) {
                let mut minute = slot.starts_at;
                while minute < slot.ends_at {
                    prop_assert!(open_minute(minute));
                    minute += TimeDelta::minutes(5);
                }
            }
        }
    }
}

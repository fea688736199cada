//! The bounds of the reader, and that it can be stopped. What files mean stands in `tests/corpus`.

use std::cell::Cell;
use std::fmt::Write as _;

use super::*;

fn window() -> Span {
    let at = |text: &str| text.parse().expect("an instant");
    Span::new(at("2026-12-01T00:00:00Z"), at("2028-12-30T00:00:00Z"))
}

/// Nothing came from us.
fn nothing() -> OwnEvents {
    OwnEvents { celebrity: kernel::CelebrityId(uuid::Uuid::nil()), bookings: HashSet::new() }
}

fn read(text: &str) -> Result<FeedReading, FeedFault> {
    read_feed(text, Tz::UTC, window(), &nothing(), &|| false)
}

/// A calendar of as many events with these lines.
fn calendar(count: usize, lines: impl Fn(usize) -> String) -> String {
    let mut text = "BEGIN:VCALENDAR\r\n".to_owned();
    for turn in 0..count {
        write!(text, "BEGIN:VEVENT\r\nUID:{turn}\r\n{}\r\nEND:VEVENT\r\n", lines(turn)).expect("texts grow");
    }
    text + "END:VCALENDAR\r\n"
}

fn kinds(reading: &FeedReading) -> Vec<LineTroubleKind> {
    let mut kinds: Vec<_> = reading.troubles.listed.iter().map(|told| told.kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn a_text_that_is_not_a_calendar_is_refused() {
    for text in ["", "<!doctype html><title>Sign in</title>", "{}", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
        assert_eq!(read(text), Err(FeedFault::NotACalendar), "{text:?}");
    }
    let empty = read("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n").expect("an empty calendar");
    assert_eq!((empty.busy.len(), empty.troubles.count), (0, 0));
    assert_eq!(read(&" ".repeat(FEED_BYTES_MAX + 1)), Err(FeedFault::TooLarge));
}

#[test]
fn a_reading_that_nobody_needs_stops_at_once() {
    let busy = calendar(500, |_| "DTSTART:20200101T000000Z\r\nDURATION:PT1M\r\nRRULE:FREQ=HOURLY".to_owned());
    let looks = Cell::new(0);
    let stop = || {
        looks.set(looks.get() + 1);
        looks.get() > 20
    };
    assert_eq!(read_feed(&busy, Tz::UTC, window(), &nothing(), &stop), Err(FeedFault::Stopped));
    assert_eq!(looks.get(), 21);
}

#[test]
fn more_repetitions_than_are_followed_keep_the_rest_busy() {
    // Each has 18,000 repetitions in the window. The last event is single, and still counts.
    let hourly = |turn: usize| format!("DTSTART:20200101T00{:02}00Z\r\nDURATION:PT1M\r\nRRULE:FREQ=HOURLY", turn % 60);
    let reading = read(&calendar(100, hourly)).expect("a calendar");
    assert_eq!(kinds(&reading), [LineTroubleKind::CutOff]);
    assert_eq!(reading.busy.last().expect("busy").ends_at, window().ends_at);
    assert!(reading.busy.len() <= 10_000);
}

#[test]
fn more_busy_times_than_are_kept_keep_the_rest_busy() {
    let reading = read(&calendar(1, |_| "DTSTART:20261201T000000Z\r\nDURATION:PT1M\r\nRRULE:FREQ=HOURLY".to_owned()));
    let reading = reading.expect("a calendar");
    assert_eq!((reading.busy.len(), kinds(&reading)), (10_000, vec![LineTroubleKind::CutOff]));
    let last = reading.busy.last().expect("busy");
    assert_eq!((last.starts_at - window().starts_at).num_hours(), 9_999);
    assert_eq!(last.ends_at, window().ends_at);
}

#[test]
fn more_series_than_are_kept_are_busy_from_their_beginning() {
    let reading = read(&calendar(5_001, |turn| {
        let begins = if turn == 5_000 { "20280101" } else { "20261205" };
        format!("DTSTART;VALUE=DATE:{begins}\r\nRRULE:FREQ=DAILY;COUNT=1")
    }));
    let reading = reading.expect("a calendar");
    assert_eq!(kinds(&reading), [LineTroubleKind::CutOff]);
    let spans: Vec<_> =
        reading.busy.iter().map(|span| (span.starts_at.to_string(), span.ends_at.to_string())).collect();
    let expected = [
        ("2026-12-05 00:00:00 UTC", "2026-12-06 00:00:00 UTC"),
        ("2028-01-01 00:00:00 UTC", "2028-12-30 00:00:00 UTC"),
    ];
    assert_eq!(spans, expected.map(|(begin, end)| (begin.to_owned(), end.to_owned())));
}

#[test]
fn bookings_are_found_by_the_ids_of_their_events() {
    let booking = BookingId(uuid::Uuid::from_u128(7));
    let id = crate::booking_event_id(booking);
    let (front, end) = id.split_at(20);
    for line in [format!("UID:{id}"), format!("uid;X-A=1:{front}\r\n {end}")] {
        let text = format!("BEGIN:VCALENDAR\r\nUID:x@stagedoor\r\nBEGIN:VEVENT\r\n{line}\r\n");
        assert_eq!(bookings_named(&text), HashSet::from([booking]), "{line}");
    }
    assert!(bookings_named(&format!("SUMMARY:{id}")).is_empty());
}

#[test]
fn what_is_told_is_counted_and_listed_in_bounded_form() {
    let mut text = calendar(1, |_| "DTSTART:20261201T100000Z".to_owned());
    text.push_str(&format!("garbage\0\u{202e}{}\r\n", "x".repeat(500)).repeat(1_000));
    let troubles = read(&text).expect("a calendar").troubles;
    assert_eq!((troubles.count, troubles.listed.len()), (1_000, 5));
    let first = &troubles.listed[0];
    assert_eq!((first.line, first.text.chars().count()), (7, 80));
    assert!(first.text.starts_with("garbage\u{fffd}\u{fffd}x"));
}

//! Calendars as services write them, and malformed ones.

use chrono_tz::{Europe, UTC};

use super::*;

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

/// Busy times of a calendar with these events, in the winter of 2026, as `12-01T10:00 – 12-01T11:00`.
fn busy(zone: Tz, events: &str) -> Vec<String> {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}\nEND:VCALENDAR\n").replace('\n', "\r\n");
    let spans = busy_spans(&text, zone, at("2026-12-01T00:00:00Z"), at("2027-02-01T00:00:00Z")).expect("a calendar");
    let short = |at: Instant| at.format("%m-%dT%H:%M").to_string();
    spans.into_iter().map(|span| format!("{} – {}", short(span.starts_at), short(span.ends_at))).collect()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT")
}

#[test]
fn times_are_read_in_every_form() {
    let utc = event("DTSTART:20261201T100000Z\nDTEND:20261201T113000Z");
    let zoned = event("DTSTART;TZID=America/New_York:20261202T100000\nDURATION:PT1H");
    let floating = event("DTSTART:20261203T100000\nDTEND:20261203T110000");
    let zone = "TZID=\"W. Europe Standard Time\"";
    let unknown = event(&format!("DTSTART;{zone}:20261204T100000\nDTEND;{zone}:20261204T110000"));
    let day = event("DTSTART;VALUE=DATE:20261205\nDTEND;VALUE=DATE:20261207");
    let lone_day = event("DTSTART;VALUE=DATE:20261210");
    assert_eq!(
        busy(Europe::Berlin, &[utc, zoned, floating, unknown, day, lone_day].join("\n")),
        [
            "12-01T10:00 – 12-01T11:30",
            "12-02T15:00 – 12-02T16:00",
            "12-03T09:00 – 12-03T10:00",
            "12-04T09:00 – 12-04T10:00",
            "12-04T23:00 – 12-06T23:00",
            "12-09T23:00 – 12-10T23:00",
        ]
    );
}

#[test]
fn events_that_keep_nobody_busy_are_left_out() {
    let times = "DTSTART:20261201T100000Z\nDTEND:20261201T110000Z";
    for lines in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "status:cancelled".to_uppercase().as_str()] {
        assert!(busy(UTC, &event(&format!("{times}\n{lines}"))).is_empty(), "{lines}");
    }
    let ours = "BEGIN:VEVENT\nUID:0193-17@stagedoor\nDTSTART:20261201T100000Z\nDTEND:20261201T110000Z\nEND:VEVENT";
    assert!(busy(UTC, ours).is_empty(), "our own events are outdated copies");
    for lines in [
        "DTSTART:20261201T100000Z",
        "DTSTART:nonsense",
        "SUMMARY:No time at all",
        "DTSTART:20240101T000000Z\nDTEND:20280101T000000Z",
    ] {
        assert!(busy(UTC, &event(lines)).is_empty(), "{lines}");
    }
}

#[test]
fn a_repeated_event_keeps_its_wall_time() {
    // It begins in summer time; the repetition is in winter, an hour apart in UTC.
    let weekly = event(
        "DTSTART;TZID=Europe/Berlin:20260601T180000\nDTEND;TZID=Europe/Berlin:20260601T190000\n\
         RRULE:FREQ=WEEKLY;UNTIL=20261215T000000Z\nEXDATE;TZID=Europe/Berlin:20261207T180000",
    );
    assert_eq!(busy(UTC, &weekly), ["12-14T17:00 – 12-14T18:00"]);
    let daily = event("DTSTART;VALUE=DATE:20150101\nRRULE:FREQ=YEARLY");
    assert_eq!(busy(UTC, &daily), ["01-01T00:00 – 01-02T00:00"]);
}

#[test]
fn a_moved_or_cancelled_repetition_replaces_the_regular_one() {
    let daily = event("DTSTART:20261201T100000Z\nDTEND:20261201T110000Z\nRRULE:FREQ=DAILY;COUNT=3");
    let moved = event("RECURRENCE-ID:20261202T100000Z\nDTSTART:20261202T150000Z\nDTEND:20261202T160000Z");
    let dropped =
        event("RECURRENCE-ID:20261203T100000Z\nSTATUS:CANCELLED\nDTSTART:20261203T100000Z\nDTEND:20261203T110000Z");
    assert_eq!(
        busy(UTC, &[daily, moved, dropped].join("\n")),
        ["12-01T10:00 – 12-01T11:00", "12-02T15:00 – 12-02T16:00"]
    );
}

#[test]
fn touching_times_are_merged_and_times_outside_are_cut() {
    let events = [
        event("DTSTART:20261130T220000Z\nDTEND:20261201T010000Z"),
        event("DTSTART:20261201T003000Z\nDTEND:20261201T020000Z"),
        event("DTSTART:20261201T020000Z\nDTEND:20261201T030000Z"),
        event("DTSTART:20270201T000000Z\nDTEND:20270201T010000Z"),
    ];
    assert_eq!(busy(UTC, &events.join("\n")), ["12-01T00:00 – 12-01T03:00"]);
}

#[test]
fn a_text_that_is_not_a_calendar_is_refused() {
    let read = |text: &str| busy_spans(text, UTC, at("2026-12-01T00:00:00Z"), at("2027-02-01T00:00:00Z"));
    for text in ["", "<!doctype html><title>Sign in</title>", "{}", "BEGIN:VCALENDAR", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
        assert_eq!(read(text), Err(FeedFault::NotACalendar), "{text:?}");
    }
    assert_eq!(read("\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"), Ok(Vec::new()));
    let bomb = event("DTSTART:20261201T000000Z\nDTEND:20261201T000030Z\nRRULE:FREQ=SECONDLY");
    assert!(busy(UTC, &bomb).len() <= usize::from(REPETITIONS_MAX));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(
        text in "(BEGIN:(VCALENDAR|VEVENT)|END:(VCALENDAR|VEVENT)|DTSTART[:;]|RRULE:FREQ=|DAILY|20261201T100000Z?|[ -~]{0,12}|\r\n){0,40}",
    ) {
        let _ = busy_spans(&text, UTC, at("2026-12-01T00:00:00Z"), at("2027-02-01T00:00:00Z"));
    }
}

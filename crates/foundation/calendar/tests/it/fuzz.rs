//! Broken calendars: files of the corpus, cut, mixed and overgrown at random. Nothing may panic, stall or grow without bound.
//!
//! `cargo xtask fuzz calendars` runs this for minutes, and then also holds it to time and memory.

use std::time::{Duration, Instant};

use calendar::{FEED_BYTES_MAX, Span, read_feed};
use chrono_tz::Tz;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;

use crate::corpus::corpus;

/// How many files the short form reads.
const FILES: u32 = 80;
/// The longest time that one reading may take in the long form.
const STALL: Duration = Duration::from_secs(10);
/// The most memory of the long form, in KB, the test itself included.
const MEMORY_KB_MAX: u64 = 64 * 1_024;

/// Pieces that matter to the reader.
const PIECES: [&str; 48] = [
    "\r\n",
    "\n ",
    "\r",
    "\u{0}",
    "\u{feff}",
    "\"",
    ":",
    ";",
    ",",
    "=\r\n",
    "é",
    "\u{202e}",
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    "BEGIN:VCALENDAR\r\n",
    "END:VCALENDAR\r\n",
    "BEGIN:A\r\n",
    "END:A\r\n",
    "BEGIN:VTIMEZONE\r\nTZID:X\r\n",
    "BEGIN:STANDARD\r\n",
    "END:STANDARD\r\n",
    "TZOFFSETTO:+1800\r\n",
    "TZOFFSETFROM:-1800\r\n",
    "DTSTART:20261201T100000Z\r\n",
    "DTSTART:16000101T000000\r\n",
    "DTEND:90001231T235959Z\r\n",
    "DURATION:P36600DT23H59M59S\r\n",
    "DTSTART;TZID=X:20261201T100000\r\n",
    "DTSTART;VALUE=DATE:20261201\r\n",
    "UID:1\r\n",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261205T100000Z\r\n",
    "RRULE:FREQ=SECONDLY\r\n",
    "RRULE:FREQ=HOURLY;COUNT=4294967295\r\n",
    "RRULE:FREQ=DAILY;BYHOUR=",
    "RRULE:FREQ=YEARLY;BYWEEKNO=53,-53",
    ";INTERVAL=4294967295",
    ";BYSETPOS=-366,366",
    ";BYMONTHDAY=31;BYMONTH=2",
    ";BYYEARDAY=-366",
    ";BYDAY=-53SU,53MO",
    ";UNTIL=99991231",
    "RDATE:20261201/P1D,16000101/90001231\r\n",
    "EXDATE:20261201T100000Z,20261202\r\n",
    "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
    "BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55",
    "FREEBUSY:20261201T000000Z/PT1H\r\n",
    "9999999999",
    "-1",
];

/// A file that nobody wrote.
fn broken(files: &[(String, String, String)], chance: &mut ChaCha12Rng) -> String {
    let any = |chance: &mut ChaCha12Rng| files[chance.random_range(0..files.len())].1.as_str();
    let mut text = any(chance).to_owned();
    for _ in 0..chance.random_range(1..12) {
        let (begin, end) = (place(&text, chance), place(&text, chance));
        let (begin, end) = (begin.min(end), begin.max(end));
        match chance.random_range(0..8) {
            0 => text.replace_range(begin..boundary(&text, end.min(begin + 20)), ""),
            1 => text.insert_str(begin, any(chance)),
            2 => text.truncate(end),
            3 => {
                let piece = text[begin..end].to_owned();
                let times = chance.random_range(1..(200_000 / (piece.len() + 1)).clamp(2, 3_000));
                text.insert_str(end, &piece.repeat(times));
            }
            4 => {
                let mut lines: Vec<_> = text.split_inclusive('\n').collect();
                let (one, other) = (chance.random_range(0..lines.len()), chance.random_range(0..lines.len()));
                lines.swap(one, other);
                text = lines.concat();
            }
            5 => {
                let piece = PIECES[chance.random_range(0..PIECES.len())];
                text.insert_str(begin, &piece.repeat(chance.random_range(1..2_000)));
            }
            _ => text.insert_str(begin, PIECES[chance.random_range(0..PIECES.len())]),
        }
        if text.is_empty() || text.len() > FEED_BYTES_MAX {
            break;
        }
    }
    text
}

/// A place between two letters.
fn place(text: &str, chance: &mut ChaCha12Rng) -> usize {
    boundary(text, chance.random_range(0..=text.len()))
}

fn boundary(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// Reads a text and checks what every reading promises; returns how often it looked whether to stop.
fn check(text: &str) -> u32 {
    let at = |text: &str| text.parse::<kernel::Instant>().expect("an instant");
    let window = Span::new(at("2026-12-01T00:00:00Z"), at("2028-12-30T00:00:00Z"));
    let looks = std::cell::Cell::new(0);
    let count = || {
        looks.set(looks.get() + 1);
        false
    };
    if let Ok(reading) = read_feed(text, Tz::America__Santiago, window, &count) {
        assert!(reading.busy.len() <= 10_000);
        assert!(reading.busy.iter().all(|span| window.starts_at <= span.starts_at
            && span.starts_at < span.ends_at
            && span.ends_at <= window.ends_at));
        assert!(reading.busy.windows(2).all(|two| two[0].ends_at < two[1].starts_at));
        assert!(
            reading.troubles.listed.len() <= 65
                && reading.troubles.listed.iter().all(|told| told.text.chars().count() <= 80)
        );
        assert!(reading.troubles.count as usize >= reading.troubles.listed.len());
    }
    looks.get()
}

#[test]
fn nothing_that_is_broken_stalls_or_overgrows() {
    let seconds =
        std::env::var("CALENDAR_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    let seed = if seconds.is_some() { rand::random() } else { 7 };
    println!("seed {seed}");
    let (files, mut chance) = (corpus(), ChaCha12Rng::seed_from_u64(seed));
    let (begun, mut count, mut bytes, mut longest) = (Instant::now(), 0_u32, 0_u64, Duration::ZERO);
    while seconds.map_or(count < FILES, |seconds| begun.elapsed() < seconds) {
        let text = broken(&files, &mut chance);
        let reading = Instant::now();
        // The steps of two readings, and some for each line, in thousands.
        assert!(
            check(&text) < 2_000 + 2 * u32::try_from(text.len() / 100).expect("a small file"),
            "seed {seed}, file {count}"
        );
        longest = longest.max(reading.elapsed());
        (count, bytes) = (count + 1, bytes + text.len() as u64);
        assert!(seconds.is_none() || longest < STALL, "seed {seed}, file {count} took {longest:?}");
    }
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory =
        memory.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    println!("{count} files, {} MB, longest {longest:?}, memory at most {} MB", bytes >> 20, memory.unwrap_or(0) >> 10);
    assert!(seconds.is_none() || memory.unwrap_or(0) < MEMORY_KB_MAX, "{memory:?} KB");
}

//! Broken calendars: files of the corpus, cut, mixed and overgrown at random. Nothing may panic, stall or grow without bound.
//!
//! `cargo xtask fuzz calendars` runs this for minutes, and then also holds it to time and memory. `CALENDAR_FUZZ_SEED` repeats a run.

use std::time::{Duration, Instant};

use calendar::{FEED_BYTES_MAX, Span, read_feed};
use chrono_tz::Tz;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;

use crate::corpus::{corpus, own};

/// How many files the short form reads.
const FILES: u32 = 40;
/// The longest time that one reading may compute in the long form.
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
    // Some are as large as files may be.
    let is_grown = !text.is_empty() && chance.random_range(0..40) == 0;
    if is_grown { text.repeat((FEED_BYTES_MAX / text.len()).max(1)) } else { text }
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
    if let Ok(reading) = read_feed(text, Tz::America__Santiago, window, &own(), &count) {
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

/// How long this thread has computed; on a busy machine the clock says little.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}

#[test]
fn times_that_do_not_exist_take_no_longer_than_others() {
    let list = |times: &str| format!("{times},").repeat(24_000) + times;
    let events =
        |time: &str| format!("BEGIN:VEVENT\r\nDTSTART{time}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n").repeat(12_000);
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:20270101T000000\r\nTZOFFSETFROM:+0100\r\n\
                TZOFFSETTO:+0200\r\nRRULE:FREQ=HOURLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    let series = |zone: &str, times: &str| {
        format!(
            "BEGIN:VEVENT\r\nDTSTART;TZID={zone}:20261201T100000\r\nDTEND;TZID={zone}:20261201T110000\r\n{times}\r\nEND:VEVENT\r\n"
        )
    };
    for text in [
        series("Pacific/Apia", &format!("RDATE;TZID=Pacific/Apia:{}", list("20111230T000001"))),
        series("Europe/Berlin", &format!("RDATE;TZID=Europe/Berlin:{}", list("20270328T020001"))),
        format!("{zone}{}", series("Mine", &format!("RDATE:{}", list("20270101T100000Z")))),
        events(";TZID=Pacific/Apia:20111230T000001"),
        events(";TZID=Europe/Berlin:20270328T020001"),
    ] {
        let before = processor_time();
        check(&format!("BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n"));
        let took = processor_time().saturating_sub(before);
        println!("{} KB took {took:?}", text.len() >> 10);
        assert!(took < Duration::from_secs(3), "{took:?}: {}", &text[..300]);
    }
}

#[test]
fn nothing_that_is_broken_stalls_or_overgrows() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = variable("CALENDAR_FUZZ_SECONDS").map(Duration::from_secs);
    let seed = variable("CALENDAR_FUZZ_SEED").unwrap_or_else(|| if seconds.is_some() { rand::random() } else { 7 });
    println!("CALENDAR_FUZZ_SEED={seed}");
    let (files, mut chance) = (corpus(), ChaCha12Rng::seed_from_u64(seed));
    let (begun, mut count, mut bytes, mut longest) = (Instant::now(), 0_u32, 0_u64, Duration::ZERO);
    while seconds.map_or(count < FILES, |seconds| begun.elapsed() < seconds) {
        let text = broken(&files, &mut chance);
        let before = processor_time();
        // The steps of two readings, and some for each line, in thousands.
        assert!(check(&text) < 2_000 + 2 * u32::try_from(text.len() / 100).expect("a small file"), "file {count}");
        longest = longest.max(processor_time().saturating_sub(before));
        (count, bytes) = (count + 1, bytes + text.len() as u64);
        assert!(seconds.is_none() || longest < STALL, "file {count} took {longest:?}");
    }
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory =
        memory.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    println!("{count} files, {} MB, longest {longest:?}, memory at most {} MB", bytes >> 20, memory.unwrap_or(0) >> 10);
    assert!(seconds.is_none() || memory.unwrap_or(0) < MEMORY_KB_MAX, "{memory:?} KB");
}

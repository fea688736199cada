//! Files in the manner of many programs, each with the busy times that are right beside it.
//!
//! `NAME.ics` is the calendar and `NAME.busy` what it says, one word and what belongs to it on each line: `zone` in which the owner
//! lives (UTC if missing), `window` with first and last day, `busy` with beginning and end in UTC, `told` with the line and the kind of
//! each trouble, `early` if the file ends before its calendar does. Lines with `#` explain.

use std::fs;
use std::path::PathBuf;

use calendar::{FeedReading, LineTroubleKind, OwnEvents, Span, read_feed};
use chrono_tz::Tz;
use kernel::{BookingId, CelebrityId, Instant};

/// Files of the corpus with the text of what is right, by name.
pub fn corpus() -> Vec<(String, String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ics"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = String::from_utf8_lossy(&fs::read(&path).expect("a calendar")).into_owned();
            let right =
                fs::read_to_string(path.with_extension("busy")).unwrap_or_else(|_| panic!("{name}.busy is missing"));
            (name, text, right)
        })
        .collect();
    files.sort();
    files
}

/// Reads a calendar as its `.busy` file asks for.
fn read(text: &str, right: &str) -> FeedReading {
    let word = |name: &str| right.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let zone: Tz = word("zone ").map_or(Tz::UTC, |zone| zone.parse().expect("a zone"));
    let (from, to) = word("window ").unwrap_or("2026-12-01 2027-01-01").split_once(' ').expect("two days");
    let at = |day: &str| -> Instant { format!("{day}T00:00:00Z").parse().expect("a day") };
    read_feed(text, zone, Span::new(at(from), at(to)), &own(), &|| false).expect("a calendar")
}

/// What came from us: the times of the profile 1, and the booking 7.
pub fn own() -> OwnEvents {
    let id = uuid::Uuid::from_u128;
    OwnEvents { celebrity: CelebrityId(id(1)), bookings: [BookingId(id(7))].into() }
}

/// The reading in the words of `.busy` files.
fn in_words(reading: &FeedReading) -> Vec<String> {
    let at = |at: Instant| at.format("%Y-%m-%dT%H:%MZ").to_string();
    let busy = reading.busy.iter().map(|span| format!("busy {} {}", at(span.starts_at), at(span.ends_at)));
    let kind = |kind: LineTroubleKind| serde_json::to_value(kind).expect("a word").as_str().expect("a word").to_owned();
    let told = reading.troubles.listed.iter().map(|told| format!("told {} {}", told.line, kind(told.kind)));
    busy.chain(told).chain(reading.ends_early.then(|| "early".to_owned())).collect()
}

#[test]
fn every_file_keeps_busy_what_its_program_shows() {
    let files = corpus();
    assert!(files.len() >= 60, "only {} files", files.len());
    let mut wrong = Vec::new();
    for (name, text, right) in &files {
        let is_result = |line: &&str| line.starts_with("busy ") || line.starts_with("told ") || *line == "early";
        let expected: Vec<_> = right.lines().filter(is_result).map(|line| line.trim().to_owned()).collect();
        let found = in_words(&read(text, right));
        if found != expected {
            wrong.push(format!(
                "{name}\n  right: {}\n  found: {}",
                expected.join("\n         "),
                found.join("\n         ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Reads busy times from an external calendar (RFC 5545). Only times are taken over: no titles, people or places.
//!
//! Whatever a file holds, there are bounds on its size, its depth, the events that are kept, the work and the result. What cannot be read
//! is "told": reported with its line. When in doubt the time is busy.

mod clock;
mod collected;
mod definitions;
mod event;
mod exceptions;
mod expand;
mod finder;
mod lines;
mod reading;
mod rule;
mod series;
mod state;
mod times;
mod tokens;
mod troubles;
mod work;
mod zone_changes;
mod zones;

use std::collections::HashSet;

use chrono::TimeDelta;
use chrono_tz::Tz;
use kernel::BookingId;

use crate::own_events::{OwnEvents, booking_of_event};
use crate::rules::Span;
use collected::BusySpans;
use definitions::defined_zones;
use finder::ZoneFinder;
use lines::FeedLines;
use state::ReadingState;
pub use troubles::{LineTrouble, LineTroubleKind, LineTroubles};
use work::{Halt, Work};
use zones::Zone;

/// The longest text that is read.
pub const FEED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most bookings of a text that are looked up. Events of further ones count as those of others.
const BOOKINGS_MAX: usize = 10_000;

/// The version of what is read from a text. Raised whenever the same text is read otherwise, so that calendars that have not changed
/// are read anew.
pub const FEED_READER_VERSION: u32 = 3;

/// What a calendar says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedReading {
    /// When its owner is busy, in order and merged where the times touch.
    pub busy: Vec<Span>,
    pub troubles: LineTroubles,
    /// Whether the file ends before its calendar does, as if it had been cut off: what else would be busy is not known.
    pub ends_early: bool,
}

/// Why a text cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedFault {
    #[error("this is not a calendar in the iCalendar format")]
    NotACalendar,
    #[error("this calendar is larger than 4 MB")]
    TooLarge,
    #[error("the reading was stopped")]
    Stopped,
}

/// The bookings whose events may stand in a text, by their ids; at most ten thousand.
pub fn bookings_named(text: &str) -> HashSet<BookingId> {
    let (mut lines, mut ignored) = (FeedLines::new(text), LineTroubles::default());
    let ids = std::iter::from_fn(|| lines.next(&mut ignored)).filter(|line| line.is("UID"));
    ids.filter_map(|line| booking_of_event(line.value())).take(BOOKINGS_MAX).collect()
}

/// Reads the busy times within `window`, but for our `own` events. Whole days and times without a zone are read in `zone`. `stop` is
/// asked every now and then whether anybody still needs the result.
pub fn read_feed(
    text: &str,
    zone: Tz,
    window: Span,
    own: &OwnEvents,
    stop: &dyn Fn() -> bool,
) -> Result<FeedReading, FeedFault> {
    if text.len() > FEED_BYTES_MAX {
        return Err(FeedFault::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let last = window.ends_at.naive_utc() + TimeDelta::days(2);
    // Definitions of zones have work of their own, so that they leave enough for the events.
    let defined = match defined_zones(text, last, &mut Work::new(stop)) {
        Ok(defined) => defined,
        Err(Halt::Stopped) => return Err(FeedFault::Stopped),
        // Their names are told as unknown where they are used.
        Err(Halt::Spent) => std::collections::HashMap::new(),
    };
    let mut state = ReadingState {
        finder: ZoneFinder::new(Zone::Known(zone), &defined),
        busy: BusySpans::new(window),
        work: Work::new(stop),
        troubles: LineTroubles::default(),
        ends_early: false,
        own,
    };
    match reading::read(text, &mut state) {
        Ok(true) => {}
        Ok(false) => return Err(FeedFault::NotACalendar),
        Err(_) => return Err(FeedFault::Stopped),
    }
    let ReadingState { busy, mut troubles, ends_early, .. } = state;
    let (busy, is_cut_off) = busy.finish();
    if is_cut_off {
        troubles.tell(LineTroubleKind::CutOff, 1, "BEGIN:VCALENDAR");
    }
    Ok(FeedReading { busy, troubles, ends_early })
}

#[cfg(test)]
mod tests;

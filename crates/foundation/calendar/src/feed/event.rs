//! One event of a calendar file, from its lines.

use chrono::TimeDelta;

use super::finder::ZoneFinder;
use super::lines::FeedLine;
use super::times::{EventLength, EventTime};
use super::troubles::{LineTroubleKind, LineTroubles};

/// The most lines with rules and dates of one event that are kept.
const LINES_MAX: usize = 5_000;
/// Longer events are told, because they keep everything busy.
const LONG: TimeDelta = TimeDelta::days(366);
/// The end of our own events' ids. Such events return to us from calendars that our feed or invitations were added to.
const OURS: &str = "@stagedoor";

/// The lines of an event that decide when somebody is busy.
#[derive(Debug)]
pub(super) struct EventLines<'text> {
    pub begins: FeedLine<'text>,
    id: Option<FeedLine<'text>>,
    starts: Option<FeedLine<'text>>,
    ends: Option<FeedLine<'text>>,
    lasts: Option<FeedLine<'text>>,
    replaces: Option<FeedLine<'text>>,
    is_free: bool,
    pub rules: Vec<FeedLine<'text>>,
    /// Additional beginnings (`RDATE`).
    pub added: Vec<FeedLine<'text>>,
    /// Beginnings that are left out (`EXDATE`).
    pub excluded: Vec<FeedLine<'text>>,
    /// The first line with a rule or date that was too much.
    pub cut_off: Option<FeedLine<'text>>,
}

/// When an event takes place.
#[derive(Debug, Clone, Copy)]
pub(super) struct EventTimes<'zones> {
    pub starts: EventTime<'zones>,
    pub length: EventLength,
}

/// The repetition of a series that an event replaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replaced<'zones> {
    pub at: EventTime<'zones>,
    /// It replaces all later ones too.
    pub and_following: bool,
}

impl<'text> EventLines<'text> {
    pub const fn new(begins: FeedLine<'text>) -> Self {
        Self {
            begins,
            id: None,
            starts: None,
            ends: None,
            lasts: None,
            replaces: None,
            is_free: false,
            rules: Vec::new(),
            added: Vec::new(),
            excluded: Vec::new(),
            cut_off: None,
        }
    }

    /// Takes a line of the event over. Of lines that should be there once, the first counts.
    pub fn take(&mut self, line: FeedLine<'text>) {
        let says = |word: &str| line.value().eq_ignore_ascii_case(word);
        let once = match line.name().to_ascii_uppercase().as_str() {
            "UID" => &mut self.id,
            "DTSTART" => &mut self.starts,
            "DTEND" => &mut self.ends,
            "DURATION" => &mut self.lasts,
            "RECURRENCE-ID" => &mut self.replaces,
            "STATUS" => {
                self.is_free |= says("CANCELLED");
                return;
            }
            "TRANSP" => {
                self.is_free |= says("TRANSPARENT");
                return;
            }
            "RRULE" | "RDATE" | "EXDATE" => return self.take_repeated(line),
            _ => return,
        };
        once.get_or_insert(line);
    }

    fn take_repeated(&mut self, line: FeedLine<'text>) {
        let lines = match line.name().to_ascii_uppercase().as_str() {
            "RRULE" => &mut self.rules,
            "RDATE" => &mut self.added,
            _ => &mut self.excluded,
        };
        if lines.len() < LINES_MAX {
            lines.push(line);
        } else {
            self.cut_off.get_or_insert(line);
        }
    }

    /// Its id, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(FeedLine::value).filter(|id| !id.is_empty())
    }

    /// Whether it came from us.
    pub fn is_ours(&self) -> bool {
        self.id().is_some_and(|id| id.ends_with(OURS))
    }

    /// Whether it keeps nobody busy.
    pub const fn is_free(&self) -> bool {
        self.is_free
    }

    /// Whether it may take place more than once.
    pub const fn is_series(&self) -> bool {
        !self.rules.is_empty() || !self.added.is_empty()
    }

    /// The number of lines that have to be kept to follow it.
    pub const fn line_count(&self) -> usize {
        self.rules.len() + self.added.len() + self.excluded.len() + 1
    }

    /// The repetition that it replaces.
    pub fn replaced<'zones>(
        &self,
        finder: &mut ZoneFinder<'zones>,
        troubles: &mut LineTroubles,
    ) -> Option<Replaced<'zones>> {
        let line = self.replaces.as_ref()?;
        let Some(at) = finder.time(line, troubles) else {
            troubles.tell(LineTroubleKind::Date, line.number, line.text());
            return None;
        };
        let and_following = line.parameter("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        Some(Replaced { at, and_following })
    }

    /// When it takes place. What cannot be read is told; only without beginning and end it cannot be placed.
    pub fn times<'zones>(
        &self,
        finder: &mut ZoneFinder<'zones>,
        troubles: &mut LineTroubles,
    ) -> Option<EventTimes<'zones>> {
        let Some(starts) = self.starts.as_ref().and_then(|line| finder.time(line, troubles)) else {
            let line = self.starts.as_ref().unwrap_or(&self.begins);
            troubles.tell(LineTroubleKind::Start, line.number, line.text());
            return Some(before(finder.time(self.ends.as_ref()?, troubles)?));
        };
        let usual = if starts.is_day() { EventLength::DAY } else { EventLength::HOUR };
        let end_line = self.ends.as_ref().or(self.lasts.as_ref());
        let read = match (&self.ends, &self.lasts) {
            (Some(line), _) => {
                finder.time(line, troubles).and_then(|ends| EventLength::until(&starts, &ends, finder.own))
            }
            (None, Some(line)) => EventLength::read(line.value()),
            // By the standard, a time without an end takes no time.
            (None, None) => Some(EventLength::NOTHING),
        };
        let length = match (read, end_line) {
            (Some(length), _) if length.is_nothing() && starts.is_day() => EventLength::DAY,
            (Some(length), _) => length,
            (None, line) => {
                let line = line.unwrap_or(&self.begins);
                troubles.tell(LineTroubleKind::End, line.number, line.text());
                usual
            }
        };
        if length.longest() > LONG {
            let line = end_line.unwrap_or(&self.begins);
            troubles.tell(LineTroubleKind::Long, line.number, line.text());
        }
        Some(EventTimes { starts, length })
    }
}

/// The hour or day before an end, for an event whose beginning cannot be read.
fn before(ends: EventTime<'_>) -> EventTimes<'_> {
    let hour = TimeDelta::hours(1);
    match ends {
        EventTime::Day(day) => {
            EventTimes { starts: EventTime::Day(day.pred_opt().unwrap_or(day)), length: EventLength::DAY }
        }
        EventTime::Floating(local) => {
            EventTimes { starts: EventTime::Floating(local - hour), length: EventLength::HOUR }
        }
        EventTime::Zoned(local, zone) => {
            EventTimes { starts: EventTime::Zoned(local - hour, zone), length: EventLength::HOUR }
        }
    }
}

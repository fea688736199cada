//! One event of a calendar file, from its lines.

use chrono::{NaiveTime, TimeDelta};
use kernel::Instant;

use super::finder::ZoneFinder;
use super::lines::FeedLine;
use super::times::{EventLength, EventTime};
use super::troubles::{LineTroubleKind, LineTroubles};
use crate::rules::Span;

/// The most lines with rules and dates of one event that are kept.
const LINES_MAX: usize = 5_000;
/// Longer events are told, because they keep everything busy.
const LONG: TimeDelta = TimeDelta::days(366);

/// The lines of an event that decide when somebody is busy.
#[derive(Debug)]
pub(super) struct EventLines<'text> {
    pub begins: FeedLine<'text>,
    id: Option<FeedLine<'text>>,
    starts: Option<FeedLine<'text>>,
    ends: Option<FeedLine<'text>>,
    lasts: Option<FeedLine<'text>>,
    replaces: Option<FeedLine<'text>>,
    status: Option<FeedLine<'text>>,
    transparency: Option<FeedLine<'text>>,
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
            status: None,
            transparency: None,
            rules: Vec::new(),
            added: Vec::new(),
            excluded: Vec::new(),
            cut_off: None,
        }
    }

    /// Takes a line of the event over. Of lines that should be there once, the first counts.
    pub fn take(&mut self, line: FeedLine<'text>) {
        let once = match line.name().to_ascii_uppercase().as_str() {
            "UID" => &mut self.id,
            "DTSTART" => &mut self.starts,
            "DTEND" => &mut self.ends,
            "DURATION" => &mut self.lasts,
            "RECURRENCE-ID" => &mut self.replaces,
            "STATUS" => &mut self.status,
            "TRANSP" => &mut self.transparency,
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

    /// Whether it keeps nobody busy.
    pub fn is_free(&self) -> bool {
        let says = |line: &Option<FeedLine<'_>>, word: &str| {
            line.as_ref().is_some_and(|line| line.value().eq_ignore_ascii_case(word))
        };
        says(&self.status, "CANCELLED") || says(&self.transparency, "TRANSPARENT")
    }

    /// Whether it may take place more than once.
    pub const fn is_series(&self) -> bool {
        !self.rules.is_empty() || !self.added.is_empty()
    }

    /// The earliest time of a series that begins at `starts_at`. Added dates may lie before its beginning.
    pub fn earliest(&self, starts_at: Instant, window: Span) -> Instant {
        if self.added.is_empty() { starts_at } else { starts_at.min(window.starts_at) }
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
        Some(Replaced { at, and_following: self.changes_following() })
    }

    /// Whether it stands for one repetition of a series, or for all from there on.
    pub const fn is_replacement(&self) -> bool {
        self.replaces.is_some()
    }

    /// Whether it replaces all later repetitions too.
    pub fn changes_following(&self) -> bool {
        let range = self.replaces.as_ref().and_then(|line| line.parameter("RANGE"));
        range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"))
    }

    /// When it takes place. What cannot be read is told; only without beginning and end it cannot be placed.
    pub fn times<'zones>(
        &self,
        finder: &mut ZoneFinder<'zones>,
        troubles: &mut LineTroubles,
    ) -> Option<EventTimes<'zones>> {
        let Some(starts) = self.starts.as_ref().and_then(|line| time_of(line, finder, troubles)) else {
            let line = self.starts.as_ref().unwrap_or(&self.begins);
            troubles.tell(LineTroubleKind::Start, line.number, line.text());
            return Some(before(time_of(self.ends.as_ref()?, finder, troubles)?));
        };
        let usual = if starts.is_day() { EventLength::DAY } else { EventLength::HOUR };
        let end_line = self.ends.as_ref().or(self.lasts.as_ref());
        let read = match (&self.ends, &self.lasts) {
            (Some(line), _) => {
                time_of(line, finder, troubles).and_then(|ends| EventLength::until(&starts, &ends, finder.own))
            }
            (None, Some(line)) => EventLength::read(line.value()),
            // By the standard, a time without an end takes no time.
            (None, None) => Some(EventLength::NOTHING),
        };
        let length = match (read, end_line) {
            (Some(length), _) if starts.is_day() && length.longest() < TimeDelta::days(1) => EventLength::DAY,
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

/// The beginning or end of an event. Where the line says that it is a day, it is one, also if a time of day follows.
fn time_of<'zones>(
    line: &FeedLine<'_>,
    finder: &mut ZoneFinder<'zones>,
    troubles: &mut LineTroubles,
) -> Option<EventTime<'zones>> {
    let time = finder.time(line, troubles)?;
    if !line.parameter("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE")) {
        return Some(time);
    }
    // An end is the day after the last one, unless it names a time on the last one.
    let is_within = line.is("DTEND") && time.local().time() != NaiveTime::MIN;
    Some(EventTime::Day(if is_within { time.day().succ_opt()? } else { time.day() }))
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

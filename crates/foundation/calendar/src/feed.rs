//! Reads busy times from an external calendar (RFC 5545). Only times are taken over: no titles, people or places.

mod times;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use icalendar::parser::{self, Component};
use kernel::Instant;
use rrule::{RRule, RRuleSet, Unvalidated};

use crate::rules::Span;
use times::{EventLength, EventTime};

/// The most events that one calendar may have.
const EVENTS_MAX: usize = 20_000;
/// The most busy times that one calendar may have within the requested period.
const SPANS_MAX: usize = 10_000;
/// The most repetitions of one event that are counted.
const REPETITIONS_MAX: u16 = 2_000;
/// Longer events are ignored: they are mistakes rather than appointments, and would block a year.
const LENGTH_MAX: TimeDelta = TimeDelta::days(92);

/// The end of our own events' ids. Such events return to us from calendars that our feed or invitations were added to.
const OURS: &str = "@stagedoor";

/// Why a text cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedFault {
    #[error("this is not a calendar in the iCalendar format")]
    NotACalendar,
    #[error("this calendar has more events than can be taken over")]
    TooMany,
}

/// One event, or one repetition that replaces the regular one.
struct FeedEvent<'text> {
    id: &'text str,
    starts: EventTime,
    length: EventLength,
    is_busy: bool,
    /// The start of the regular repetition that this one replaces (`RECURRENCE-ID`).
    replaces: Option<Instant>,
    rules: Vec<&'text str>,
    /// Additional starts (`RDATE`).
    added: Vec<Instant>,
    /// Starts that are left out (`EXDATE`).
    excluded: BTreeSet<Instant>,
}

/// The busy times between `from` and `to`, in order and merged where they touch. Whole days and times without a zone are read in
/// `zone`. Events that cannot be read are skipped, as calendar programs do; a text that is not a calendar is refused.
pub fn busy_spans(text: &str, zone: Tz, from: Instant, to: Instant) -> Result<Vec<Span>, FeedFault> {
    let unfolded = parser::unfold(text.trim_start_matches('\u{feff}'));
    let roots = parser::read_calendar_simple(&unfolded).map_err(|_| FeedFault::NotACalendar)?;
    let calendars: Vec<_> = roots.iter().filter(|root| root.name.as_str() == "VCALENDAR").collect();
    if calendars.is_empty() {
        return Err(FeedFault::NotACalendar);
    }
    let components = calendars.iter().flat_map(|calendar| &calendar.components);
    let events: Vec<_> = components.filter(|one| one.name.as_str() == "VEVENT").collect();
    if events.len() > EVENTS_MAX {
        return Err(FeedFault::TooMany);
    }
    let events: Vec<FeedEvent<'_>> = events.into_iter().filter_map(|event| FeedEvent::read(event, zone)).collect();
    let mut replaced: BTreeMap<&str, BTreeSet<Instant>> = BTreeMap::new();
    for event in &events {
        if let Some(at) = event.replaces {
            replaced.entry(event.id).or_default().insert(at);
        }
    }
    let none = BTreeSet::new();
    let mut spans = Vec::new();
    for event in events.iter().filter(|event| event.is_busy && !event.id.ends_with(OURS)) {
        let skipped = if event.replaces.is_some() { &none } else { replaced.get(event.id).unwrap_or(&none) };
        for starts_at in event.starts_within(from, to).into_iter().filter(|at| !skipped.contains(at)) {
            let ends_at = event.length.end(&event.starts, starts_at, zone);
            if starts_at < ends_at && starts_at < to && ends_at > from && ends_at - starts_at <= LENGTH_MAX {
                spans.push(Span::new(starts_at.max(from), ends_at.min(to)));
            }
        }
        if spans.len() > SPANS_MAX {
            return Err(FeedFault::TooMany);
        }
    }
    Ok(Span::merge(spans))
}

impl<'text> FeedEvent<'text> {
    fn read(component: &'text Component<'text>, zone: Tz) -> Option<Self> {
        let all = |name: &'static str| component.properties.iter().filter(move |one| one.name.as_str() == name);
        let first = |name: &'static str| all(name).next();
        let said = |name, word| first(name).is_some_and(|one| one.val.as_str().eq_ignore_ascii_case(word));
        let instants = |name| all(name).flat_map(move |one| times::list(one, zone)).map(|when| when.instant());
        let starts = times::list(first("DTSTART")?, zone).next()?;
        let end = first("DTEND").and_then(|end| times::list(end, zone).next());
        let length = match (end, first("DURATION")) {
            (Some(end), _) => EventLength::until(&starts, &end),
            (None, Some(duration)) => EventLength::of(duration.val.as_str())?,
            (None, None) => EventLength::default_for(&starts),
        };
        Some(Self {
            id: first("UID").map_or("", |id| id.val.as_str()),
            is_busy: !said("STATUS", "CANCELLED") && !said("TRANSP", "TRANSPARENT"),
            replaces: first("RECURRENCE-ID").and_then(|id| times::list(id, zone).next()).map(|when| when.instant()),
            rules: all("RRULE").map(|rule| rule.val.as_str()).collect(),
            added: instants("RDATE").collect(),
            excluded: instants("EXDATE").collect(),
            starts,
            length,
        })
    }

    /// Every start of the event that can reach into the requested period.
    fn starts_within(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let first = self.starts.instant();
        let mut found: BTreeSet<Instant> = self.added.iter().copied().chain([first]).collect();
        if self.replaces.is_none() {
            let begin = self.starts.zoned();
            for rule in &self.rules {
                found.extend(repeated(rule, begin, from - LENGTH_MAX, to));
            }
        }
        found.into_iter().filter(|at| !self.excluded.contains(at)).collect()
    }
}

/// The starts that a recurrence rule gives; none when the rule cannot be read.
fn repeated(rule: &str, begin: DateTime<rrule::Tz>, from: Instant, to: Instant) -> Vec<Instant> {
    let Ok(rule) = rule.parse::<RRule<Unvalidated>>().and_then(|rule| rule.validate(begin)) else { return Vec::new() };
    let zone = begin.timezone();
    let set = RRuleSet::new(begin).rrule(rule).after(from.with_timezone(&zone)).before(to.with_timezone(&zone));
    set.all(REPETITIONS_MAX).dates.into_iter().map(|at| at.to_utc()).collect()
}

#[cfg(test)]
mod tests;

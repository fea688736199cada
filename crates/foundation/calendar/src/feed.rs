//! What a calendar from elsewhere (RFC 5545) keeps busy. Only times are taken from it: no names, no places, no words.

mod times;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use icalendar::parser::{self, Component};
use kernel::Instant;
use rrule::{RRule, RRuleSet, Unvalidated};

use crate::rules::Span;
use times::{Length, When};

/// Events that one calendar may have.
const EVENTS_MAX: usize = 20_000;
/// Busy times that it may come to within the asked ones.
const SPANS_MAX: usize = 10_000;
/// Times that one event may come back.
const RETURNS_MAX: u16 = 2_000;
/// Longer events are taken for mistakes: one alone would close a year.
const LENGTH_MAX: TimeDelta = TimeDelta::days(92);

/// Events of ours, which come back from calendars that our feed or our invitations were added to.
const OURS: &str = "@stagedoor";

/// Why a text is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedFault {
    #[error("this is not a calendar in the iCalendar format")]
    NotACalendar,
    #[error("this calendar has more events than can be taken over")]
    TooMany,
}

/// One event, or one return of it that differs from the rest.
struct FeedEvent<'text> {
    id: &'text str,
    starts: When,
    length: Length,
    is_busy: bool,
    /// The return that this one stands for.
    stands_for: Option<Instant>,
    rules: Vec<&'text str>,
    more: Vec<Instant>,
    less: BTreeSet<Instant>,
}

/// The busy times between `from` and `to`, in order and joined where they touch. Days without times and times without a zone are those of
/// `zone`. An event that cannot be read is left out, as calendars do; a text that is none is refused whole.
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
        if let Some(at) = event.stands_for {
            replaced.entry(event.id).or_default().insert(at);
        }
    }
    let none = BTreeSet::new();
    let mut spans = Vec::new();
    for event in events.iter().filter(|event| event.is_busy && !event.id.ends_with(OURS)) {
        let skipped = if event.stands_for.is_some() { &none } else { replaced.get(event.id).unwrap_or(&none) };
        for starts_at in event.returns(from, to).into_iter().filter(|at| !skipped.contains(at)) {
            let ends_at = event.length.end(&event.starts, starts_at, zone);
            if starts_at < ends_at && starts_at < to && ends_at > from && ends_at - starts_at <= LENGTH_MAX {
                spans.push(Span::new(starts_at.max(from), ends_at.min(to)));
            }
        }
        if spans.len() > SPANS_MAX {
            return Err(FeedFault::TooMany);
        }
    }
    Ok(joined(spans))
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
            (Some(end), _) => Length::until(&starts, &end),
            (None, Some(duration)) => Length::of(duration.val.as_str())?,
            (None, None) => Length::usual(&starts),
        };
        Some(Self {
            id: first("UID").map_or("", |id| id.val.as_str()),
            is_busy: !said("STATUS", "CANCELLED") && !said("TRANSP", "TRANSPARENT"),
            stands_for: first("RECURRENCE-ID").and_then(|id| times::list(id, zone).next()).map(|when| when.instant()),
            rules: all("RRULE").map(|rule| rule.val.as_str()).collect(),
            more: instants("RDATE").collect(),
            less: instants("EXDATE").collect(),
            starts,
            length,
        })
    }

    /// When it begins, each time that can reach into the asked ones.
    fn returns(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let first = self.starts.instant();
        let mut found: BTreeSet<Instant> = self.more.iter().copied().chain([first]).collect();
        if self.stands_for.is_none() {
            let begin = self.starts.zoned();
            for rule in &self.rules {
                found.extend(repeated(rule, begin, from - LENGTH_MAX, to));
            }
        }
        found.into_iter().filter(|at| !self.less.contains(at)).collect()
    }
}

/// The times that a rule names; none when it is none.
fn repeated(rule: &str, begin: DateTime<rrule::Tz>, from: Instant, to: Instant) -> Vec<Instant> {
    let Ok(rule) = rule.parse::<RRule<Unvalidated>>().and_then(|rule| rule.validate(begin)) else { return Vec::new() };
    let zone = begin.timezone();
    let set = RRuleSet::new(begin).rrule(rule).after(from.with_timezone(&zone)).before(to.with_timezone(&zone));
    set.all(RETURNS_MAX).dates.into_iter().map(|at| at.to_utc()).collect()
}

/// The same time, in order, without overlaps.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::new();
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.starts_at <= last.ends_at => last.ends_at = last.ends_at.max(span.ends_at),
            _ => apart.push(span),
        }
    }
    apart
}

#[cfg(test)]
mod tests;

//! Time zones that a calendar file defines itself (`VTIMEZONE`). They are used where the name of a zone is unknown.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

use super::expand::expand;
use super::lines::FeedLine;
use super::rule::{Repetition, read_rule};
use super::times::{EventTime, read_offset};
use super::tokens::{Component, Token, Tokens};
use super::troubles::LineTroubles;
use super::work::{Halt, Work};
use super::zone_changes::{ClockChange, ZoneChanges};
use super::zones::known_zone;

/// The most zones of one file that are evaluated.
const ZONES_MAX: usize = 100;
/// The most changes of its clocks that one zone may have.
const CHANGES_MAX: usize = 2_000;

/// A zone as a file defines it.
#[derive(Debug)]
pub(super) enum DefinedZone {
    /// The definition says which known zone it is meant to be.
    Known(Tz),
    Changes(ZoneChanges),
}

/// Standard or daylight saving time, as it is being read.
#[derive(Default)]
struct Observance<'text> {
    starts: Option<NaiveDateTime>,
    before: Option<TimeDelta>,
    after: Option<TimeDelta>,
    rules: Vec<FeedLine<'text>>,
    added: Vec<NaiveDateTime>,
}

/// The zones that a file defines under names that are not known, by name; their rules are followed up to `to`.
pub(super) fn defined_zones(
    text: &str,
    to: NaiveDateTime,
    work: &mut Work<'_>,
) -> Result<HashMap<String, DefinedZone>, Halt> {
    let mut zones = HashMap::new();
    let (mut tokens, mut ignored) = (Tokens::new(text), LineTroubles::default());
    let (mut name, mut meant, mut changes) = (None::<String>, None, Vec::new());
    let mut observance = Observance::default();
    while let Some(token) = tokens.next(&mut ignored) {
        work.look_up()?;
        match token {
            Token::Begin(Component::TimeZone, _) => (name, meant, changes) = (None, None, Vec::new()),
            Token::Property(Component::TimeZone, line) if line.is("TZID") => {
                name = Some(line.value().trim_matches('"').to_owned())
            }
            Token::Property(Component::TimeZone, line) if line.is("X-LIC-LOCATION") => meant = known_zone(line.value()),
            Token::Begin(Component::Observance, _) => observance = Observance::default(),
            Token::Property(Component::Observance, line) => observance.take(line),
            Token::End(Component::Observance) => observance.add_changes(&mut changes, to, work)?,
            Token::End(Component::TimeZone) => {
                let name = name.take().filter(|name| known_zone(name).is_none() && zones.len() < ZONES_MAX);
                let changes = std::mem::take(&mut changes);
                let zone = match meant {
                    Some(zone) => Some(DefinedZone::Known(zone)),
                    None => (!changes.is_empty()).then(|| DefinedZone::Changes(ZoneChanges::new(changes))),
                };
                if let (Some(name), Some(zone)) = (name, zone) {
                    zones.entry(name).or_insert(zone);
                }
            }
            _ => {}
        }
    }
    Ok(zones)
}

impl<'text> Observance<'text> {
    fn take(&mut self, line: FeedLine<'text>) {
        let offset = |line: &FeedLine<'_>| read_offset(line.value()).map(|seconds| TimeDelta::seconds(seconds.into()));
        let local = |text: &str| EventTime::read(text, None).map(|time| time.local());
        if line.is("DTSTART") {
            self.starts = local(line.value());
        } else if line.is("TZOFFSETFROM") {
            self.before = offset(&line);
        } else if line.is("TZOFFSETTO") {
            self.after = offset(&line);
        } else if line.is("RRULE") {
            self.rules.push(line);
        } else if line.is("RDATE") {
            self.added.extend(line.value().split(',').filter_map(local).take(CHANGES_MAX));
        }
    }

    /// Adds the changes that this observance begins with.
    fn add_changes(&self, changes: &mut Vec<ClockChange>, to: NaiveDateTime, work: &mut Work<'_>) -> Result<(), Halt> {
        let (Some(starts), Some(after)) = (self.starts, self.after) else { return Ok(()) };
        let before = self.before.unwrap_or(after);
        let mut add = |local: NaiveDateTime| {
            if changes.len() < CHANGES_MAX {
                changes.push(ClockChange { local, before, after });
            }
            Ok(())
        };
        self.added.iter().copied().chain([starts]).try_for_each(&mut add)?;
        for line in &self.rules {
            let Repetition::Periods(rule) = read_rule(line, &mut LineTroubles::default()) else { continue };
            let until = rule.until.map(|until| until.local() + if until.is_utc() { before } else { TimeDelta::zero() });
            expand(&rule, starts, until, (starts, to), work, &mut add)?;
        }
        Ok(())
    }
}

//! Finds the zones that the lines of one file name, and reads the times of lines.

use std::collections::{HashMap, HashSet};

use super::definitions::DefinedZone;
use super::lines::{FeedLine, parameter_of};
use super::times::{EventLength, EventTime};
use super::troubles::{LineTroubleKind, LineTroubles};
use super::zones::{Zone, known_zone};

/// The most unknown names that are told once each; further ones are told each time.
const TOLD_MAX: usize = 1_000;

/// The zones of one file.
#[derive(Debug)]
pub(super) struct ZoneFinder<'zones> {
    /// The zone of days and of times without a zone.
    pub own: Zone<'zones>,
    defined: &'zones HashMap<String, DefinedZone>,
    told: HashSet<String>,
}

/// A time of a list, with an end of its own if it is a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListedTime<'zones> {
    pub starts: EventTime<'zones>,
    pub length: Option<EventLength>,
}

impl<'zones> ZoneFinder<'zones> {
    pub fn new(own: Zone<'zones>, defined: &'zones HashMap<String, DefinedZone>) -> Self {
        Self { own, defined, told: HashSet::new() }
    }

    /// The times of a line, one after the other; `None` for each that cannot be read. Periods are read with their ends.
    pub fn times<'line>(
        &mut self,
        line: &'line FeedLine<'_>,
        troubles: &mut LineTroubles,
    ) -> impl Iterator<Item = Option<ListedTime<'zones>>> + use<'line, 'zones> {
        // Some programs write zones with a colon and without quotation marks.
        let is_time = line.value().split([',', '/']).next().is_some_and(|item| EventTime::read(item, None).is_some());
        let (parameters, value) =
            if is_time { (line.parameters(), line.value()) } else { line.value_after_last_colon() };
        // Times in UTC and days need no zone, so none is missed there.
        let needs_zone =
            value.split([',', '/']).any(|item| item.contains(['T', 't', ' ']) && !item.trim().ends_with(['Z', 'z']));
        let zone =
            parameter_of(parameters, "TZID").filter(|_| needs_zone).and_then(|name| self.find(name, line, troubles));
        let own = self.own;
        value.split(',').map(move |item| {
            let Some((starts, ends)) = item.split_once('/') else {
                return Some(ListedTime { starts: EventTime::read(item, zone)?, length: None });
            };
            let starts = EventTime::read(starts, zone)?;
            let length =
                EventLength::read(ends).or_else(|| EventLength::until(&starts, &EventTime::read(ends, zone)?, own))?;
            Some(ListedTime { starts, length: Some(length) })
        })
    }

    /// The first time of a line.
    pub fn time(&mut self, line: &FeedLine<'_>, troubles: &mut LineTroubles) -> Option<EventTime<'zones>> {
        self.times(line, troubles).next()?.map(|listed| listed.starts)
    }

    /// The zone of this name. `None` if it is unknown, which is added to the troubles.
    fn find(&mut self, name: &str, line: &FeedLine<'_>, troubles: &mut LineTroubles) -> Option<Zone<'zones>> {
        if let Some(zone) = known_zone(name) {
            return Some(Zone::Known(zone));
        }
        let defined = self.defined.get(name);
        if let Some(DefinedZone::Known(zone)) = defined {
            return Some(Zone::Known(*zone));
        }
        if !self.told.contains(name) {
            let kind = if defined.is_some() { LineTroubleKind::DefinedZone } else { LineTroubleKind::Zone };
            troubles.tell(kind, line.number, line.text());
            if self.told.len() < TOLD_MAX {
                self.told.insert(name.to_owned());
            }
        }
        match defined {
            Some(DefinedZone::Changes(definition)) => Some(Zone::Defined(definition)),
            _ => None,
        }
    }
}

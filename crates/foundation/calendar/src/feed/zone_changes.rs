//! The clocks of a zone that a calendar file defines itself.

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use kernel::Instant;

/// When the clocks of a zone change, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ZoneChanges(Vec<ClockChange>);

/// A change of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClockChange {
    /// What the clocks show when it comes, before they are changed.
    pub local: NaiveDateTime,
    pub before: TimeDelta,
    pub after: TimeDelta,
}

impl ZoneChanges {
    pub fn new(mut changes: Vec<ClockChange>) -> Self {
        changes.sort_unstable();
        Self(changes)
    }

    /// The first instant at which clocks show `local`, or the end of the jump that skips it.
    pub fn instant(&self, local: NaiveDateTime) -> Instant {
        let passed = self.0.partition_point(|change| change.local <= local);
        let Some(change) = passed.checked_sub(1).and_then(|last| self.0.get(last)) else {
            return Utc.from_utc_datetime(&(local - self.0.first().map_or_else(TimeDelta::zero, |first| first.before)));
        };
        let is_skipped = local < change.local - change.before + change.after;
        Utc.from_utc_datetime(&if is_skipped { change.local - change.before } else { local - change.after })
    }

    /// What clocks show at an instant.
    pub fn local(&self, at: Instant) -> NaiveDateTime {
        let at = at.naive_utc();
        let passed = self.0.iter().rev().find(|change| change.local - change.before <= at);
        at + passed
            .map_or_else(|| self.0.first().map_or_else(TimeDelta::zero, |first| first.before), |change| change.after)
    }
}

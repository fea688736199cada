//! The clocks of a zone that a calendar file defines itself.

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use kernel::Instant;

/// When the clocks of a zone change, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ZoneChanges {
    /// In the order of what clocks show.
    changes: Vec<ClockChange>,
    /// For each change the earliest instant at which it or a later one comes, so that one is found without looking at all of them.
    earliest: Vec<NaiveDateTime>,
}

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
        let mut earliest: Vec<_> = changes.iter().map(ClockChange::at).collect();
        for place in (1..earliest.len()).rev() {
            earliest[place - 1] = earliest[place - 1].min(earliest[place]);
        }
        Self { changes, earliest }
    }

    /// The first instant at which clocks show `local`, or the end of the jump that skips it.
    pub fn instant(&self, local: NaiveDateTime) -> Instant {
        let passed = self.changes.partition_point(|change| change.local <= local);
        let Some(change) = passed.checked_sub(1).and_then(|last| self.changes.get(last)) else {
            return Utc.from_utc_datetime(&(local - self.first_offset()));
        };
        let is_skipped = local < change.local - change.before + change.after;
        Utc.from_utc_datetime(&if is_skipped { change.at() } else { local - change.after })
    }

    /// The instant at which clocks show `local` for the second time, if they do.
    pub fn second_instant(&self, local: NaiveDateTime) -> Option<Instant> {
        let next = self.changes.get(self.changes.partition_point(|change| change.local <= local))?;
        (local >= next.at() + next.after).then(|| Utc.from_utc_datetime(&(local - next.after)))
    }

    /// What clocks show at an instant.
    pub fn local(&self, at: Instant) -> NaiveDateTime {
        let at = at.naive_utc();
        let passed = self.earliest.partition_point(|earliest| *earliest <= at);
        let change = passed.checked_sub(1).and_then(|last| self.changes.get(last));
        at + change.map_or_else(|| self.first_offset(), |change| change.after)
    }

    /// How far clocks are ahead of UTC before the first change.
    fn first_offset(&self) -> TimeDelta {
        self.changes.first().map_or_else(TimeDelta::zero, |first| first.before)
    }
}

impl ClockChange {
    /// When it comes, in UTC.
    fn at(&self) -> NaiveDateTime {
        self.local - self.before
    }
}

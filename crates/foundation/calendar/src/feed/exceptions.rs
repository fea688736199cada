//! The repetitions of a series that do not take place as its rules say: left out, moved, or changed from one on.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use kernel::Instant;

use super::clock::SeriesClock;
use super::collected::BusySpans;
use super::event::{EventLines, EventTimes, Replaced};
use super::state::ReadingState;
use super::times::{EventLength, EventTime};
use super::troubles::LineTroubleKind;
use super::work::Halt;
use super::zones::Zone;
use crate::rules::Span;

/// What it costs to match a replacement with a series, which may have to be done for many series.
const REPLACEMENT_STEPS: u32 = 4;
/// Clocks of two zones are never further apart than this.
const CLOCKS_APART: TimeDelta = TimeDelta::days(2);

/// An event that stands for one repetition of a series, or for all from there on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replacement<'zones> {
    pub replaced: Replaced<'zones>,
    /// When it takes place instead; `None` if it keeps nobody busy.
    pub times: Option<EventTimes<'zones>>,
}

/// A change of all repetitions from a wall time on.
#[derive(Debug, Clone, Copy)]
struct SeriesChange<'zones> {
    from: NaiveDateTime,
    /// When the repetition at `from` takes place; `None` if it and all others keep nobody busy.
    times: Option<EventTimes<'zones>>,
}

/// The repetitions that do not take place as the rule says.
#[derive(Debug, Default)]
pub(super) struct Exceptions<'zones> {
    days: HashSet<NaiveDate>,
    locals: HashSet<NaiveDateTime>,
    instants: HashSet<Instant>,
    /// In order.
    changes: Vec<SeriesChange<'zones>>,
}

/// Where a repetition takes place, and for how long.
struct PlacedRepetition<'zones> {
    local: NaiveDateTime,
    zone: Zone<'zones>,
    length: EventLength,
}

impl<'zones> Exceptions<'zones> {
    pub fn of(
        lines: &EventLines<'_>,
        replacements: &[Replacement<'zones>],
        clock: SeriesClock<'zones>,
        state: &mut ReadingState<'zones, '_>,
    ) -> Result<Self, Halt> {
        let mut exceptions = Self::default();
        for line in &lines.excluded {
            for listed in state.finder.times(line, &mut state.troubles) {
                state.work.spend(1)?;
                match listed {
                    Some(listed) => exceptions.leave_out(listed.starts, clock),
                    None => state.troubles.tell(LineTroubleKind::Date, line.number, line.text()),
                }
            }
        }
        for Replacement { replaced, times } in replacements {
            state.work.spend(REPLACEMENT_STEPS)?;
            exceptions.leave_out(replaced.at, clock);
            if replaced.and_following {
                let from = if clock.starts.is_day() {
                    clock.day_of(replaced.at).and_time(NaiveTime::MIN)
                } else {
                    clock.local_of(replaced.at)
                };
                exceptions.changes.push(SeriesChange { from, times: *times });
            }
        }
        exceptions.changes.sort_by_key(|change| change.from);
        Ok(exceptions)
    }

    fn leave_out(&mut self, at: EventTime<'zones>, clock: SeriesClock<'zones>) {
        match at {
            _ if clock.starts.is_day() => {
                self.days.insert(clock.day_of(at));
            }
            EventTime::Day(day) => {
                self.days.insert(day);
            }
            EventTime::Floating(local) => {
                self.locals.insert(local);
            }
            EventTime::Zoned(..) => {
                self.locals.insert(clock.local_of(at));
                self.instants.insert(at.instant(clock.own));
            }
        }
    }

    /// The wall times between which repetitions may reach into the window, wherever they take place; `None` if there are none.
    pub fn reach(
        &self,
        length: EventLength,
        clock: SeriesClock<'zones>,
        window: Span,
    ) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let unchanged = PlacedRepetition { local: NaiveDateTime::MIN, zone: clock.zone, length };
        let changed = self.changes.iter().map(|change| (change.from, change.placed(change.from, clock)));
        let ends = self.changes.iter().map(|change| change.from).chain([NaiveDateTime::MAX]);
        let reaches = [(NaiveDateTime::MIN, Some(unchanged))].into_iter().chain(changed).zip(ends);
        let reaches = reaches.filter_map(|((begins, placed), ends)| {
            let placed = placed?;
            let moved_by = placed.local - begins;
            let from = placed.zone.local(window.starts_at) - placed.length.longest() - moved_by - CLOCKS_APART;
            let to = placed.zone.local(window.ends_at) - moved_by + CLOCKS_APART;
            Some((from.max(begins), to.min(ends))).filter(|(from, to)| from <= to)
        });
        reaches.reduce(|(from, to), (other_from, other_to)| (from.min(other_from), to.max(other_to)))
    }

    /// How much earlier than the rule says a repetition may take place.
    pub fn moved_earlier(&self) -> TimeDelta {
        let moved = self.changes.iter().filter_map(|change| Some(change.from - change.times?.starts.local()));
        let most = moved.max().filter(|most| *most > TimeDelta::zero());
        most.map_or_else(TimeDelta::zero, |most| most + CLOCKS_APART)
    }

    /// Adds the busy time of a repetition, unless it does not take place; returns when it would begin. One that `comes_twice` is not
    /// skipped when clocks show its time again.
    pub fn add(
        &self,
        local: NaiveDateTime,
        length: EventLength,
        comes_twice: bool,
        clock: SeriesClock<'zones>,
        busy: &mut BusySpans,
    ) -> Instant {
        let starts_at = clock.zone.instant(local);
        let Some(placed) = self.placed(local, length, clock) else { return starts_at };
        if !self.leaves_out(local, starts_at, clock) {
            placed.add(placed.zone.instant(placed.local), busy);
        }
        let second = comes_twice.then(|| placed.zone.second_instant(placed.local)).flatten();
        if let Some(second) = second.filter(|second| !self.leaves_out(local, *second, clock)) {
            placed.add(second, busy);
        }
        starts_at
    }

    /// The same for one that is listed with its time.
    pub fn add_listed(
        &self,
        starts: EventTime<'zones>,
        length: EventLength,
        clock: SeriesClock<'zones>,
        busy: &mut BusySpans,
    ) {
        if self.changes.is_empty() && !busy.may_hold(starts.local(), length.longest()) {
            return;
        }
        let local = clock.local_of(starts);
        let starts_at = match starts {
            // On the clock of the series this may be another instant, in a night in which it goes back.
            EventTime::Zoned(..) => starts.instant(clock.own),
            EventTime::Day(_) | EventTime::Floating(_) => clock.zone.instant(local),
        };
        if self.leaves_out(local, starts_at, clock) {
            return;
        }
        let Some(placed) = self.placed(local, length, clock) else { return };
        let is_unmoved = placed.local == local && placed.zone == clock.zone;
        placed.add(if is_unmoved { starts_at } else { placed.zone.instant(placed.local) }, busy);
    }

    /// Adds the time between the first and the last repetition of a rule that has no gaps; without a last one it goes on.
    pub fn add_unbroken(
        &self,
        last: Option<NaiveDateTime>,
        length: EventLength,
        clock: SeriesClock<'zones>,
        busy: &mut BusySpans,
    ) {
        let window = busy.window();
        let end = |placed: &PlacedRepetition<'zones>| {
            placed.length.end(placed.zone.instant(placed.local), placed.local, placed.zone)
        };
        let unchanged = |last| PlacedRepetition { local: last, zone: clock.zone, length };
        busy.add(clock.starts.instant(clock.own), last.map_or(window.ends_at, |last| end(&unchanged(last))));
        for change in &self.changes {
            let Some(first) = change.placed(change.from, clock) else { continue };
            let last = last.map(|last| change.placed(last, clock));
            let ends_at = last.map_or(window.ends_at, |last| last.as_ref().map_or(window.ends_at, end));
            busy.add(first.zone.instant(first.local), ends_at);
        }
    }

    /// Whether the repetition that begins at this wall time and instant does not take place.
    fn leaves_out(&self, local: NaiveDateTime, starts_at: Instant, clock: SeriesClock<'zones>) -> bool {
        self.days.contains(&local.date())
            || self.instants.contains(&starts_at)
            // A wall time that comes twice means the first one.
            || (self.locals.contains(&local) && starts_at == clock.zone.instant(local))
    }

    /// Where a repetition takes place; `None` if it keeps nobody busy.
    fn placed(
        &self,
        local: NaiveDateTime,
        length: EventLength,
        clock: SeriesClock<'zones>,
    ) -> Option<PlacedRepetition<'zones>> {
        let passed = self.changes.partition_point(|change| change.from <= local);
        match passed.checked_sub(1).and_then(|last| self.changes.get(last)) {
            None => Some(PlacedRepetition { local, zone: clock.zone, length }),
            Some(change) => change.placed(local, clock),
        }
    }
}

impl<'zones> SeriesChange<'zones> {
    fn placed(&self, local: NaiveDateTime, clock: SeriesClock<'zones>) -> Option<PlacedRepetition<'zones>> {
        let EventTimes { starts, length } = self.times?;
        Some(PlacedRepetition { local: starts.local() + (local - self.from), zone: starts.zone(clock.own), length })
    }
}

impl PlacedRepetition<'_> {
    fn add(&self, starts_at: Instant, busy: &mut BusySpans) {
        busy.add(starts_at, self.length.end(starts_at, self.local, self.zone));
    }
}

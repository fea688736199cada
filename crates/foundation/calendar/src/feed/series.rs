//! A repeated event: its repetitions in wall time, without those that are left out or replaced. Instants come last.

use kernel::Instant;

use super::clock::SeriesClock;
use super::event::{EventLines, EventTimes};
use super::exceptions::{Exceptions, Replacement};
use super::expand::expand;
use super::lines::FeedLine;
use super::rule::{Frequency, Repetition, Rule, read_rule};
use super::state::ReadingState;
use super::troubles::LineTroubleKind;
use super::work::Halt;

/// A repeated event.
#[derive(Debug)]
pub(super) struct Series<'text, 'zones> {
    pub lines: EventLines<'text>,
    pub times: EventTimes<'zones>,
}

impl<'zones> Series<'_, 'zones> {
    /// Adds the busy times of the series. What cannot be followed to its end is told, and busy.
    pub fn add_to(
        &self,
        state: &mut ReadingState<'zones, '_>,
        replacements: &[Replacement<'zones>],
    ) -> Result<(), Halt> {
        let own = state.finder.own;
        let clock = SeriesClock { starts: self.times.starts, zone: self.times.starts.zone(own), own };
        let earliest = self.lines.earliest(clock.starts.instant(own), state.busy.window());
        if let Some(line) = &self.lines.cut_off {
            state.troubles.tell(LineTroubleKind::CutOff, line.number, line.text());
            if !line.is("EXDATE") {
                state.busy.add_rest(earliest);
            }
        }
        let rest = match Exceptions::of(&self.lines, replacements, clock, state) {
            Ok(exceptions) => self.follow(&exceptions, clock, state)?,
            Err(Halt::Spent) => Some(earliest),
            Err(Halt::Stopped) => return Err(Halt::Stopped),
        };
        if let Some(rest) = rest {
            state.troubles.tell(LineTroubleKind::CutOff, self.lines.begins.number, self.lines.begins.text());
            state.busy.add_rest(rest);
        }
        Ok(())
    }

    /// Follows rules and added dates; returns from when on one of them could not be followed.
    fn follow(
        &self,
        exceptions: &Exceptions<'zones>,
        clock: SeriesClock<'zones>,
        state: &mut ReadingState<'zones, '_>,
    ) -> Result<Option<Instant>, Halt> {
        exceptions.add_listed(clock.starts, self.times.length, clock, &mut state.busy);
        let listed = self.add_listed(exceptions, clock, state);
        // They are in no order.
        let mut rest = unless_spent(listed, state.busy.window().starts_at)?;
        for line in &self.lines.rules {
            let mut reached = clock.starts.instant(clock.own);
            let followed = self.add_rule(line, exceptions, clock, &mut reached, state);
            let reached = reached.checked_sub_signed(exceptions.moved_earlier()).unwrap_or(reached);
            rest = rest.into_iter().chain(unless_spent(followed, reached)?).min();
        }
        Ok(rest)
    }

    /// Adds the repetitions of a rule; `reached` is the beginning of the last one found.
    fn add_rule(
        &self,
        line: &FeedLine<'_>,
        exceptions: &Exceptions<'zones>,
        clock: SeriesClock<'zones>,
        reached: &mut Instant,
        state: &mut ReadingState<'zones, '_>,
    ) -> Result<(), Halt> {
        let (first, length) = (clock.starts.local(), self.times.length);
        match read_rule(line, &mut state.troubles) {
            Repetition::Periods(rule) => {
                let Some(reach) = exceptions.reach(length, clock, state.busy.window()) else { return Ok(()) };
                let until = rule.until.map(|until| clock.end_of_rule(until));
                // What comes every hour also comes in the one that clocks show twice.
                let comes_twice = rule.frequency == Frequency::Hourly || rule.hours.len() > 1;
                let busy = &mut state.busy;
                expand(&rule, first, until, reach, &mut state.work, |local| {
                    *reached = exceptions.add(local, length, comes_twice, clock, busy).max(*reached);
                    Ok(())
                })?;
                if rule.counts_hours() { self.add_as_hours_pass(&rule, exceptions, clock, state) } else { Ok(()) }
            }
            Repetition::Unbroken { until, lasts } => {
                let last = until.map(|until| clock.end_of_rule(until)).or_else(|| lasts.map(|lasts| first + lasts));
                exceptions.add_unbroken(last, length, clock, &mut state.busy);
                Ok(())
            }
        }
    }

    /// Adds what an hourly rule gives if its hours are counted as they pass. Programs differ in that, and the standard does not say; after
    /// clocks were changed, both may be meant.
    fn add_as_hours_pass(
        &self,
        rule: &Rule,
        exceptions: &Exceptions<'zones>,
        clock: SeriesClock<'zones>,
        state: &mut ReadingState<'zones, '_>,
    ) -> Result<(), Halt> {
        let (window, length) = (state.busy.window(), self.times.length);
        let Some(reach) = exceptions.reach(length, clock, window) else { return Ok(()) };
        let until = rule.until.map(|until| clock.end_of_rule(until));
        for shift in clock.shifts(window) {
            let busy = &mut state.busy;
            expand(rule, clock.starts.local() + shift, until, reach, &mut state.work, |local| {
                let first = clock.zone.instant(local);
                let times = [Some(first), clock.zone.second_instant(local)];
                // Elsewhere clocks are set in another way.
                if times.into_iter().flatten().any(|at| clock.shift_at(at) == shift) {
                    exceptions.add(local, length, true, clock, busy);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Adds the dates that are listed beside the rules (`RDATE`).
    fn add_listed(
        &self,
        exceptions: &Exceptions<'zones>,
        clock: SeriesClock<'zones>,
        state: &mut ReadingState<'zones, '_>,
    ) -> Result<(), Halt> {
        for line in &self.lines.added {
            for listed in state.finder.times(line, &mut state.troubles) {
                state.work.spend(1)?;
                match listed {
                    Some(listed) => {
                        let length = listed.length.unwrap_or(self.times.length);
                        exceptions.add_listed(listed.starts, length, clock, &mut state.busy);
                    }
                    None => state.troubles.tell(LineTroubleKind::Date, line.number, line.text()),
                }
            }
        }
        Ok(())
    }
}

/// `from` if the work was spent, because what is busy from there on is not known.
fn unless_spent(followed: Result<(), Halt>, from: Instant) -> Result<Option<Instant>, Halt> {
    match followed {
        Ok(()) => Ok(None),
        Err(Halt::Spent) => Ok(Some(from)),
        Err(Halt::Stopped) => Err(Halt::Stopped),
    }
}

//! A repeated event: its repetitions in wall time, without those that are left out or replaced. Instants come last.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use kernel::Instant;

use super::collected::BusySpans;
use super::event::{EventLines, EventTimes, Replaced};
use super::expand::expand;
use super::rule::{Repetition, read_rule};
use super::state::ReadingState;
use super::times::{EventLength, EventTime};
use super::troubles::LineTroubleKind;
use super::work::Halt;
use super::zones::Zone;

/// The last second of a day.
const DAY_END: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// A repeated event.
#[derive(Debug)]
pub(super) struct Series<'text, 'zones> {
    pub lines: EventLines<'text>,
    pub times: EventTimes<'zones>,
}

/// An event that stands for one repetition of a series, or for all from there on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replacement<'zones> {
    pub replaced: Replaced<'zones>,
    /// When it takes place instead; `None` if it keeps nobody busy.
    pub times: Option<EventTimes<'zones>>,
}

/// The clock that a series lives by.
#[derive(Debug, Clone, Copy)]
struct SeriesClock<'zones> {
    starts: EventTime<'zones>,
    zone: Zone<'zones>,
    own: Zone<'zones>,
}

/// The repetitions that do not take place as the rule says.
#[derive(Debug, Default)]
struct Exceptions<'zones> {
    days: HashSet<NaiveDate>,
    locals: HashSet<NaiveDateTime>,
    instants: HashSet<Instant>,
    /// Changes of all repetitions from a wall time on, in order.
    following: Vec<(NaiveDateTime, Option<EventTimes<'zones>>)>,
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
        let mut reached = clock.starts.instant(own);
        if let Some(line) = &self.lines.cut_off {
            state.troubles.tell(LineTroubleKind::CutOff, line.number, line.text());
            if !line.is("EXDATE") {
                state.busy.add_rest(reached);
            }
        }
        match self.follow(clock, &mut reached, state, replacements) {
            Err(Halt::Spent) => {
                state.troubles.tell(LineTroubleKind::CutOff, self.lines.begins.number, self.lines.begins.text());
                state.busy.add_rest(reached);
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// Follows rules and added dates; `reached` is the beginning of the last repetition found.
    fn follow(
        &self,
        clock: SeriesClock<'zones>,
        reached: &mut Instant,
        state: &mut ReadingState<'zones, '_>,
        replacements: &[Replacement<'zones>],
    ) -> Result<(), Halt> {
        let exceptions = Exceptions::of(&self.lines, replacements, clock, state)?;
        let window = state.busy.window();
        let (day, length) = (TimeDelta::days(2), self.times.length);
        let (from, to) =
            (clock.zone.local(window.starts_at) - length.longest() - day, clock.zone.local(window.ends_at) + day);
        let first = clock.starts.local();
        exceptions.add(first, length, clock, &mut state.busy);
        self.add_listed(&exceptions, clock, state)?;
        for line in &self.lines.rules {
            match read_rule(line, &mut state.troubles) {
                Repetition::Periods(rule) => {
                    let until = rule.until.map(|until| clock.end_of_rule(until));
                    let busy = &mut state.busy;
                    expand(&rule, first, until, (from, to), &mut state.work, |local| {
                        *reached = exceptions.add(local, length, clock, busy).max(*reached);
                        Ok(())
                    })?;
                }
                Repetition::Unbroken { until, lasts } => {
                    let last = match (until, lasts) {
                        (Some(until), _) => Some(clock.end_of_rule(until)),
                        (None, lasts) => lasts.map(|lasts| first + lasts),
                    };
                    let ends_at = last.map_or(window.ends_at, |last| length.end(last, clock.zone));
                    state.busy.add(clock.starts.instant(clock.own), ends_at);
                }
            }
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
                        exceptions.add(clock.local_of(listed.starts), length, clock, &mut state.busy);
                    }
                    None => state.troubles.tell(LineTroubleKind::Date, line.number, line.text()),
                }
            }
        }
        Ok(())
    }
}

impl<'zones> SeriesClock<'zones> {
    /// The wall time on this clock of a time that may be written on another.
    fn local_of(&self, time: EventTime<'zones>) -> NaiveDateTime {
        match time {
            EventTime::Day(_) if !self.starts.is_day() => time.local().date().and_time(self.starts.local().time()),
            EventTime::Day(_) | EventTime::Floating(_) => time.local(),
            EventTime::Zoned(local, zone) if zone == self.zone => local,
            EventTime::Zoned(local, zone) => self.zone.local(zone.instant(local)),
        }
    }

    /// The day that a time means for a series of whole days. Many programs write its midnight, in UTC or in some zone.
    fn day_of(&self, time: EventTime<'zones>) -> NaiveDate {
        let local = time.local();
        if time.is_utc() && local.time() != NaiveTime::MIN {
            self.own.local(time.instant(self.own)).date()
        } else {
            local.date()
        }
    }

    /// The last wall time that a rule may give. A day means all of it.
    fn end_of_rule(&self, until: EventTime<'zones>) -> NaiveDateTime {
        let local = until.local();
        if self.starts.is_day() {
            let day = if until.is_utc() {
                local.date().max(self.own.local(until.instant(self.own)).date())
            } else {
                local.date()
            };
            return day.and_time(DAY_END);
        }
        match until {
            EventTime::Day(day) => day.and_time(DAY_END),
            EventTime::Floating(local) => local,
            EventTime::Zoned(..) => self.zone.local(until.instant(self.own)),
        }
    }
}

impl<'zones> Exceptions<'zones> {
    fn of(
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
        for replacement in replacements {
            state.work.spend(1)?;
            exceptions.leave_out(replacement.replaced.at, clock);
            if replacement.replaced.and_following {
                exceptions.following.push((clock.local_of(replacement.replaced.at), replacement.times));
            }
        }
        exceptions.following.sort_by_key(|(from, _)| *from);
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

    /// Adds the busy time of a repetition, unless it does not take place; returns when it would begin.
    fn add(
        &self,
        local: NaiveDateTime,
        length: EventLength,
        clock: SeriesClock<'zones>,
        busy: &mut BusySpans,
    ) -> Instant {
        let starts_at = clock.zone.instant(local);
        if self.days.contains(&local.date()) || self.locals.contains(&local) || self.instants.contains(&starts_at) {
            return starts_at;
        }
        let passed = self.following.partition_point(|(from, _)| *from <= local);
        match passed.checked_sub(1).and_then(|last| self.following.get(last)) {
            None => busy.add(starts_at, length.end(local, clock.zone)),
            Some((from, Some(times))) => {
                let (zone, local) = (times.starts.zone(clock.own), times.starts.local() + (local - *from));
                busy.add(zone.instant(local), times.length.end(local, zone));
            }
            Some((_, None)) => {}
        }
        starts_at
    }
}

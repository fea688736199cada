//! Reads a calendar file event by event. Single events are placed at once; series are followed at the end of their calendar, when
//! everything that replaces a repetition is known.

use std::collections::HashMap;

use super::event::EventLines;
use super::exceptions::Replacement;
use super::lines::FeedLine;
use super::series::Series;
use super::state::ReadingState;
use super::tokens::{Component, Token, Tokens};
use super::troubles::LineTroubleKind;
use super::work::Halt;

/// The most repeated events of one calendar that are followed.
const SERIES_MAX: usize = 5_000;
/// The most lines and replacements of repeated events that are kept until the end of their calendar.
const KEPT_MAX: usize = 100_000;

/// The events of one calendar that wait for its end.
#[derive(Default)]
struct Waiting<'text, 'zones> {
    series: Vec<Series<'text, 'zones>>,
    replacements: HashMap<String, Vec<Replacement<'zones>>>,
    kept: usize,
}

/// Reads all calendars of a file; returns whether there was any.
pub(super) fn read<'text, 'zones>(text: &'text str, state: &mut ReadingState<'zones, '_>) -> Result<bool, Halt> {
    let mut tokens = Tokens::new(text);
    let mut event: Option<EventLines<'text>> = None;
    let mut waiting = Waiting::default();
    let mut is_calendar = false;
    while let Some(token) = tokens.next(&mut state.troubles) {
        state.work.look_up()?;
        match token {
            Token::Begin(component, line) => {
                is_calendar |= matches!(component, Component::Calendar | Component::Event);
                if component == Component::Event {
                    event = Some(EventLines::new(line));
                }
            }
            Token::Property(Component::Event, line) => {
                if let Some(event) = &mut event {
                    event.take(line);
                }
            }
            Token::Property(Component::FreeBusy, line) if line.is("FREEBUSY") => add_free_busy(&line, state)?,
            Token::End(Component::Event) => {
                if let Some(event) = event.take().filter(|event| !event.id().is_some_and(|id| state.own.hold(id))) {
                    waiting.take(event, state);
                }
            }
            Token::End(Component::Calendar) => std::mem::take(&mut waiting).follow(state)?,
            _ => {}
        }
    }
    waiting.follow(state)?;
    state.ends_early = tokens.ends_early();
    Ok(is_calendar)
}

/// Adds busy times that are written as such.
fn add_free_busy(line: &FeedLine<'_>, state: &mut ReadingState<'_, '_>) -> Result<(), Halt> {
    if line.parameter("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("FREE")) {
        return Ok(());
    }
    for listed in state.finder.times(line, &mut state.troubles) {
        state.work.look_up()?;
        match listed.and_then(|listed| Some((listed.starts, listed.length?))) {
            Some((starts, length)) if state.busy.may_hold(starts.local(), length.longest()) => {
                let zone = starts.zone(state.finder.own);
                let starts_at = starts.instant(zone);
                state.busy.add(starts_at, length.end(starts_at, starts.local(), zone));
            }
            Some(_) => {}
            None => state.troubles.tell(LineTroubleKind::Date, line.number, line.text()),
        }
    }
    Ok(())
}

impl<'text, 'zones> Waiting<'text, 'zones> {
    /// Places an event, or keeps what it needs for later.
    fn take(&mut self, event: EventLines<'text>, state: &mut ReadingState<'zones, '_>) {
        let own = state.finder.own;
        let replaced = event.replaced(&mut state.finder, &mut state.troubles);
        let times = if event.is_free() { None } else { event.times(&mut state.finder, &mut state.troubles) };
        let has_room = self.series.len() < SERIES_MAX && self.kept + event.line_count() <= KEPT_MAX;
        if let (Some(replaced), Some(id)) = (replaced, event.id()) {
            // If it cannot be placed, the regular repetition stays.
            if event.is_free() || times.is_some() {
                if has_room {
                    self.kept += 1;
                    self.replacements.entry(id.to_owned()).or_default().push(Replacement { replaced, times });
                } else {
                    state.troubles.tell(LineTroubleKind::CutOff, event.begins.number, event.begins.text());
                }
            }
        }
        let Some(times) = times else { return };
        let is_single = !event.is_series() && !event.changes_following();
        if is_single && !state.busy.may_hold(times.starts.local(), times.length.longest()) {
            return;
        }
        let zone = times.starts.zone(own);
        let starts_at = times.starts.instant(own);
        if event.changes_following() && (replaced.is_none() || !has_room) {
            // When the later repetitions take place instead is not known.
            state.busy.add_rest(starts_at);
        }
        if !event.is_series() {
            state.busy.add(starts_at, times.length.end(starts_at, times.starts.local(), zone));
        } else if has_room {
            self.kept += event.line_count();
            self.series.push(Series { lines: event, times });
        } else {
            state.troubles.tell(LineTroubleKind::CutOff, event.begins.number, event.begins.text());
            state.busy.add_rest(event.earliest(starts_at, state.busy.window()));
        }
    }

    /// Follows all series.
    fn follow(self, state: &mut ReadingState<'zones, '_>) -> Result<(), Halt> {
        for series in &self.series {
            // One that is a replacement itself would replace its own beginning.
            let id = series.lines.id().filter(|_| !series.lines.is_replacement());
            let replacements = id.and_then(|id| self.replacements.get(id));
            series.add_to(state, replacements.map_or(&[], Vec::as_slice))?;
        }
        Ok(())
    }
}

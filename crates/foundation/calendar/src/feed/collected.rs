//! The busy times of one reading, merged as they are found, so that there are never many.

use chrono::{NaiveDateTime, TimeDelta};
use kernel::Instant;

use crate::rules::Span;

/// The most busy times that one calendar may have.
pub(super) const SPANS_MAX: usize = 10_000;

/// Busy times within a window.
#[derive(Debug)]
pub(super) struct BusySpans {
    window: Span,
    spans: Vec<Span>,
    is_cut_off: bool,
}

impl BusySpans {
    pub const fn new(window: Span) -> Self {
        Self { window, spans: Vec::new(), is_cut_off: false }
    }

    pub const fn window(&self) -> Span {
        self.window
    }

    /// Whether an event of at most this length, that begins when some clock shows `local`, may reach into the window. It costs no look at
    /// a zone.
    pub fn may_hold(&self, local: NaiveDateTime, longest: TimeDelta) -> bool {
        let apart = TimeDelta::days(2);
        local <= self.window.ends_at.naive_utc() + apart && local + longest + apart >= self.window.starts_at.naive_utc()
    }

    /// Adds what lies within the window.
    pub fn add(&mut self, starts_at: Instant, ends_at: Instant) {
        let span = Span::new(starts_at.max(self.window.starts_at), ends_at.min(self.window.ends_at));
        if starts_at < ends_at && span.starts_at < span.ends_at {
            self.spans.push(span);
            if self.spans.len() >= 2 * SPANS_MAX {
                self.merge();
            }
        }
    }

    /// Adds all the time from here on, because what is busy there is not known.
    pub fn add_rest(&mut self, starts_at: Instant) {
        self.add(starts_at, self.window.ends_at.max(starts_at));
    }

    /// The busy times in order, and whether there were too many: then all the time after the last one counts.
    pub fn finish(mut self) -> (Vec<Span>, bool) {
        self.merge();
        (self.spans, self.is_cut_off)
    }

    fn merge(&mut self) {
        self.spans = Span::merge(std::mem::take(&mut self.spans));
        if self.spans.len() > SPANS_MAX {
            self.is_cut_off = true;
            self.spans.truncate(SPANS_MAX);
            if let Some(last) = self.spans.last_mut() {
                last.ends_at = self.window.ends_at;
            }
        }
    }
}

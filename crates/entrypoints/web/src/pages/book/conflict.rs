//! The page for a time that is not free any more: why, that nothing was charged, and the nearest free times.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use site::links;

use super::{OrderSummary, Wanted};
use crate::kit::format;
use crate::kit::render::Template;
use crate::pages::free_times::brief_link;
use crate::views::{TimeView, month, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Conflict {
    pub summary: OrderSummary,
    /// Whether somebody else has it; otherwise it has passed, come too close, or was closed by the talent.
    pub is_taken: bool,
    /// What was wanted: `Sat 12 December, 20:00 in Lisbon`.
    pub wanted: String,
    pub alternatives: Vec<Alternative>,
    pub all_times: String,
}

/// A free time on some day.
#[derive(Debug, Serialize)]
pub(crate) struct Alternative {
    pub day: String,
    pub time: TimeView,
}

impl Conflict {
    /// `yours` is the visitor's clock, where it is known.
    pub(super) fn of(
        wanted: &Wanted,
        wanted_at: DateTime<Utc>,
        is_taken: bool,
        free: &[DateTime<Utc>],
        yours: Option<Tz>,
        now: DateTime<Utc>,
    ) -> Self {
        let (theirs, id) = (wanted.zone, wanted.offering.id);
        let alternative = |at: DateTime<Utc>| Alternative {
            day: format::day(at.with_timezone(&theirs).date_naive()),
            time: month::time_view(at, theirs, yours.unwrap_or(theirs), brief_link(id, at)),
        };
        let words = wanted_at.with_timezone(&theirs).format("%a %-d %B, %H:%M");
        Self {
            summary: wanted.summary(None, yours, now),
            is_taken,
            wanted: format!("{words} in {}", format::city_of(theirs)),
            alternatives: free.iter().copied().map(alternative).collect(),
            all_times: links::book(id),
        }
    }
}

impl Template for Conflict {
    const TEMPLATE: &'static str = "pages/book/conflict.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let (wanted, free) = (Wanted::sample(), samples::free_times());
        let page = |count: usize, is_taken| {
            let (at, yours, now) = (samples::starts_at(), Some(samples::YOURS), samples::now());
            Self { summary: OrderSummary::sample(None), ..Self::of(&wanted, at, is_taken, &free[..count], yours, now) }
        };
        vec![("alternatives", page(4, true)), ("not-offered", page(4, false)), ("nothing-left", page(0, true))]
    }
}

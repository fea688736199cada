//! A time that cannot be had any more: what happened, that nothing was charged, and the nearest free times.

use serde::Serialize;

use super::Summary;
use crate::kit::render::Page;
use crate::views::{TimeView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Conflict {
    pub summary: Summary,
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

impl Page for Conflict {
    const TEMPLATE: &'static str = "pages/book/conflict.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |count, is_taken| Self {
            summary: Summary::sample(Some(())),
            is_taken,
            wanted: "Sat 12 December 2026, 20:00–20:40 in Lisbon".to_owned(),
            alternatives: samples::times()
                .into_iter()
                .take(count)
                .map(|time| Alternative { day: "Sat 12 December".to_owned(), time })
                .collect(),
            all_times: "/book/1".to_owned(),
        };
        vec![("alternatives", page(4, true)), ("not-offered", page(4, false)), ("nothing-left", page(0, true))]
    }
}

//! `GET /book/{offering}`: the first step, choosing a free time.

use serde::Serialize;

use super::Summary;
use crate::render::Page;
use crate::views::{MonthView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct ChooseTime {
    pub summary: Summary,
    pub month: MonthView,
    /// Why a time that was asked for cannot be had: it does not exist, or exists twice, on that night.
    pub problem: Option<String>,
}

impl Page for ChooseTime {
    const TEMPLATE: &'static str = "pages/booking/time.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |chosen, problem: Option<&str>| Self {
            summary: Summary::sample(None),
            month: samples::month(chosen),
            problem: problem.map(str::to_owned),
        };
        let skipped = "On Sun 28 March the clocks in Lisbon go from 01:00 to 02:00, so 01:30 does not exist that night. Choose another time.";
        vec![("month", page(false, None)), ("day", page(true, None)), ("skipped-hour", page(true, Some(skipped)))]
    }
}

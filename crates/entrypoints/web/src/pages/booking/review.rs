//! `GET /book/{offering}/review`: the last step, everything once more before the time is held.

use serde::Serialize;

use super::Summary;
use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Review {
    pub summary: Summary,
    pub action: String,
    /// As an instant, for the form.
    pub starts_at: Option<String>,
    pub brief: String,
    pub brief_href: String,
    /// Makes a doubled click one booking.
    pub attempt: String,
    /// Why it was not placed.
    pub problem: Option<String>,
    /// What pressing the button does: `Hold this time and pay`.
    pub button: &'static str,
    /// What it means, in a sentence.
    pub promise: &'static str,
}

impl Page for Review {
    const TEMPLATE: &'static str = "pages/booking/review.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |problem: Option<&str>| {
            Self {
            summary: Summary::sample(Some(())),
            action: "/book/1".to_owned(),
            starts_at: Some("2026-12-12T20:00:00Z".to_owned()),
            brief: "We open our studio that evening, about 80 guests. There is a small stage and an upright piano, tuned last week.".to_owned(),
            brief_href: "/book/1/brief".to_owned(),
            attempt: "sample".to_owned(),
            problem: problem.map(str::to_owned),
            button: "Hold this time and pay",
            promise: "The time is yours for 15 minutes while you pay. Nothing is charged before you say so on the next page.",
        }
        };
        vec![
            ("ready", page(None)),
            ("refused", page(Some("This celebrity does not take bookings at the moment. Nothing was booked."))),
        ]
    }
}

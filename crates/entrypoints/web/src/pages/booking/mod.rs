//! From an offering to a placed booking: time, brief, review.

pub(crate) mod brief;
pub(crate) mod conflict;
pub(crate) mod review;
pub(crate) mod time;

use serde::Serialize;

use crate::views::{Hue, MoneyLine, samples};

/// What is being booked, beside every step.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub title: String,
    pub kind: &'static str,
    pub name: String,
    pub profile: String,
    pub portrait: String,
    pub hue: Hue,
    /// On both clocks; none before a time is chosen or when none is needed.
    pub when: Option<String>,
    /// Back to the first step.
    pub change_time: Option<String>,
    pub lines: Vec<MoneyLine>,
    /// The cancellation policy in words.
    pub policy: String,
    /// Whether a time has to be chosen at all.
    pub takes_time: bool,
}

impl Summary {
    fn sample(with_time: Option<()>) -> Self {
        Self {
            title: "Two songs at your launch".to_owned(),
            kind: "Appearance",
            name: "Juno Park".to_owned(),
            profile: "/celebrities/juno-park".to_owned(),
            portrait: samples::portrait(2),
            hue: Hue::from(145),
            when: with_time
                .map(|()| "Sat 12 December 2026, 20:00–20:40 in Lisbon · 21:00 for you in Berlin".to_owned()),
            change_time: with_time.map(|()| "/book/1".to_owned()),
            lines: samples::sums(),
            policy: "Free cancellation until Mon 7 December, 20:00. After that nothing is paid back.".to_owned(),
            takes_time: true,
        }
    }
}

//! `GET /bookings/{id}`: what was agreed, what happens when, and the money.

use serde::Serialize;

use crate::render::Page;
use crate::views::{BookingCard, MomentView, MoneyLine, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Show {
    pub booking: BookingCard,
    pub profile: String,
    pub moments: Vec<MomentView>,
    pub lines: Vec<MoneyLine>,
    pub brief: String,
    pub policy: String,
    pub calendar: Option<String>,
    pub cancel: Option<String>,
    /// What just happened, or what to know now.
    pub notice: Option<Notice>,
    /// Whether a provider is still thinking, so that looking again makes sense.
    pub is_waiting: bool,
}

/// A sentence over the page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Notice {
    /// `ok`, `wait` or `bad`.
    pub tone: &'static str,
    pub text: String,
}

fn moments(done: usize) -> Vec<MomentView> {
    let all = [
        ("Booked and held", Some("by you"), "24 Nov, 14:17"),
        ("Paid $1,155.00", Some("card ending 4242"), "24 Nov, 14:19"),
        ("Confirmed", None, "24 Nov, 14:19"),
        ("Free cancellation ends, then nothing is paid back", None, "7 Dec, 20:00"),
        ("Juno Park is with you", Some("20:00 in Lisbon · 21:00 for you"), "12 Dec, 20:00"),
        ("Completed, unless you tell us otherwise", None, "15 Dec, 20:40"),
    ];
    let state = |index: usize| {
        if index < done {
            "done"
        } else if index == done {
            "next"
        } else {
            "later"
        }
    };
    all.into_iter()
        .enumerate()
        .map(|(index, (label, note, when))| MomentView {
            label: label.to_owned(),
            note: note.map(str::to_owned),
            when: when.to_owned(),
            state: state(index),
        })
        .collect()
}

impl Show {
    fn sample(label: &'static str, tone: &'static str, done: usize, notice: Option<Notice>) -> Self {
        let is_confirmed = label == "Confirmed";
        Self {
            booking: samples::booking(label, tone, (label == "Held for you").then_some("Pay $1,155.00")),
            profile: "/celebrities/juno-park".to_owned(),
            moments: moments(done),
            lines: samples::sums(),
            brief: "We open our studio that evening, about 80 guests. There is a small stage and an upright piano, tuned last week.".to_owned(),
            policy: "Free cancellation until Mon 7 December, 20:00. After that nothing is paid back.".to_owned(),
            calendar: is_confirmed.then(|| "/api/bookings/1/calendar.ics".to_owned()),
            cancel: is_confirmed.then(|| "/bookings/1/cancellation".to_owned()),
            notice,
            is_waiting: false,
        }
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "pages/bookings/show.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let paid = Notice {
            tone: "ok",
            text: "Paid and confirmed. We have told Juno Park; a mail with all of this is on its way to you."
                .to_owned(),
        };
        let thinking = Notice {
            tone: "wait",
            text: "Your bank is still thinking. The time stays yours meanwhile; nothing is charged twice.".to_owned(),
        };
        vec![
            ("confirmed", Self::sample("Confirmed", "ok", 3, Some(paid))),
            ("held", Self::sample("Held for you", "wait", 1, None)),
            ("processing", Self { is_waiting: true, ..Self::sample("Held for you", "wait", 1, Some(thinking)) }),
            ("cancelled", Self::sample("Cancelled by you", "bad", 3, None)),
        ]
    }
}

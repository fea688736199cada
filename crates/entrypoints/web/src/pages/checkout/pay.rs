//! `GET /bookings/{id}/checkout`: the total, how long the time is held, and the card.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;
use crate::views::{BookingCard, MoneyLine, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Pay {
    pub booking: BookingCard,
    pub action: String,
    /// Makes a doubled click one payment.
    pub attempt: String,
    pub total: String,
    pub lines: Vec<MoneyLine>,
    pub policy: String,
    /// When the hold ends, for the countdown: an instant.
    pub hold_expires_at: Option<String>,
    /// The same in words: `until 14:32 (15 minutes)`.
    pub hold_until: Option<String>,
    pub form: Form,
    pub test_cards: Vec<TestCard>,
    /// What stands in the way: lapsed hold, payment under way.
    pub state: PayState,
}

/// Which face the checkout shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PayState {
    /// The card can be entered.
    Open,
    /// The hold lapsed and nothing was charged.
    Lapsed,
    /// The provider has not answered yet.
    Processing,
}

/// A number that the sandbox provider takes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TestCard {
    pub number: &'static str,
    pub outcome: &'static str,
}

impl Pay {
    fn sample(form: Form, state: PayState) -> Self {
        Self {
            booking: samples::booking("Held for you", "wait", None),
            action: "/bookings/1/checkout".to_owned(),
            attempt: "sample".to_owned(),
            total: "$1,155.00".to_owned(),
            lines: samples::sums(),
            policy: "Free cancellation until Mon 7 December, 20:00. After that nothing is paid back.".to_owned(),
            hold_expires_at: Some("2026-12-02T14:32:00Z".to_owned()),
            hold_until: Some("until 14:32".to_owned()),
            form,
            test_cards: vec![
                TestCard { number: "4242 4242 4242 4242", outcome: "is paid at once" },
                TestCard { number: "4000 0025 0000 3155", outcome: "asks you to confirm (3-D Secure)" },
                TestCard { number: "4000 0000 0000 9995", outcome: "is declined" },
            ],
            state,
        }
    }
}

impl Page for Pay {
    const TEMPLATE: &'static str = "pages/checkout/pay.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let declined = Form { problem: Some("Your bank declined the card: not enough money on it. Nothing was charged and the time is still yours. Try another card.".to_owned()), ..Form::default() };
        let faulty = Form::with([("number", "4242".to_owned())])
            .fault("number", "This is not a whole card number: it has 4 of 16 digits.");
        vec![
            ("open", Self::sample(Form::default(), PayState::Open)),
            ("declined", Self::sample(declined, PayState::Open)),
            ("faulty", Self::sample(faulty, PayState::Open)),
            ("lapsed", Self::sample(Form::default(), PayState::Lapsed)),
            ("processing", Self::sample(Form::default(), PayState::Processing)),
        ]
    }
}

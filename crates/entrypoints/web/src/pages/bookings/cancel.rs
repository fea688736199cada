//! `GET /bookings/{id}/cancellation`: the exact refund, before the click.

use serde::Serialize;

use crate::render::Page;
use crate::views::{BookingCard, MoneyLine, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Cancel {
    pub booking: BookingCard,
    pub action: String,
    pub attempt: String,
    /// `$1,155.00`.
    pub refund: String,
    /// Whether anything is lost.
    pub is_full: bool,
    pub lines: Vec<MoneyLine>,
    /// Why it is this much: `More than 5 days before: 100 %.`
    pub reason: String,
    pub problem: Option<String>,
}

impl Page for Cancel {
    const TEMPLATE: &'static str = "pages/bookings/cancel.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |label: &str, amount: &str, is_sum| MoneyLine {
            label: label.to_owned(),
            amount: amount.to_owned(),
            is_sum,
        };
        let page = |refund: &str, kept: &str, is_full| Self {
            booking: samples::booking("Confirmed", "ok", None),
            action: "/bookings/1/cancellation".to_owned(),
            attempt: "sample".to_owned(),
            refund: refund.to_owned(),
            is_full,
            lines: vec![
                line("Paid", "$1,155.00", false),
                line("Kept", kept, false),
                line("Paid back to your card", refund, true),
            ],
            reason: "You cancel more than 5 days before the start, so everything is paid back.".to_owned(),
            problem: None,
        };
        vec![("full", page("$1,155.00", "$0.00", true)), ("half", page("$577.50", "$577.50", false))]
    }
}

//! `GET /sandbox/cards/{ref}`: stands for the page of a bank that asks whether it is really you.

use serde::Serialize;

use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Challenge {
    pub action: String,
    pub amount: String,
    /// Whether the question was answered before.
    pub is_answered: bool,
    pub return_to: String,
}

impl Page for Challenge {
    const TEMPLATE: &'static str = "pages/checkout/challenge.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |is_answered| Self {
            action: "/sandbox/cards/sample".to_owned(),
            amount: "$1,155.00".to_owned(),
            is_answered,
            return_to: "/bookings/1".to_owned(),
        };
        vec![("asking", page(false)), ("answered", page(true))]
    }
}

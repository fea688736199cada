//! Checks loaded demo data for consistency and completeness.

use bookings::Status;
use database::Connection;
use overviews::integrity::{self, Disorder};

/// The stored value that every demo world must contain: cards of all kinds, payments of one to three legs, refunds back to each of them.
const STORED: [&str; 46] = [
    "award",
    "breakage",
    "card goodwill active",
    "card goodwill expired",
    "card loyalty active",
    "card on its way",
    "card partly spent",
    "card platform active",
    "card platform expired",
    "card platform frozen",
    "card platform scheduled",
    "card platform void",
    "card promotional active",
    "card promotional expired",
    "card promotional frozen",
    "card spent",
    "card unclaimed",
    "card unspent",
    "chargeback closed",
    "chargeback open",
    "chargeback won",
    "credit",
    "currency EUR",
    "currency GBP",
    "currency JPY",
    "currency USD",
    "order lapsed",
    "order paid",
    "order returned",
    "refund to be kept of card",
    "refund to be kept of gift_card",
    "refund to card",
    "refund to gift_card",
    "request approved",
    "request declined",
    "request open",
    "sent claimed",
    "sent offered",
    "sent taken_back",
    "tender card",
    "tender credit card",
    "tender gift_card",
    "tender gift_card card",
    "tender gift_card credit card",
    "tender gift_card gift_card card",
    "tender set aside",
];

/// The result of a check.
#[derive(Debug, Clone)]
pub struct Findings {
    pub disorder: Disorder,
    /// Rules of the books that are broken, histories of cards included.
    pub faults: Vec<String>,
    /// Statuses that no booking has.
    pub missing_statuses: Vec<&'static str>,
    /// Entries of `STORED` that the data does not contain.
    pub missing_value: Vec<&'static str>,
    /// The number of bookings by status, most first.
    pub statuses: Vec<(String, i64)>,
    /// The kinds of stored value in the data, each with how often it occurs.
    pub value: Vec<(String, i64)>,
}

impl Findings {
    /// Whether the check found no fault.
    pub fn is_clean(&self) -> bool {
        let is_complete = self.missing_statuses.is_empty() && self.missing_value.is_empty();
        self.disorder == Disorder::default() && self.faults.is_empty() && is_complete
    }
}

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("the tables could not be compared")]
    Database(#[from] database::Error),
    #[error("the books could not be checked")]
    Books(#[from] payments::PaymentsError),
    #[error("the histories of cards could not be checked")]
    Cards(#[from] gift_cards::GiftCardsError),
}

/// Checks ledger, histories, calendars, ratings, months and statuses.
pub async fn check(connection: &mut Connection) -> Result<Findings, CheckError> {
    let disorder = integrity::disorder(connection).await?;
    let mut faults = payments::queries::check(connection).await?.faults;
    faults.extend(gift_cards::queries::histories_off(connection).await?);
    let statuses = integrity::bookings_by_status(connection).await?;
    let missing_statuses = Status::ALL
        .iter()
        .map(|status| status.as_str())
        .filter(|status| statuses.iter().all(|(present, _)| present != status))
        .collect();
    let value = integrity::stored_variety(connection).await?;
    let missing_value = STORED.into_iter().filter(|what| value.iter().all(|(present, _)| present != what)).collect();
    Ok(Findings { disorder, faults, missing_statuses, missing_value, statuses, value })
}

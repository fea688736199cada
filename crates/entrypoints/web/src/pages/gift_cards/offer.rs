//! How a card that was sent stands, for whoever sent it.

use chrono::{DateTime, Utc};
use gift_cards::{CardTransfer, TransferState};
use serde::Serialize;

use crate::kit::format;
use site::links;

/// A card that was sent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OfferView {
    pub title: &'static str,
    /// `$150.00 to ines@example.test, 3 hours ago`.
    pub line: String,
    pub message: Option<String>,
    /// Where it is taken back; none once it has ended.
    pub take_back: Option<String>,
}

impl OfferView {
    pub(super) fn of(sent: &CardTransfer, now: DateTime<Utc>) -> Self {
        let (title, at) = match sent.state {
            TransferState::Offered => ("On its way", sent.created_at),
            TransferState::Claimed => ("Arrived", sent.ended_at.unwrap_or(sent.created_at)),
            TransferState::TakenBack => ("Taken back", sent.ended_at.unwrap_or(sent.created_at)),
        };
        let is_open = sent.state == TransferState::Offered;
        Self {
            title,
            line: format!("{} to {}, {}", sent.amount, sent.email, format::relative(at, now)),
            message: sent.message.clone(),
            take_back: is_open.then(|| format!("{}/return", links::card_transfer(sent.from))),
        }
    }
}

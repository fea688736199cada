//! Stored value (gift cards and credit) of the demo world, the payments made with it, and what staff did about them.

use std::collections::BTreeMap;

use gift_cards::loyalty::LoyaltyAward;
use gift_cards::{CardEntry, CardTransfer, GiftCard, GiftCardOrder, NewBatch, SaleRules};
use kernel::{GiftCardBatchId, Instant, PersonId};
use ledger::Transfer;
use payments::{Chargeback, Payment, RefundRequest};

/// The present state of stored value, with its history.
#[derive(Debug, Default)]
pub struct StoredValue {
    /// The rules of sale from before those that the schema seeds, each with the moment from which it counted.
    pub rules: Vec<(Instant, SaleRules)>,
    pub batches: Vec<IssuedBatch>,
    pub cards: Vec<CardLife>,
    pub orders: Vec<OrderLife>,
    pub sent: Vec<CardTransfer>,
    /// What bookings have earned, by the index of their deal.
    pub awards: BTreeMap<u64, LoyaltyAward>,
    /// The payments of deals, by the index of the deal. A deal that one bank card paid, and got back, has none here: its payment is
    /// computed from the deal.
    pub payments: BTreeMap<u64, Payment>,
    /// When the last refund that staff granted arrived, by the index of the deal.
    pub granted: BTreeMap<u64, Instant>,
    pub requests: Vec<RefundRequest>,
    pub chargebacks: Vec<Chargeback>,
    /// The ledger transfers of all these, oldest first.
    pub transfers: Vec<(Instant, Transfer)>,
}

/// Cards that staff issued together.
#[derive(Debug)]
pub struct IssuedBatch {
    pub id: GiftCardBatchId,
    pub batch: NewBatch,
    pub by: PersonId,
    pub at: Instant,
}

/// A card with its history.
#[derive(Debug)]
pub struct CardLife {
    pub card: GiftCard,
    pub entries: Vec<CardEntry>,
    /// When it got each of its codes, oldest first, and when that ended.
    pub codes: Vec<(Instant, Option<Instant>)>,
}

/// A purchase with its payment; without one where nobody paid.
#[derive(Debug)]
pub struct OrderLife {
    pub order: GiftCardOrder,
    pub payment: Option<Payment>,
    pub changed_at: Instant,
}

//! Stored value of the demo world: cards, credit, the payments that they had a part in, and what staff did about them.

use std::collections::BTreeMap;

use gift_cards::loyalty::LoyaltyAward;
use gift_cards::{CardEntry, CardTransfer, GiftCard, GiftCardOrder, NewBatch, SaleRules};
use kernel::{GiftCardBatchId, Instant, PersonId};
use ledger::Transfer;
use payments::{Chargeback, Payment, RefundRequest};

/// How everything stands now, with its history.
#[derive(Debug, Default)]
pub struct StoredValue {
    /// What could be bought in the time before the rules that the schema brings.
    pub rules: Vec<(Instant, SaleRules)>,
    pub batches: Vec<IssuedBatch>,
    pub cards: Vec<CardLife>,
    pub orders: Vec<OrderLife>,
    pub sent: Vec<CardTransfer>,
    /// What bookings have earned, by the index of their deal.
    pub awards: BTreeMap<u64, LoyaltyAward>,
    /// The payments of deals that were not simply paid by one bank card and given back to it, by the index of the deal.
    pub payments: BTreeMap<u64, Payment>,
    /// When the last refund arrived that staff granted, by the index of the deal.
    pub granted: BTreeMap<u64, Instant>,
    pub requests: Vec<RefundRequest>,
    pub chargebacks: Vec<Chargeback>,
    /// All of their movements of money, oldest first.
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

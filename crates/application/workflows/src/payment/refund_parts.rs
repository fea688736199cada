//! Where a refund goes, part by part, before it is made: the same decisions as when it is.

use database::Connection;
use gift_cards::{GiftCardsError, SeenCard, WayBack, queries};
use kernel::{BookingId, GiftCardId, Instant, LegId, Money};
use payments::{Payment, PaymentMethod, RefundChoice, RefundShare, split_refund};

use super::stored_value::card_of;
use crate::WorkflowError;

/// A part of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPart {
    pub leg: LegId,
    /// What that part was paid with.
    pub method: PaymentMethod,
    pub amount: Money,
    pub way: RefundWay,
}

/// Where a part of a refund goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundWay {
    /// To the bank card, or the coins, that paid.
    AsPaid,
    /// Nowhere: a bank has taken the payment back, so that whoever paid has it from there already.
    ByBank,
    /// Back to the credit that paid.
    Credit,
    /// It becomes credit, because whoever paid wants it so.
    Kept,
    /// Onto the gift card; `last_group` is the end of its code.
    GiftCard { id: GiftCardId, last_group: Option<String> },
    /// Onto a new gift card, because the one that paid has ended or belongs to somebody else.
    NewGiftCard,
    /// Nowhere: it was given away to win customers, and its last day is over.
    Ended,
}

/// The parts of a refund of `total`, in the order in which they go back: what a bank has given back already, then what was paid last first.
pub async fn refund_parts(
    connection: &mut Connection,
    booking: BookingId,
    total: Money,
    now: Instant,
    choice: RefundChoice,
) -> Result<Vec<RefundPart>, WorkflowError> {
    match payments::queries::payment_of(&mut *connection, booking).await? {
        Some(payment) => parts_of(connection, &payment, total, now, choice).await,
        None => Ok(Vec::new()),
    }
}

/// The legs whose refunds become credit.
pub(super) async fn kept_legs(
    connection: &mut Connection,
    payment: &Payment,
    total: Money,
    now: Instant,
    choice: RefundChoice,
) -> Result<Vec<LegId>, WorkflowError> {
    if choice == RefundChoice::AsPaid {
        return Ok(Vec::new());
    }
    let parts = parts_of(connection, payment, total, now, choice).await?;
    Ok(parts.into_iter().filter(|part| part.way == RefundWay::Kept).map(|part| part.leg).collect())
}

async fn parts_of(
    connection: &mut Connection,
    payment: &Payment,
    total: Money,
    now: Instant,
    choice: RefundChoice,
) -> Result<Vec<RefundPart>, WorkflowError> {
    let shares = split_refund(payment, total.amount_minor);
    let paid_with: Vec<_> = shares.iter().filter_map(|share| card_of(payment.leg(share.leg).ok()?)).collect();
    let cards = queries::cards_by_id(connection, &paid_with).await?;
    let mut parts = Vec::new();
    for RefundShare { leg, amount_minor: minor, covers } in shares {
        let leg = payment.leg(leg)?;
        let way = match (leg.method, card_of(leg)) {
            _ if covers.is_some() => RefundWay::ByBank,
            (_, Some(id)) => way_to_card(cards.get(&id).ok_or(GiftCardsError::NotFound)?, payment, now, choice),
            (PaymentMethod::Credit, None) => RefundWay::Credit,
            _ if choice == RefundChoice::Credit => RefundWay::Kept,
            _ => RefundWay::AsPaid,
        };
        parts.push(RefundPart { leg: leg.id, method: leg.method, amount: Money::new(minor, total.currency), way });
    }
    Ok(parts)
}

fn way_to_card(seen: &SeenCard, payment: &Payment, now: Instant, choice: RefundChoice) -> RefundWay {
    match seen.card.way_back(payment.intent.customer, now) {
        WayBack::Card if choice == RefundChoice::Credit && seen.card.refund_may_be_kept() => RefundWay::Kept,
        WayBack::Card => RefundWay::GiftCard { id: seen.card.id, last_group: seen.last_group.clone() },
        WayBack::NewCard => RefundWay::NewGiftCard,
        WayBack::Ended => RefundWay::Ended,
    }
}

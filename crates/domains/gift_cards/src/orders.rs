//! Purchases: placed, locked while they are paid, and ended.

use chrono::TimeDelta;
use database::Tx;
use kernel::{Chance, GiftCardOrderId, Instant, PersonId};

use crate::error::GiftCardsError;
use crate::order::{GiftCardOrder, NewOrder, OrderState};
pub use crate::queries::orders::{
    CardOfOrder, cards_of, claimed, due, lapsed, order, orders_by_id, orders_of, redeemed, rules, stopped_since,
    undelivered,
};
use crate::{queries, store};

/// How long a placed order waits for its payment.
const PAY_WITHIN: TimeDelta = TimeDelta::minutes(30);
/// How many orders of one person may wait for their payment.
const UNPAID_MAX: i64 = 5;

/// Places an order, which waits for its payment.
pub async fn place(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    buyer: PersonId,
    new: NewOrder,
) -> Result<GiftCardOrder, GiftCardsError> {
    let currency = new.value.currency;
    let rules = queries::orders::rules(&mut *tx, currency, now).await?.ok_or(GiftCardsError::NotSold { currency })?;
    let faults = new.faults(rules, now);
    if !faults.is_empty() {
        return Err(GiftCardsError::Fields(faults));
    }
    if store::orders::unpaid(tx, buyer, now).await? >= UNPAID_MAX {
        return Err(GiftCardsError::TooManyUnpaid { max: UNPAID_MAX });
    }
    let order = GiftCardOrder {
        id: GiftCardOrderId::new(chance, now),
        buyer,
        value: new.value,
        design: new.design,
        recipient: new.recipient,
        zone: new.zone,
        months_valid: rules.months_valid,
        state: OrderState::AwaitingPayment,
        pay_by: now + PAY_WITHIN,
        card: None,
        delivered_at: None,
        created_at: now,
    };
    store::orders::insert(tx, &order, now).await?;
    Ok(order)
}

/// Locks an order until the transaction ends.
pub async fn lock(tx: &mut Tx, id: GiftCardOrderId) -> Result<GiftCardOrder, GiftCardsError> {
    store::orders::lock(tx, id).await?;
    order(tx, id).await
}

/// Saves the state of a locked order, its card, and where that is mailed to.
pub async fn save(tx: &mut Tx, now: Instant, order: &GiftCardOrder) -> Result<(), GiftCardsError> {
    store::orders::save(tx, now, order).await
}

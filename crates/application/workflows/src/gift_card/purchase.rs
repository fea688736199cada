//! Buying a card: the order, its end when nobody pays, and its return.

use std::collections::HashSet;

use accounts::{Caller, fields};
use database::{Connection, Tx};
use gift_cards::{
    CardCommand, CardState, GiftCardOrder, GiftCardsError, NewOrder, OrderState, check_message, commands, orders,
};
use jobs::{Failure, Lane, ScheduledTask};
use kernel::{Actor, Causes, FieldFault, GiftCardOrderId, Instant, Role};
use payments::{PaidFor, PaymentsError, RefundChoice, RefundReason, chargebacks};
use site::Services;

use super::carry_out;
use super::transfer::check_place;
use crate::WorkflowError;
use crate::lanes;
use crate::payment::{NewRefund, awaits_legs, close_unpaid_order, give_up, refund_and_post};

/// The most orders that one run looks at.
const ORDERS_AT_ONCE: i64 = 200;

/// Places an order, which waits for its payment by card. The caller commits.
pub async fn order_card(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    mut new: NewOrder,
) -> Result<GiftCardOrder, WorkflowError> {
    if let Some(recipient) = &mut new.recipient {
        let mut faults = Vec::new();
        match fields::email(&recipient.email) {
            Ok(email) => recipient.email = email,
            Err(fault) => faults.push(FieldFault { field: "recipient_email".to_owned(), ..fault }),
        }
        match check_message(&recipient.message) {
            Ok(message) => recipient.message = message.unwrap_or_default(),
            Err(fault) => faults.push(fault),
        }
        if !faults.is_empty() {
            return Err(GiftCardsError::Fields(faults).into());
        }
        check_place(tx, caller.id, site.clock.now()).await?;
    }
    Ok(orders::place(tx, &*site.chance, site.clock.now(), caller.id, new).await?)
}

/// An order, for its buyer and staff. For everybody else it counts as missing.
pub async fn load_order(
    connection: &mut Connection,
    caller: &Caller,
    id: GiftCardOrderId,
) -> Result<GiftCardOrder, WorkflowError> {
    let order = orders::order(connection, id).await?;
    let sees = order.buyer == caller.id || caller.is(Role::Support) || caller.is(Role::Admin);
    if sees { Ok(order) } else { Err(GiftCardsError::NotFound.into()) }
}

/// Those of these orders whose payment a bank took back. Of most, nobody is asked.
pub async fn charged_back<'orders>(
    connection: &mut Connection,
    orders: impl IntoIterator<Item = &'orders GiftCardOrder>,
) -> Result<HashSet<GiftCardOrderId>, WorkflowError> {
    let over = orders.into_iter().filter(|order| order.state == OrderState::Returned);
    let ids: Vec<GiftCardOrderId> = over.map(|order| order.id).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(chargebacks::orders_charged_back(connection, &ids).await?.into_iter().collect())
}

/// Takes a bought card back that nobody has used or claimed, and pays its price back the way it came. The caller commits.
pub async fn return_card(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardOrderId,
) -> Result<GiftCardOrder, WorkflowError> {
    let now = site.clock.now();
    let mut order = orders::lock(tx, id).await?;
    if order.buyer != caller.id {
        return Err(GiftCardsError::NotFound.into());
    }
    let card = match order.state {
        OrderState::Paid => order.card.ok_or(GiftCardsError::NotFound)?,
        OrderState::Returned => return Ok(order),
        _ => return Err(GiftCardsError::NotReturnable.into()),
    };
    let paid_for = PaidFor::from(id);
    let (reason, choice) = (RefundReason::CancelledByCustomer, RefundChoice::AsPaid);
    // Lock order: the order, its payment, then the card.
    let refunded =
        refund_and_post(site, tx, paid_for, Some(NewRefund { amount: order.value, reason, choice }), None).await;
    match refunded {
        // A part went back before: what is left is not the whole card any more.
        Err(WorkflowError::Payments(PaymentsError::RefundTooLarge)) => {
            return Err(GiftCardsError::NotReturnable.into());
        }
        refunded => refunded?,
    }
    let mut card = commands::lock(tx, card).await?;
    if card.state == CardState::Frozen {
        return Err(GiftCardsError::Frozen.into());
    }
    if !order.is_untouched(&card) {
        return Err(GiftCardsError::NotReturnable.into());
    }
    let command = CardCommand::Reclaim { to: paid_for.escrow() };
    carry_out(site, tx, &mut card, command, Actor::customer(caller.id), None).await?;
    order.state = OrderState::Returned;
    orders::save(tx, now, &order).await?;
    Ok(order)
}

/// Hourly: orders that were not paid in time are over, and what came for them in part goes back.
#[derive(Debug)]
pub(crate) struct LapseOrders;

impl ScheduledTask for LapseOrders {
    type Context = Services;
    const KIND: &'static str = "lapse_gift_card_orders";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        Ok(lapse(site).await?)
    }
}

async fn lapse(site: &Services) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let over = orders::lapsed(&mut *site.database.acquire().await?, now, ORDERS_AT_ONCE).await?;
    for id in over {
        // A bank that does not answer about one order holds up no other.
        if let Err(error) = lapse_one(site, id).await {
            tracing::warn!(error = %Causes(&error), order = %id, "an order whose time to pay is over could not be closed");
        }
    }
    Ok(())
}

/// Ends one order. The payer may have paid at the bank and never come back, so the bank is asked first.
async fn lapse_one(site: &Services, id: GiftCardOrderId) -> Result<(), WorkflowError> {
    give_up(site, id).await?;
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let mut order = orders::lock(&mut tx, id).await?;
    if order.state != OrderState::AwaitingPayment || awaits_legs(site, &mut tx, id).await? {
        return Ok(());
    }
    order.state = OrderState::Lapsed;
    orders::save(&mut tx, now, &order).await?;
    close_unpaid_order(site, &mut tx, order).await?;
    Ok(tx.commit().await?)
}

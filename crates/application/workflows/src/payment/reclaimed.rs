//! What comes off cards and credit when the price of a bought card goes back beyond what a return gives.

use std::collections::{BTreeMap, HashMap};

use database::{Connection, Tx};
use gift_cards::{CardChanges, GiftCard, GiftCardOrder, GiftCardsError, commands, credit, reclaim};
use kernel::{Actor, GiftCardId, GiftCardOrderId, Instant, Money, RefundRequestId};
use overviews::unspent::{self, RefundCover, UnspentPart, UnspentPlace};
use payments::{PaidFor, RefundRequest, RefundRequestState};
use site::Services;

use super::taken_back::lock_cards;
use crate::WorkflowError;

/// Where the amounts of these requests would come from if they were approved now; of those that are decided nothing is said.
pub async fn covers(
    connection: &mut Connection,
    requests: &[RefundRequest],
    now: Instant,
) -> Result<HashMap<RefundRequestId, RefundCover>, WorkflowError> {
    let open = || requests.iter().filter(|request| request.state == RefundRequestState::Open);
    let orders: Vec<GiftCardOrderId> = open().filter_map(|request| request.paid_for.order()).collect();
    let parts = unspent::of_orders(connection, &orders, now).await?;
    let cover = |request: &RefundRequest| {
        let parts = request.paid_for.order().and_then(|order| parts.get(&order)).map_or(&[][..], Vec::as_slice);
        (request.id, RefundCover::of(parts, request.amount.amount_minor))
    };
    Ok(open().map(cover).collect())
}

/// Locks everything that value of a purchase may be in, and says what comes off when `amount` of its price goes back.
pub(super) async fn lock_unspent(
    tx: &mut Tx,
    order: &GiftCardOrder,
    amount: Money,
    now: Instant,
) -> Result<Vec<UnspentPart>, WorkflowError> {
    lock_cards(tx, order.id).await?;
    credit::lock(tx, order.buyer, amount.currency).await?;
    let parts = unspent::of_orders(tx, &[order.id], now).await?;
    Ok(unspent::shares(parts.get(&order.id).map_or(&[], Vec::as_slice), amount.amount_minor))
}

/// Takes these locked parts into the escrow of the purchase. A card that is on its way to somebody comes to its end when nothing is left.
pub(super) async fn take(
    site: &Services,
    tx: &mut Tx,
    order: &GiftCardOrder,
    parts: &[UnspentPart],
) -> Result<(), WorkflowError> {
    let (now, to) = (site.clock.now(), PaidFor::from(order.id).escrow());
    let money = |minor| Money::new(minor, order.value.currency);
    let mut changes = CardChanges::default();
    let mut cards: BTreeMap<GiftCardId, GiftCard> =
        lock_cards(tx, order.id).await?.into_iter().map(|card| (card.id, card)).collect();
    for part in parts {
        let UnspentPlace::Card { id, sent_from } = part.place else { continue };
        let mut card = cards.remove(&id).ok_or(GiftCardsError::NotFound)?;
        let amount = money(part.minor);
        match sent_from.filter(|_| amount == card.balance) {
            Some(from) => {
                let from = cards.get_mut(&from).ok_or(GiftCardsError::NotFound)?;
                commands::reclaim_sent(tx, &mut changes, from, &mut card, to, now).await?;
            }
            None => {
                let command = reclaim(&card, amount, to);
                changes.carry_out(&mut card, command, Actor::SYSTEM, None, now)?;
            }
        }
        cards.insert(id, card);
    }
    if !changes.is_empty() {
        commands::save(tx, &*site.chance, now, &changes).await?;
    }
    let of_credit = parts.iter().find(|part| part.place == UnspentPlace::Credit);
    if let Some(part) = of_credit {
        credit::reclaim(tx, &*site.chance, now, order.buyer, order.id, money(part.minor), to).await?;
    }
    Ok(())
}

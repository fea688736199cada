//! The stored value of legs: set aside, taken, given back and refunded, in the transaction of the payment. The payment is locked before.

use std::collections::BTreeMap;

use database::Tx;
use gift_cards::{CardChanges, CardCommand, CreditCommand, GiftCard, GiftCardsError, NewCard, WHY_REISSUED, WayBack};
use gift_cards::{awards, commands, credit};
use kernel::{Actor, GiftCardId, Instant, Money};
use ledger::Account;
use payments::{Intent, Leg, LegRefund, PaymentMethod};
use site::Services;

use crate::WorkflowError;

/// What happens to value that is set aside.
#[derive(Debug, Clone, Copy)]
enum HeldValue {
    Released,
    TakenTo(Account),
}

/// Takes what the legs hold, for what is paid.
pub(super) async fn take(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    intent: &Intent,
    legs: &[Leg],
) -> Result<(), WorkflowError> {
    move_held(site, tx, now, intent, legs, HeldValue::TakenTo(intent.paid_for.escrow())).await
}

/// Gives back what the legs hold.
pub(super) async fn release(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    intent: &Intent,
    legs: &[Leg],
) -> Result<(), WorkflowError> {
    move_held(site, tx, now, intent, legs, HeldValue::Released).await
}

async fn move_held(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    intent: &Intent,
    legs: &[Leg],
    what: HeldValue,
) -> Result<(), WorkflowError> {
    let of_cards: Vec<GiftCardId> = legs.iter().filter_map(card_of).collect();
    let mut owed = match what {
        HeldValue::Released => awards::lock_owed(tx, &of_cards).await?,
        HeldValue::TakenTo(_) => Vec::new(),
    };
    // All cards of a payment are locked at once, in the order of their ids, so that two payments with the same cards cannot deadlock.
    let mut cards = cards_by_id(tx, &of_cards).await?;
    let mut changes = CardChanges::default();
    for leg in legs {
        match card_of(leg) {
            Some(id) => {
                let card = cards.get_mut(&id).ok_or(GiftCardsError::NotFound)?;
                let command = match what {
                    HeldValue::Released => CardCommand::Release { leg: leg.id, amount: leg.share },
                    HeldValue::TakenTo(to) => CardCommand::Spend { leg: leg.id, amount: leg.share, to },
                };
                changes.carry_out(card, command, Actor::SYSTEM, None, now)?;
            }
            None => {
                let command = match what {
                    HeldValue::Released => CreditCommand::Release,
                    HeldValue::TakenTo(to) => CreditCommand::Spend { to },
                };
                credit::carry_out(tx, &*site.chance, now, intent.customer, leg.id, leg.share, command).await?;
            }
        }
    }
    for award in &mut owed {
        if let Some(card) = award.card.and_then(|id| cards.get_mut(&id)) {
            awards::take_owed(&mut changes, award, card, now)?;
            awards::save(tx, award).await?;
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    Ok(commands::save(tx, &*site.chance, now, &changes).await?)
}

/// Pays a refund that no provider pays back to where its value came from.
///
/// It goes to whoever paid, and is credit where they want it so. The card has it again where they still have that card and it still works;
/// otherwise what was paid for, and goodwill, goes to a new card of theirs, and value that was given away to win customers ends with the
/// card that it was on.
pub(super) async fn give_back(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    intent: &Intent,
    leg: &Leg,
    refund: &LegRefund,
) -> Result<(), WorkflowError> {
    let from = intent.paid_for.escrow();
    let (amount, is_kept, refund) = (refund.amount, refund.is_kept, refund.id);
    let Some(id) = card_of(leg).filter(|_| !is_kept) else {
        let command = match is_kept {
            true => CreditCommand::Keep { refund, from },
            false => CreditCommand::Refund { refund, from },
        };
        return Ok(credit::carry_out(tx, &*site.chance, now, intent.customer, leg.id, amount, command).await?);
    };
    let owed = awards::lock_owed(tx, &[id]).await?;
    let mut card = commands::lock(tx, id).await?;
    let mut changes = CardChanges::default();
    match card.way_back(intent.customer, now) {
        WayBack::NewCard => return reissue(site, tx, now, intent, leg, &card, amount).await,
        WayBack::Card => {
            let command = CardCommand::Refund { refund, leg: leg.id, amount, from };
            changes.carry_out(&mut card, command, Actor::SYSTEM, None, now)?;
            for mut award in owed {
                awards::take_owed(&mut changes, &mut award, &mut card, now)?;
                awards::save(tx, &award).await?;
            }
        }
        WayBack::Ended => changes.end_refund(&card, refund, leg.id, amount, from)?,
    }
    Ok(commands::save(tx, &*site.chance, now, &changes).await?)
}

/// A card of the payer's for value whose own card has ended or has another owner.
async fn reissue(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    intent: &Intent,
    leg: &Leg,
    card: &GiftCard,
    amount: Money,
) -> Result<(), WorkflowError> {
    let new = NewCard::instead_of(card, intent.customer, amount, intent.paid_for.escrow(), leg.id, now);
    commands::issue(tx, &*site.chance, &site.gift_codes, now, &[new], Actor::SYSTEM, Some(WHY_REISSUED)).await?;
    Ok(())
}

/// The gift card of a leg; `None` of other methods.
pub fn card_of(leg: &Leg) -> Option<GiftCardId> {
    let reference = leg.provider_ref.as_deref().filter(|_| leg.method == PaymentMethod::GiftCard)?;
    reference.parse().ok()
}

async fn cards_by_id(tx: &mut Tx, ids: &[GiftCardId]) -> Result<BTreeMap<GiftCardId, GiftCard>, WorkflowError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(commands::lock_all(tx, ids).await?.into_iter().map(|card| (card.id, card)).collect())
}

//! The stored value of legs: set aside, taken, given back and refunded, in the transaction of the payment. The payment is locked before.

use std::collections::BTreeMap;

use database::Tx;
use gift_cards::{
    CardChanges, CardCommand, CardKind, CardState, CreditCommand, GiftCard, GiftCardsError, LastDay, NewCard,
};
use gift_cards::{commands, credit};
use kernel::{Actor, GiftCardId, Instant, Money};
use ledger::Account;
use payments::{Intent, Leg, LegRefund, PaymentMethod};
use site::Services;

use crate::WorkflowError;

/// How long a card works that takes the place of one that has ended.
const REISSUED_MONTHS: u32 = 12;

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
    let of_cards = legs.iter().filter_map(card_of);
    // All cards of a payment are locked at once, in the order of their ids.
    let mut cards = cards_by_id(tx, &of_cards.collect::<Vec<_>>()).await?;
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
    let mut card = commands::lock(tx, id).await?;
    let mut changes = CardChanges::default();
    match way_back(&card, intent, now) {
        WayBack::NewCard => return reissue(site, tx, now, intent, leg, &card, amount).await,
        WayBack::Card => {
            let command = CardCommand::Refund { refund, leg: leg.id, amount, from };
            changes.carry_out(&mut card, command, Actor::SYSTEM, None, now)?;
        }
        WayBack::Ended => changes.end_refund(&card, refund, leg.id, amount, from)?,
    }
    Ok(commands::save(tx, &*site.chance, now, &changes).await?)
}

/// Where the refund of a card's value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WayBack {
    Card,
    NewCard,
    /// Back to what it was given from.
    Ended,
}

/// Where value of `card` goes that the customer of `intent` paid with.
pub(super) fn way_back(card: &GiftCard, intent: &Intent, now: Instant) -> WayBack {
    // What is on its way goes on without it; a card that staff or a bank have stopped keeps what comes back, stopped.
    let stays = !card.is_offered || card.state == CardState::Frozen;
    let is_theirs = card.holder == Some(intent.customer) && stays;
    match card.kind {
        _ if is_theirs && card.takes_refunds(now) => WayBack::Card,
        CardKind::Platform | CardKind::Goodwill => WayBack::NewCard,
        CardKind::Promotional | CardKind::Loyalty => WayBack::Ended,
    }
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
    let last_day = card.last_day.and_then(|last| LastDay::months_after(now, REISSUED_MONTHS, last.zone));
    let new = NewCard {
        kind: card.kind,
        value: amount,
        buyer: None,
        holder: Some(intent.customer),
        is_scheduled: false,
        last_day,
        batch: None,
        replaces: None,
        source: intent.paid_for.escrow(),
        refund_of: Some(leg.id),
    };
    let why = Some("The refund of a booking; the card that paid for it has ended or belongs to somebody else.");
    commands::issue(tx, &*site.chance, &site.gift_codes, now, &[new], Actor::SYSTEM, why).await?;
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

#[cfg(test)]
mod tests {
    use kernel::{BookingId, Currency, IntentId, PersonId};
    use payments::IntentState;
    use uuid::Uuid;

    use super::*;

    const PAYER: PersonId = PersonId(Uuid::from_u128(1));

    fn card(kind: CardKind) -> GiftCard {
        GiftCard {
            id: GiftCardId(Uuid::from_u128(2)),
            kind,
            state: CardState::Active,
            issued: usd(5_000),
            balance: usd(0),
            buyer: None,
            holder: Some(PAYER),
            is_offered: false,
            last_day: None,
            batch: None,
            replaces: None,
            version: 4,
            created_at: now(),
        }
    }

    fn intent() -> Intent {
        Intent {
            id: IntentId(Uuid::from_u128(3)),
            paid_for: BookingId(Uuid::from_u128(4)).into(),
            customer: PAYER,
            due: usd(5_000),
            state: IntentState::Refunding,
            pay_by: now(),
            settle_by: now(),
            created_at: now(),
            settled_at: Some(now()),
        }
    }

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    fn now() -> Instant {
        "2026-12-01T12:00:00Z".parse().expect("a date")
    }

    #[test]
    fn value_goes_back_to_its_card_while_the_payer_has_that_and_it_works() {
        for (kind, otherwise) in [
            (CardKind::Platform, WayBack::NewCard),
            (CardKind::Goodwill, WayBack::NewCard),
            (CardKind::Promotional, WayBack::Ended),
            (CardKind::Loyalty, WayBack::Ended),
        ] {
            let way = |card: GiftCard| way_back(&card, &intent(), now());
            assert_eq!(way(card(kind)), WayBack::Card, "{kind:?}");
            let stopped = GiftCard { is_offered: true, state: CardState::Frozen, ..card(kind) };
            assert_eq!(way(stopped), WayBack::Card, "{kind:?}");
            let others = [
                GiftCard { holder: Some(PersonId(Uuid::from_u128(9))), ..card(kind) },
                GiftCard { holder: None, ..card(kind) },
                GiftCard { is_offered: true, ..card(kind) },
                GiftCard { state: CardState::Expired, ..card(kind) },
                GiftCard { state: CardState::Void, ..card(kind) },
            ];
            assert_eq!(others.map(way), [otherwise; 5], "{kind:?}");
        }
    }
}

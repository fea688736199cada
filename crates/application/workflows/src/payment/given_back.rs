//! What a bank gives back because it let a payment stand: what was taken of cards and credit is where it was before.

use std::collections::BTreeMap;

use database::Tx;
use gift_cards::{CardChanges, CardCommand, CardState, GiftCard, WHY_CHARGED_BACK, WHY_RESTORED, credit, queries};
use kernel::{Actor, ActorKind, Money, PersonId};
use payments::{Chargeback, PaidFor};
use site::Services;

use super::chargeback_mails::{Reversal, mail_card, mail_credit};
use super::taken_back::lock_cards;
use crate::WorkflowError;
use crate::gift_card::deliver_late;

/// Gives back what was taken for a locked case that was won, and lets cards go on that were stopped for it alone: `is_whole` says that no
/// other case of the payment stands. Lock order as in `take_back`.
pub(super) async fn give_back(
    site: &Services,
    tx: &mut Tx,
    case: &Chargeback,
    is_whole: bool,
) -> Result<(), WorkflowError> {
    let taken = queries::taken_for_bank(tx, case.receivable()).await?;
    let cards = match case.paid_for {
        PaidFor::GiftCardOrder(order) => lock_cards(tx, order).await?,
        PaidFor::Booking(_) => Vec::new(),
    };
    let mut credited: BTreeMap<PersonId, i64> = taken.credit.into_iter().collect();
    for card in cards {
        let of_card = taken.cards.iter().find(|(id, _)| *id == card.id).map_or(0, |(_, minor)| *minor);
        if let Some((person, minor)) = restore_card(site, tx, case, card, of_card, is_whole).await? {
            *credited.entry(person).or_default() += minor;
        }
    }
    let amount = |minor| Money::new(minor, case.amount.currency);
    let credited: Vec<(PersonId, Money)> =
        credited.into_iter().map(|(person, minor)| (person, amount(minor))).collect();
    credit::restore(tx, &*site.chance, site.clock.now(), case.leg, case.receivable(), &credited).await?;
    for (person, amount) in credited {
        mail_credit(site, tx, case, person, amount, Reversal::Undone).await?;
    }
    Ok(())
}

/// Puts `minor` back on a card, and lets it go on if this case stopped it. A card that is over takes nothing: then it is credit of whoever
/// had it, or of its buyer where nobody did.
async fn restore_card(
    site: &Services,
    tx: &mut Tx,
    case: &Chargeback,
    mut card: GiftCard,
    minor: i64,
    is_whole: bool,
) -> Result<Option<(PersonId, i64)>, WorkflowError> {
    let now = site.clock.now();
    let is_over = matches!(card.state, CardState::Void | CardState::Expired) || card.has_expired(now);
    if is_over {
        return Ok((minor > 0).then(|| (card.holder.unwrap_or(case.customer), minor)));
    }
    let why = || Some(WHY_RESTORED.to_owned());
    let mut changes = CardChanges::default();
    let goes_on = is_whole && is_stopped_for_bank(tx, &card).await?;
    if goes_on {
        changes.carry_out(&mut card, CardCommand::Unfreeze, Actor::SYSTEM, why(), now)?;
    }
    let amount = Money::new(minor, case.amount.currency);
    if minor > 0 {
        let command = CardCommand::Restore { from: case.receivable(), amount };
        changes.carry_out(&mut card, command, Actor::SYSTEM, why(), now)?;
    }
    if !changes.is_empty() {
        gift_cards::commands::save(tx, &*site.chance, now, &changes).await?;
    }
    if goes_on {
        deliver_late(site, tx, card.id).await?;
    }
    if minor > 0 {
        mail_card(site, tx, case, &card, amount, Reversal::Undone).await?;
    }
    Ok(None)
}

/// Whether we have stopped a card for a bank; what our staff have stopped waits for their word.
async fn is_stopped_for_bank(tx: &mut Tx, card: &GiftCard) -> Result<bool, WorkflowError> {
    if card.state != CardState::Frozen {
        return Ok(false);
    }
    let stop = queries::last_stop(tx, card.id).await?;
    let is_for_bank = |reason: &Option<String>| reason.as_deref() == Some(WHY_CHARGED_BACK);
    Ok(stop.is_some_and(|stop| stop.actor.kind == ActorKind::System && is_for_bank(&stop.reason)))
}

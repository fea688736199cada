//! What is unspent of what a bank took back: on gift cards that were bought with it, wherever they are by now, and in credit that came from
//! it.

use std::collections::BTreeMap;

use database::Tx;
use gift_cards::{CardChanges, CardCommand, CardState, CreditCommand, GiftCard, WHY_CHARGED_BACK, credit, orders};
use kernel::{Actor, GiftCardId, GiftCardOrderId, Money, PersonId};
use payments::{Chargeback, PaidFor, Payment, PaymentsError, chargebacks};
use site::Services;

use super::chargeback_mails::{Reversal, mail_card, mail_credit};
use crate::WorkflowError;

/// Takes what is unspent of a case of a payment, at most what is missing, and stops the cards that hold it. Lock order: what is paid for,
/// its payment, the case, then cards, then credit.
pub(super) async fn take_back(
    site: &Services,
    tx: &mut Tx,
    payment: &Payment,
    case: Chargeback,
) -> Result<Chargeback, WorkflowError> {
    let of_leg = payment.chargebacks.iter().find(|one| one.id == case.id).ok_or(PaymentsError::NotFound)?;
    let missing_minor = payment.missing_of(of_leg);
    if missing_minor <= 0 {
        return Ok(case);
    }
    let cards = match case.paid_for {
        PaidFor::GiftCardOrder(order) => lock_cards(tx, order).await?,
        PaidFor::Booking(_) => Vec::new(),
    };
    let ids: Vec<GiftCardId> = cards.iter().map(|card| card.id).collect();
    let mut found_minor = Box::pin(take_from_cards(site, tx, cards, &case, missing_minor)).await?;
    found_minor += Box::pin(take_from_credit(site, tx, &ids, &case, missing_minor - found_minor)).await?;
    match found_minor {
        0 => Ok(case),
        _ => {
            let found = Money::new(found_minor, case.amount.currency);
            Ok(chargebacks::find(tx, site.clock.now(), case, found).await?)
        }
    }
}

/// Stops the cards, each only once for a case, because our staff may have let one go on since; and takes what is on those that are stopped
/// or over.
async fn take_from_cards(
    site: &Services,
    tx: &mut Tx,
    cards: Vec<GiftCard>,
    case: &Chargeback,
    missing_minor: i64,
) -> Result<i64, WorkflowError> {
    let (now, to, currency) = (site.clock.now(), case.receivable(), case.amount.currency);
    let ids: Vec<GiftCardId> = cards.iter().map(|card| card.id).collect();
    let stopped = orders::stopped_since(tx, &ids, case.recorded_at).await?;
    let (mut changes, mut left_minor, mut taken) = (CardChanges::default(), missing_minor, Vec::new());
    for mut card in cards {
        let is_running = matches!(card.state, CardState::Active | CardState::Scheduled);
        let is_over = is_running && card.has_expired(now);
        if is_running && !is_over && !stopped.contains(&card.id) {
            changes.carry_out(&mut card, CardCommand::Freeze, Actor::SYSTEM, Some(WHY_CHARGED_BACK.to_owned()), now)?;
        }
        let amount = Money::new(card.balance.amount_minor.min(left_minor), currency);
        if (card.state == CardState::Frozen || is_over) && amount.amount_minor > 0 {
            let command = CardCommand::ChargeBack { to, amount };
            changes.carry_out(&mut card, command, Actor::SYSTEM, Some(WHY_CHARGED_BACK.to_owned()), now)?;
            left_minor -= amount.amount_minor;
            taken.push((card, amount));
        }
    }
    for (card, amount) in &taken {
        mail_card(site, tx, case, card, *amount, Reversal::Done).await?;
    }
    if !changes.is_empty() {
        gift_cards::commands::save(tx, &*site.chance, now, &changes).await?;
    }
    Ok(missing_minor - left_minor)
}

/// Takes credit that value of these cards, or a refund of the leg, became.
async fn take_from_credit(
    site: &Services,
    tx: &mut Tx,
    cards: &[GiftCardId],
    case: &Chargeback,
    missing_minor: i64,
) -> Result<i64, WorkflowError> {
    let (now, to, currency) = (site.clock.now(), case.receivable(), case.amount.currency);
    let mut came: BTreeMap<PersonId, i64> = BTreeMap::new();
    let kept = chargebacks::kept_as_credit(tx, case.leg, cards).await?;
    for (person, minor) in orders::redeemed(tx, cards).await?.into_iter().chain(kept) {
        *came.entry(person).or_default() += minor;
    }
    let people: Vec<PersonId> = came.keys().copied().collect();
    let mut left_minor = missing_minor;
    for doubtful in credit::lock_doubtful(tx, &people, currency, case.leg, case.paid_for.order()).await? {
        let came_minor = came.get(&doubtful.person).copied().unwrap_or(0);
        let minor = credit::charge_back_minor(&doubtful, came_minor, left_minor);
        if minor > 0 {
            let (amount, command) =
                (Money::new(minor, currency), CreditCommand::ChargeBack { id: site.chance.uuid(now), to });
            credit::carry_out(tx, &*site.chance, now, doubtful.person, case.leg, amount, command).await?;
            mail_credit(site, tx, case, doubtful.person, amount, Reversal::Done).await?;
            left_minor -= minor;
        }
    }
    Ok(missing_minor - left_minor)
}

/// Locks the cards that hold what was bought. Repeats until nothing is new: before its lock was held, a card may have been sent on as
/// another one.
pub(super) async fn lock_cards(tx: &mut Tx, order: GiftCardOrderId) -> Result<Vec<GiftCard>, WorkflowError> {
    let mut known: Vec<GiftCardId> = Vec::new();
    loop {
        let reached: Vec<GiftCardId> = orders::cards_of(tx, &[order]).await?.into_iter().map(|one| one.card).collect();
        let cards = gift_cards::commands::lock_all(tx, &reached).await?;
        if reached == known {
            return Ok(cards);
        }
        known = reached;
    }
}

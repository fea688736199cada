//! Changes of locked cards: decided here without I/O, and saved together.

use kernel::{Actor, Instant, LegId, Money, RefundId};
use ledger::{Account, Transfer, transfer_id};
use uuid::Uuid;

use crate::card::{CardState, GiftCard};
use crate::decide::{CardCommand, decide};
use crate::entry::CardEntry;
use crate::error::GiftCardsError;
use crate::templates;

/// Locked cards with their changes.
#[derive(Debug, Default)]
pub struct CardChanges {
    pub(crate) changed: Vec<(GiftCard, CardEntry)>,
    pub(crate) transfers: Vec<Transfer>,
}

impl CardChanges {
    /// Carries out `command` on `card`.
    pub fn carry_out(
        &mut self,
        card: &mut GiftCard,
        command: CardCommand,
        actor: Actor,
        reason: Option<String>,
        now: Instant,
    ) -> Result<(), GiftCardsError> {
        let change = decide(card, command, now)?;
        let moved = Money::new(change.change_minor.abs(), card.balance.currency);
        let transfer = movement(card, command, moved)?;
        card.state = change.state;
        card.holder = change.holder;
        card.is_offered = change.is_offered;
        card.balance.amount_minor += change.change_minor;
        card.version += 1;
        let entry = CardEntry {
            number: card.version,
            kind: change.kind,
            change: Money::new(change.change_minor, card.balance.currency),
            balance: card.balance,
            about: change.about,
            reason,
            actor,
            at: now,
        };
        self.changed.push((card.clone(), entry));
        self.transfers.extend(transfer);
        if matches!(command, CardCommand::Release { .. }) && card.state == CardState::Expired {
            return self.carry_out(card, CardCommand::Expire, Actor::SYSTEM, None, now);
        }
        Ok(())
    }

    /// Puts a refund of value whose card has ended back where such value comes from.
    pub fn end_refund(
        &mut self,
        card: &GiftCard,
        refund: RefundId,
        leg: LegId,
        amount: Money,
        from: Account,
    ) -> Result<(), GiftCardsError> {
        let to = templates::source(card.kind);
        let name = "gift_card_refund_ended";
        self.transfers.push(templates::movement(name, card.id, refund.0, from, to, amount, Some(leg))?);
        Ok(())
    }

    /// Each card after each of its steps, with the step, and the transfers of all steps.
    pub fn into_parts(self) -> (Vec<(GiftCard, CardEntry)>, Vec<Transfer>) {
        (self.changed, self.transfers)
    }

    /// Whether nothing was done.
    pub const fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.transfers.is_empty()
    }
}

/// The transfer of a command, if it moves value.
fn movement(card: &GiftCard, command: CardCommand, moved: Money) -> Result<Option<Transfer>, GiftCardsError> {
    let (own, held) = (templates::card(card.id), templates::card_hold(card.id));
    // A card is emptied more than once when what was set aside comes back late, and a leg may hold value of several cards.
    let step = transfer_id(&format!("step {}", card.version), card.id.0);
    let part = |leg: LegId| transfer_id(&leg.to_string(), card.id.0);
    let (template, named_by, from, to, amount, leg): (_, Uuid, _, _, _, _) = match command {
        CardCommand::Hold { leg, amount } => ("gift_card_held", part(leg), own, held, amount, Some(leg)),
        CardCommand::Release { leg, amount } => ("gift_card_released", part(leg), held, own, amount, Some(leg)),
        CardCommand::Spend { leg, amount, to } => ("gift_card_spent", part(leg), held, to, amount, Some(leg)),
        CardCommand::Refund { refund, leg, amount, from } => {
            ("gift_card_refunded", refund.0, from, own, amount, Some(leg))
        }
        CardCommand::Redeem { id, amount } => {
            let holder = card.holder.ok_or(GiftCardsError::NoCredit)?;
            ("gift_card_redeemed", id, own, templates::credit(holder), amount, None)
        }
        CardCommand::Expire => ("gift_card_expired", step, own, templates::source(card.kind), moved, None),
        CardCommand::Replace { by } => ("gift_card_replaced", step, own, templates::card(by), moved, None),
        CardCommand::Reclaim { to } => ("gift_card_reclaimed", step, own, to, moved, None),
        CardCommand::PayBack { to, amount } => ("gift_card_reclaimed", step, own, to, amount, None),
        CardCommand::Unearn { amount, .. } => {
            ("gift_card_unearned", step, own, templates::source(card.kind), amount, None)
        }
        CardCommand::Restore { from, amount } => ("gift_card_restored", step, from, own, amount, None),
        CardCommand::ChargeBack { to, amount } => ("gift_card_charged_back", step, own, to, amount, None),
        CardCommand::Offer { to, .. } => ("gift_card_sent", step, own, templates::card(to), moved, None),
        CardCommand::TakeBack { to } => ("gift_card_taken_back", step, own, templates::card(to), moved, None),
        CardCommand::Deliver
        | CardCommand::Claim { .. }
        // Moved with the step of the other card.
        | CardCommand::ComeBack { .. }
        | CardCommand::Arrive { .. }
        | CardCommand::Freeze
        | CardCommand::Unfreeze => return Ok(None),
    };
    if amount.amount_minor == 0 {
        return Ok(None);
    }
    Ok(Some(templates::movement(template, card.id, named_by, from, to, amount, leg)?))
}

#[cfg(test)]
mod histories;

#[cfg(test)]
mod tests {
    use kernel::{Currency, GiftCardId};

    use super::*;
    use crate::card::CardKind;

    #[test]
    fn there_is_nothing_to_save_until_a_card_or_the_books_change() {
        let now = Instant::UNIX_EPOCH;
        let amount = Money::new(500, Currency::Usd);
        let mut card = GiftCard {
            id: GiftCardId(Uuid::from_u128(1)),
            kind: CardKind::Promotional,
            state: CardState::Active,
            issued: amount,
            balance: amount,
            buyer: None,
            holder: None,
            is_offered: false,
            last_day: None,
            batch: None,
            replaces: None,
            version: 1,
            created_at: now,
        };
        let (leg, escrow) = (LegId(Uuid::from_u128(2)), Account { kind: "booking_escrow", owner: Uuid::from_u128(3) });
        assert!(CardChanges::default().is_empty());
        let mut frozen = CardChanges::default();
        frozen.carry_out(&mut card, CardCommand::Freeze, Actor::SYSTEM, None, now).expect("it is active");
        assert!(!frozen.is_empty() && frozen.transfers.is_empty());
        let mut ended = CardChanges::default();
        ended.end_refund(&card, RefundId(Uuid::from_u128(4)), leg, amount, escrow).expect("balances");
        assert!(!ended.is_empty() && ended.changed.is_empty());
    }
}

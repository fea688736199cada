//! What a command changes in a card at a moment. Pure; every rule about cards is here.

use kernel::{BookingId, GiftCardId, Instant, LegId, Money, PersonId, RefundId};
use ledger::Account;
use uuid::Uuid;

use crate::card::{CardState, GiftCard};
use crate::entry::EntryKind;
use crate::error::GiftCardsError;

/// What may be done with a card. Who may do it is the caller's to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardCommand {
    /// The code goes to whoever it is for, or a new one does, because the first was lost.
    Deliver,
    /// Somebody who has the code takes the card.
    Claim {
        by: PersonId,
    },
    /// Sets value aside for a payment.
    Hold {
        leg: LegId,
        amount: Money,
    },
    /// Gives back what was set aside.
    Release {
        leg: LegId,
        amount: Money,
    },
    /// Takes what was set aside, to the account of what is paid.
    Spend {
        leg: LegId,
        amount: Money,
        to: Account,
    },
    /// Value comes back from the account of what was paid.
    Refund {
        refund: RefundId,
        leg: LegId,
        amount: Money,
        from: Account,
    },
    /// Turns value into credit of the holder.
    Redeem {
        id: Uuid,
        amount: Money,
    },
    /// Sends all value to somebody else, who may be nobody that we know, as a new card.
    Offer {
        to: GiftCardId,
        /// What is set aside of this card.
        held: Money,
    },
    /// The value of a card that was sent goes back to the card that it was sent from.
    TakeBack {
        to: GiftCardId,
    },
    /// On the card that it was sent from: the value comes back.
    ComeBack {
        from: GiftCardId,
        amount: Money,
    },
    /// On the card that it was sent from: the new card was claimed.
    Arrive {
        by: PersonId,
    },
    /// Staff stop it.
    Freeze,
    Unfreeze,
    /// Its last day is over.
    Expire,
    /// All value goes to another card.
    Replace {
        by: GiftCardId,
    },
    /// The booking that earned it was paid back.
    Unearn {
        booking: BookingId,
        amount: Money,
    },
    /// Its purchase was undone; what is left goes to the account of the purchase.
    Reclaim {
        to: Account,
    },
    /// A part of its price goes back to its buyer, and nobody else has it; as much is taken off it, to the account of the purchase.
    PayBack {
        to: Account,
        amount: Money,
    },
    /// What a bank had taken back, and `ChargeBack` with it, comes back from the account of that.
    Restore {
        from: Account,
        amount: Money,
    },
    /// On a card whose price a bank took back, and that is stopped or over: `amount` of it goes to the account of the chargeback.
    ChargeBack {
        to: Account,
        amount: Money,
    },
}

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardChange {
    pub kind: EntryKind,
    pub state: CardState,
    pub holder: Option<PersonId>,
    pub is_offered: bool,
    /// By how much the balance changes.
    pub change_minor: i64,
    pub about: Option<Uuid>,
}

/// What `command` changes in `card` at `now`, or why it cannot.
pub fn decide(card: &GiftCard, command: CardCommand, now: Instant) -> Result<CardChange, GiftCardsError> {
    let stays = |kind| CardChange {
        kind,
        state: card.state,
        holder: card.holder,
        is_offered: card.is_offered,
        change_minor: 0,
        about: None,
    };
    Ok(match command {
        CardCommand::Deliver => match card.state {
            CardState::Scheduled => CardChange { state: CardState::Active, ..stays(EntryKind::Delivered) },
            CardState::Frozen => return Err(GiftCardsError::Frozen),
            _ if card.has_expired(now) => return Err(GiftCardsError::Expired),
            CardState::Active if card.holder.is_some() => return Err(GiftCardsError::NotOffered),
            CardState::Active => stays(EntryKind::Delivered),
            _ => return Err(GiftCardsError::Done),
        },
        CardCommand::Claim { by } => {
            check_claimable(card, now)?;
            CardChange { holder: Some(by), about: Some(by.0), ..stays(EntryKind::Claimed) }
        }
        CardCommand::Hold { leg, amount } => {
            check_spendable(card, now)?;
            check_amount(card, amount)?;
            CardChange { change_minor: -amount.amount_minor, about: Some(leg.0), ..stays(EntryKind::Held) }
        }
        CardCommand::Redeem { id, amount } => {
            check_spendable(card, now)?;
            if !card.kind.becomes_credit() || card.holder.is_none() {
                return Err(GiftCardsError::NoCredit);
            }
            check_amount(card, amount)?;
            CardChange { change_minor: -amount.amount_minor, about: Some(id), ..stays(EntryKind::Redeemed) }
        }
        // What was set aside in time stays good, whatever happened to the card meanwhile.
        CardCommand::Release { leg, amount } => {
            CardChange { change_minor: amount.amount_minor, about: Some(leg.0), ..stays(EntryKind::Released) }
        }
        CardCommand::Spend { leg, .. } => CardChange { about: Some(leg.0), ..stays(EntryKind::Spent) },
        CardCommand::Refund { refund, amount, .. } => match card.state {
            CardState::Void => return Err(GiftCardsError::Void),
            _ if card.has_expired(now) => return Err(GiftCardsError::Expired),
            _ => CardChange { change_minor: amount.amount_minor, about: Some(refund.0), ..stays(EntryKind::Refunded) },
        },
        CardCommand::Offer { to, held } => {
            check_spendable(card, now)?;
            if !card.kind.is_transferable() || card.holder.is_none() {
                return Err(GiftCardsError::NotTransferable);
            }
            if held.amount_minor > 0 {
                return Err(GiftCardsError::PartlyHeld { held });
            }
            if card.balance.amount_minor == 0 {
                return Err(GiftCardsError::Empty);
            }
            let change_minor = -card.balance.amount_minor;
            CardChange { is_offered: true, change_minor, about: Some(to.0), ..stays(EntryKind::Offered) }
        }
        CardCommand::TakeBack { to } => {
            if card.holder.is_some() {
                return Err(GiftCardsError::NotOffered);
            }
            check_spendable(card, now)?;
            emptied(card, EntryKind::TakenBack, Some(to.0))?
        }
        CardCommand::ComeBack { from, amount } => {
            check_offered(card)?;
            let change_minor = amount.amount_minor;
            CardChange { is_offered: false, change_minor, about: Some(from.0), ..stays(EntryKind::TakenBack) }
        }
        CardCommand::Arrive { by } => {
            CardChange { is_offered: false, about: Some(by.0), ..stays(EntryKind::Transferred) }
        }
        CardCommand::Freeze => match card.state {
            _ if card.has_expired(now) => return Err(GiftCardsError::Expired),
            CardState::Active | CardState::Scheduled => {
                CardChange { state: CardState::Frozen, ..stays(EntryKind::Frozen) }
            }
            state => return Err(refusal(state)),
        },
        CardCommand::Unfreeze => match card.state {
            CardState::Frozen => CardChange { state: CardState::Active, ..stays(EntryKind::Unfrozen) },
            _ => return Err(GiftCardsError::Done),
        },
        CardCommand::Expire => match card.state {
            // What staff stopped waits for their word; its last day does not move.
            CardState::Active | CardState::Scheduled if card.has_expired(now) => ended(card),
            // What was set aside has come back too late.
            CardState::Expired if card.balance.amount_minor > 0 => ended(card),
            _ => return Err(GiftCardsError::Done),
        },
        CardCommand::Unearn { booking, amount } => {
            if matches!(card.state, CardState::Void | CardState::Expired) {
                return Err(refusal(card.state));
            }
            check_amount(card, amount)?;
            CardChange { change_minor: -amount.amount_minor, about: Some(booking.0), ..stays(EntryKind::Unearned) }
        }
        CardCommand::PayBack { amount, .. } => {
            check_takes_back(card, now)?;
            check_amount(card, amount)?;
            CardChange { change_minor: -amount.amount_minor, ..stays(EntryKind::Reclaimed) }
        }
        CardCommand::Restore { amount, .. } => {
            check_takes_back(card, now)?;
            CardChange { change_minor: amount.amount_minor, ..stays(EntryKind::Refunded) }
        }
        CardCommand::Replace { by } => emptied(card, EntryKind::Replaced, Some(by.0))?,
        CardCommand::ChargeBack { amount, .. } => {
            // Nobody can spend what is left after its last day, whether or not that was written down.
            let is_over = matches!(card.state, CardState::Active | CardState::Scheduled) && card.has_expired(now);
            if card.state != CardState::Frozen && !is_over {
                return Err(refusal(card.state));
            }
            check_amount(card, amount)?;
            CardChange { change_minor: -amount.amount_minor, ..stays(EntryKind::Reclaimed) }
        }
        CardCommand::Reclaim { .. } => emptied(card, EntryKind::Reclaimed, card.buyer.map(|buyer| buyer.0))?,
    })
}

/// The card after its last day.
fn ended(card: &GiftCard) -> CardChange {
    CardChange {
        kind: EntryKind::Expired,
        state: CardState::Expired,
        holder: card.holder,
        is_offered: false,
        change_minor: -card.balance.amount_minor,
        about: None,
    }
}

/// The card with nothing left on it.
fn emptied(card: &GiftCard, kind: EntryKind, about: Option<Uuid>) -> Result<CardChange, GiftCardsError> {
    if matches!(card.state, CardState::Void | CardState::Expired) {
        return Err(refusal(card.state));
    }
    Ok(CardChange {
        kind,
        state: CardState::Void,
        holder: card.holder,
        is_offered: false,
        change_minor: -card.balance.amount_minor,
        about,
    })
}

/// Whether its code gives the card to whoever has it; every reason why not is one.
pub(crate) fn check_claimable(card: &GiftCard, now: Instant) -> Result<(), GiftCardsError> {
    let is_live = card.state == CardState::Active && !card.has_expired(now) && card.holder.is_none();
    if is_live && card.balance.amount_minor > 0 { Ok(()) } else { Err(GiftCardsError::CodeOpensNothing) }
}

fn check_spendable(card: &GiftCard, now: Instant) -> Result<(), GiftCardsError> {
    match card.state {
        CardState::Active if card.has_expired(now) => Err(GiftCardsError::Expired),
        CardState::Active if card.is_offered => Err(GiftCardsError::Offered),
        CardState::Active => Ok(()),
        state => Err(refusal(state)),
    }
}

/// Whether value may still be put on it, or taken off for its buyer: also before it is delivered, and while it is stopped.
fn check_takes_back(card: &GiftCard, now: Instant) -> Result<(), GiftCardsError> {
    match card.state {
        CardState::Void | CardState::Expired => Err(refusal(card.state)),
        _ if card.has_expired(now) => Err(GiftCardsError::Expired),
        _ => Ok(()),
    }
}

/// Whether the value of the card is on its way, and may come back to it.
const fn check_offered(card: &GiftCard) -> Result<(), GiftCardsError> {
    match card.state {
        CardState::Void | CardState::Expired => Err(refusal(card.state)),
        _ if card.is_offered => Ok(()),
        _ => Err(GiftCardsError::NotOffered),
    }
}

const fn refusal(state: CardState) -> GiftCardsError {
    match state {
        CardState::Frozen => GiftCardsError::Frozen,
        CardState::Expired => GiftCardsError::Expired,
        CardState::Void => GiftCardsError::Void,
        CardState::Scheduled | CardState::Active => GiftCardsError::Done,
    }
}

fn check_amount(card: &GiftCard, asked: Money) -> Result<(), GiftCardsError> {
    if asked.currency != card.balance.currency || asked.amount_minor <= 0 {
        return Err(GiftCardsError::Amount { currency: card.balance.currency });
    }
    if asked.amount_minor > card.balance.amount_minor {
        return Err(GiftCardsError::NotEnough { asked, left: card.balance });
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! What bookings have earned: locked, summed and recorded.

use database::Tx;
use kernel::{Actor, BookingId, Currency, GiftCardId, Instant, Money, PersonId};

use crate::card::{CardState, GiftCard};
use crate::changes::CardChanges;
use crate::decide::CardCommand;
use crate::error::GiftCardsError;
use crate::loyalty::{LoyaltyAward, counts_from};
use crate::store;

/// The award of a booking, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, booking: BookingId) -> Result<Option<LoyaltyAward>, GiftCardsError> {
    store::loyalty::lock(tx, booking).await
}

/// What the person has completed within a year, in a currency. Until the transaction ends, others who ask wait (an advisory lock):
/// otherwise two bookings that are completed at once would both earn by the tier below the one that they reach together.
pub async fn year(tx: &mut Tx, person: PersonId, currency: Currency, now: Instant) -> Result<Money, GiftCardsError> {
    store::loyalty::take_turn(tx, person, currency).await?;
    store::loyalty::year(tx, person, currency, counts_from(now)).await
}

/// The awards on these cards that are not theirs any more, because money went back while something was set aside or spent of it; locked
/// until the transaction ends. They are locked before cards.
pub async fn lock_owed(tx: &mut Tx, cards: &[GiftCardId]) -> Result<Vec<LoyaltyAward>, GiftCardsError> {
    if cards.is_empty() {
        return Ok(Vec::new());
    }
    let awards = store::loyalty::lock_lessened(tx, cards).await?;
    Ok(awards.into_iter().filter(|award| award.owed_minor() > 0).collect())
}

/// Takes what is owed of an award off its card, as far as it is there. What is set aside or spent is taken when it comes back.
pub fn take_owed(
    changes: &mut CardChanges,
    award: &mut LoyaltyAward,
    card: &mut GiftCard,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let amount = Money::new(award.owed_minor().min(card.balance.amount_minor), card.balance.currency);
    if amount.amount_minor == 0 || matches!(card.state, CardState::Expired | CardState::Void) {
        return Ok(());
    }
    let command = CardCommand::Unearn { booking: award.booking, amount };
    changes.carry_out(card, command, Actor::SYSTEM, None, now)?;
    award.lost_minor += amount.amount_minor;
    Ok(())
}

/// Records an award, or how it stands now.
pub async fn save(tx: &mut Tx, award: &LoyaltyAward) -> Result<(), GiftCardsError> {
    store::loyalty::save(tx, award).await
}

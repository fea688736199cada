//! What bookings have earned: locked, summed and recorded.

use database::Tx;
use kernel::{BookingId, Currency, Instant, Money, PersonId};

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

/// Records an award, or how it stands now.
pub async fn save(tx: &mut Tx, award: &LoyaltyAward) -> Result<(), GiftCardsError> {
    store::loyalty::save(tx, award).await
}

//! Reads under lock, and writes, of what bookings have earned.

use chrono::{DateTime, Utc};
use database::Tx;
use kernel::{BookingId, Currency, GiftCardId, Instant, Money, PersonId};
use uuid::Uuid;

use crate::error::GiftCardsError;
use crate::loyalty::LoyaltyAward;

struct StoredAward {
    booking_id: BookingId,
    person_id: PersonId,
    currency: Currency,
    base_minor: i64,
    basis_points: i32,
    earned_minor: i64,
    lost_minor: i64,
    card_id: Option<GiftCardId>,
    awarded_at: DateTime<Utc>,
}

impl From<StoredAward> for LoyaltyAward {
    fn from(row: StoredAward) -> Self {
        Self {
            booking: row.booking_id,
            person: row.person_id,
            base: Money::new(row.base_minor, row.currency),
            basis_points: row.basis_points,
            earned_minor: row.earned_minor,
            lost_minor: row.lost_minor,
            card: row.card_id,
            awarded_at: row.awarded_at,
        }
    }
}

/// The award of a booking, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, booking: BookingId) -> Result<Option<LoyaltyAward>, GiftCardsError> {
    let row = sqlx::query_as!(
        StoredAward,
        r#"SELECT booking_id AS "booking_id: BookingId", person_id AS "person_id: PersonId", currency AS "currency: Currency", base_minor,
             basis_points, earned_minor, lost_minor, card_id AS "card_id: GiftCardId", awarded_at
           FROM loyalty_awards WHERE booking_id = $1 FOR UPDATE"#,
        booking.0
    );
    Ok(row.fetch_optional(&mut **tx).await?.map(LoyaltyAward::from))
}

/// The awards on these cards that lost some of their base, locked until the transaction ends.
pub(crate) async fn lock_lessened(tx: &mut Tx, cards: &[GiftCardId]) -> Result<Vec<LoyaltyAward>, GiftCardsError> {
    let ids: Vec<Uuid> = cards.iter().map(|card| card.0).collect();
    let rows = sqlx::query_as!(
        StoredAward,
        r#"SELECT booking_id AS "booking_id: BookingId", person_id AS "person_id: PersonId", currency AS "currency: Currency", base_minor,
             basis_points, earned_minor, lost_minor, card_id AS "card_id: GiftCardId", awarded_at
           FROM loyalty_awards WHERE card_id = ANY($1) AND trunc(base_minor::numeric * basis_points / 10000) < earned_minor - lost_minor
           ORDER BY booking_id FOR UPDATE"#,
        &ids
    );
    Ok(rows.fetch_all(&mut **tx).await?.into_iter().map(LoyaltyAward::from).collect())
}

/// Takes the lock under which somebody's earnings in a currency are summed, until the transaction ends.
pub(crate) async fn take_turn(tx: &mut Tx, person: PersonId, currency: Currency) -> Result<(), GiftCardsError> {
    let turn = sqlx::query_scalar!(
        "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(current_schema() || 'loyalty' || $1::text || $2, 0))",
        person.0.to_string(),
        currency.code()
    );
    Ok(turn.fetch_one(&mut **tx).await.map(drop)?)
}

/// What the bookings of somebody that were completed since then count.
pub(crate) async fn year(
    tx: &mut Tx,
    person: PersonId,
    currency: Currency,
    since: Instant,
) -> Result<Money, GiftCardsError> {
    let sum = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(base_minor), 0)::bigint AS "sum!" FROM loyalty_awards
           WHERE person_id = $1 AND currency = $2 AND awarded_at > $3"#,
        person.0,
        currency.code(),
        since
    );
    Ok(Money::new(sum.fetch_one(&mut **tx).await?, currency))
}

/// Inserts an award, or saves what is left of it.
pub(crate) async fn save(tx: &mut Tx, award: &LoyaltyAward) -> Result<(), GiftCardsError> {
    let saved = sqlx::query!(
        "INSERT INTO loyalty_awards (booking_id, person_id, currency, base_minor, basis_points, earned_minor,
          lost_minor, card_id, awarded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (booking_id) DO UPDATE SET base_minor = excluded.base_minor, lost_minor = excluded.lost_minor",
        award.booking.0,
        award.person.0,
        award.base.currency.code(),
        award.base.amount_minor,
        award.basis_points,
        award.earned_minor,
        award.lost_minor,
        award.card.map(|card| card.0),
        award.awarded_at
    );
    Ok(saved.execute(&mut **tx).await.map(drop)?)
}

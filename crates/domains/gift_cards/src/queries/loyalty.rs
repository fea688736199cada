//! Reads of the rules of loyalty, and of how people stand.

use database::Connection;
use kernel::{Currency, Instant, Money, PersonId};

use crate::error::GiftCardsError;
use crate::loyalty::{LoyaltyStanding, LoyaltyTier, counts_from, standing};

/// The tiers of a currency that count now, the lowest first.
pub async fn ladder(
    connection: &mut Connection,
    currency: Currency,
    now: Instant,
) -> Result<Vec<LoyaltyTier>, GiftCardsError> {
    let rows = sqlx::query!(
        "SELECT name, from_minor, basis_points, months_valid FROM loyalty_tiers
         WHERE currency = $1 AND valid_from = (SELECT max(valid_from) FROM loyalty_tiers WHERE currency = $1 AND valid_from <= $2)
         ORDER BY from_minor",
        currency.code(),
        now
    );
    let tiers = rows.fetch_all(connection).await?.into_iter().map(|row| LoyaltyTier {
        name: row.name,
        from: Money::new(row.from_minor, currency),
        basis_points: row.basis_points,
        months_valid: row.months_valid.and_then(|months| months.try_into().ok()),
    });
    Ok(tiers.collect())
}

/// How somebody stands in each currency in which they have completed bookings within a year, by currency.
pub async fn standings(
    connection: &mut Connection,
    person: PersonId,
    now: Instant,
) -> Result<Vec<LoyaltyStanding>, GiftCardsError> {
    let sums = sqlx::query!(
        r#"SELECT currency AS "currency: Currency", sum(base_minor)::bigint AS "sum!" FROM loyalty_awards
           WHERE person_id = $1 AND awarded_at > $2 GROUP BY currency ORDER BY currency"#,
        person.0,
        counts_from(now)
    );
    let mut standings = Vec::new();
    for row in sums.fetch_all(&mut *connection).await? {
        let tiers = ladder(connection, row.currency, now).await?;
        standings.extend(standing(&tiers, Money::new(row.sum, row.currency)));
    }
    Ok(standings)
}

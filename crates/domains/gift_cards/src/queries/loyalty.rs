//! Reads of the rules of loyalty, and of how people stand.

use std::collections::BTreeMap;

use database::Connection;
use kernel::{Currency, Instant, LegId, Money, PersonId};

use crate::card::CardKind;
use crate::error::GiftCardsError;
use crate::given_credit::{CreditMovement, CreditMovementKind, given_by_leg};
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

/// How much of what somebody's credit in a currency paid came from value that nobody had paid for, by part of a payment.
pub async fn given_credit(
    connection: &mut Connection,
    person: PersonId,
    currency: Currency,
) -> Result<BTreeMap<LegId, i64>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT -p.amount_minor AS "change_minor!", t.reference_id AS "leg: LegId",
             t.template IN ('credit_held', 'credit_released', 'credit_refunded') AS "is_of_leg!",
             (t.template = 'gift_card_redeemed' AND c.kind <> $3) AS "is_given!"
           FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id JOIN ledger_transfers t ON t.id = p.transfer_id
           LEFT JOIN gift_cards c ON t.subject_kind = 'gift_card' AND c.id = t.subject_id
           WHERE a.kind = 'customer_credit' AND a.owner_id = $1 AND a.currency = $2 ORDER BY p.version"#,
        person.0,
        currency.code(),
        CardKind::Platform.as_str()
    );
    let movements = rows.fetch_all(connection).await?.into_iter().map(|row| CreditMovement {
        change_minor: row.change_minor,
        kind: match row.leg.filter(|_| row.is_of_leg) {
            Some(leg) => CreditMovementKind::OfLeg(leg),
            None if row.is_given => CreditMovementKind::Given,
            None => CreditMovementKind::Own,
        },
    });
    Ok(given_by_leg(movements))
}

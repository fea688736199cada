//! Checks that tables agree with each other, over the whole database; for tests and the demo data.

use database::Connection;
use kernel::{Currency, Money};

/// Inconsistencies. Everything is zero or empty in a healthy database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disorder {
    /// Currencies whose postings do not sum to zero, with the sum in minor units.
    pub unbalanced_currencies: Vec<(String, i64)>,
    /// Transfers whose own postings do not sum to zero.
    pub unbalanced_transfers: i64,
    /// Months (`2026-11`) and currencies in which the legs' captured or refunded sums differ from the ledger.
    pub unreconciled_months: Vec<String>,
    /// Money that stays in escrow for ever.
    pub stuck_escrows: Vec<StuckEscrow>,
    /// Pairs of overlapping allocations of one celebrity.
    pub overlapping_allocations: i64,
    /// Profiles whose stored rating differs from that of their reviews.
    pub wrong_ratings: i64,
    /// Bookings whose wall time does not match their instant.
    pub wrong_wall_times: i64,
    /// Bookings whose version differs from the number of their events.
    pub wrong_versions: i64,
    /// Card payments that the sandbox provider's tables do not have, or have with other values.
    pub forgotten_payments: i64,
}

/// Money in the escrow of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckEscrow {
    /// What people call the booking.
    pub booking: String,
    pub amount: Money,
}

/// Runs all checks.
pub async fn disorder(connection: &mut Connection) -> Result<Disorder, sqlx::Error> {
    Ok(Disorder {
        unbalanced_currencies: unbalanced_currencies(connection).await?,
        unbalanced_transfers: unbalanced_transfers(connection).await?,
        unreconciled_months: unreconciled_months(connection).await?,
        stuck_escrows: stuck_escrows(connection).await?,
        overlapping_allocations: overlapping_allocations(connection).await?,
        wrong_ratings: wrong_ratings(connection).await?,
        wrong_wall_times: wrong_wall_times(connection).await?,
        wrong_versions: wrong_versions(connection).await?,
        forgotten_payments: forgotten_payments(connection).await?,
    })
}

/// The number of bookings by status, most first.
pub async fn bookings_by_status(connection: &mut Connection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(r#"SELECT status, count(*) AS "count!" FROM bookings GROUP BY status ORDER BY 2 DESC"#)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.status, row.count)).collect())
}

/// How often each kind of stored value occurs: kinds and states of cards, combinations of methods in payments, and where refunds went.
pub async fn stored_variety(connection: &mut Connection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query_file!("sql/stored_variety.sql").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.what, row.count)).collect())
}

async fn unbalanced_currencies(connection: &mut Connection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT currency::text AS "currency!", sum(amount_minor)::bigint AS "sum!" FROM ledger_postings
           GROUP BY currency HAVING sum(amount_minor) <> 0 ORDER BY currency"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.currency, row.sum)).collect())
}

async fn unbalanced_transfers(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
             SELECT t.id FROM ledger_transfers t LEFT JOIN ledger_postings p ON p.transfer_id = t.id
             GROUP BY t.id, p.currency HAVING count(p.*) < 2 OR sum(p.amount_minor) <> 0
           ) unbalanced"#
    )
    .fetch_one(connection)
    .await
}

async fn unreconciled_months(connection: &mut Connection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH provider AS (
             SELECT date_trunc('month', received_at, 'UTC') AS month, currency, amount_minor AS amount FROM payment_receipts
             WHERE provider NOT IN ('gift_cards', 'credit')
             UNION ALL
             SELECT date_trunc('month', r.created_at, 'UTC'), r.currency, -r.amount_minor
             FROM refunds r JOIN payment_legs l ON l.id = r.leg_id
             WHERE r.state = 'succeeded' AND NOT r.is_kept AND r.chargeback_id IS NULL AND l.method NOT IN ('gift_card', 'credit')
             UNION ALL
             SELECT date_trunc('month', recorded_at, 'UTC'), currency, -amount_minor FROM chargebacks
             UNION ALL
             SELECT date_trunc('month', won_at, 'UTC'), currency, amount_minor FROM chargebacks WHERE won_at IS NOT NULL
           ), ledger AS (
             SELECT date_trunc('month', t.occurred_at, 'UTC') AS month, p.currency, p.amount_minor AS amount
             FROM ledger_postings p JOIN ledger_transfers t ON t.id = p.transfer_id
             JOIN ledger_accounts a ON a.id = p.account_id WHERE a.kind = 'provider_clearing'
           )
           SELECT to_char(month AT TIME ZONE 'UTC', 'YYYY-MM') || ' ' || currency AS "month!"
           FROM (SELECT month, currency, amount FROM provider UNION ALL SELECT month, currency, -amount FROM ledger) both_sides
           GROUP BY month, currency HAVING sum(amount) <> 0 ORDER BY 1"#
    )
    .fetch_all(connection)
    .await
}

/// Money in escrow that nothing will move: no deadline of its booking is open, no refund on its way, and nobody will rule on it. At most
/// 100.
pub async fn stuck_escrows(connection: &mut Connection) -> Result<Vec<StuckEscrow>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(b.reference, a.owner_id::text) AS "booking!", a.currency AS "currency: Currency",
             -sum(p.amount_minor)::bigint AS "amount_minor!"
           FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id LEFT JOIN bookings b ON b.id = a.owner_id
           WHERE a.kind IN ('booking_escrow', 'order_escrow') AND b.status IS DISTINCT FROM 'disputed'
             AND NOT EXISTS (SELECT FROM booking_deadlines d WHERE d.booking_id = b.id AND d.closed_at IS NULL)
             AND NOT EXISTS (SELECT FROM refunds r JOIN payment_legs l ON l.id = r.leg_id JOIN payment_intents i ON i.id = l.intent_id
               WHERE i.booking_id = a.owner_id AND r.state = 'pending' AND NOT r.is_surplus)
           GROUP BY a.id, b.reference HAVING sum(p.amount_minor) <> 0 ORDER BY 1 LIMIT 100"#
    );
    let stuck = |booking, amount_minor, currency| StuckEscrow { booking, amount: Money::new(amount_minor, currency) };
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| stuck(row.booking, row.amount_minor, row.currency)).collect())
}

async fn overlapping_allocations(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
             SELECT span && lead(span) OVER (PARTITION BY celebrity_id ORDER BY lower(span)) AS collides FROM allocations
           ) neighbours WHERE collides"#
    )
    .fetch_one(connection)
    .await
}

async fn wrong_ratings(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM celebrities c LEFT JOIN (
             SELECT celebrity_id, count(*) AS count, sum(rating) AS sum FROM reviews GROUP BY celebrity_id
           ) r ON r.celebrity_id = c.id
           WHERE c.rating_count <> coalesce(r.count, 0) OR c.rating_sum <> coalesce(r.sum, 0)"#
    )
    .fetch_one(connection)
    .await
}

async fn wrong_wall_times(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM bookings WHERE starts_at AT TIME ZONE time_zone <> starts_local"#
    )
    .fetch_one(connection)
    .await
}

async fn wrong_versions(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM bookings b
           LEFT JOIN (SELECT booking_id, max(version) AS version FROM booking_events GROUP BY booking_id) e ON e.booking_id = b.id
           WHERE b.version IS DISTINCT FROM e.version"#
    )
    .fetch_one(connection)
    .await
}

async fn forgotten_payments(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM payment_legs l
           LEFT JOIN sandbox_card_payments p ON p.provider_ref = l.provider_ref
           WHERE l.provider = 'sandbox' AND l.state IN ('captured', 'failed')
             AND CASE WHEN l.failure_code IN ('no_answer', 'refused') THEN
                   EXISTS (SELECT FROM sandbox_card_payments late WHERE late.idempotency_key = l.id::text AND late.state = 'succeeded')
                 WHEN l.failure_code = 'other_amount' THEN p.refunded_minor IS DISTINCT FROM p.amount_minor
                 ELSE p.provider_ref IS NULL OR p.amount_minor <> l.share_minor OR p.refunded_minor <> l.refunded_minor
                   - (SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r
                      WHERE r.leg_id = l.id AND r.state <> 'failed' AND (r.is_kept OR r.chargeback_id IS NOT NULL)) END"#
    )
    .fetch_one(connection)
    .await
}

//! Compares legs, receipts and refunds with the ledger.

use database::Connection;
use kernel::{Currency, Money, RefundId};
use ledger::Report;

use super::chargebacks::cases_off;
use crate::{LegState, PaymentMethod, PaymentsError, RefundState};

/// Checks the ledger itself, then that legs, receipts and refunds agree with it.
pub async fn check(connection: &mut Connection) -> Result<Report, PaymentsError> {
    let mut report = ledger::queries::check(&mut *connection).await?;
    report.faults.extend(legs_off(&mut *connection).await?);
    report.faults.extend(receipts_off(&mut *connection).await?);
    report.faults.extend(surplus_off(&mut *connection).await?);
    report.faults.extend(holds_off(&mut *connection).await?);
    report.faults.extend(cases_off(connection).await?);
    Ok(report)
}

/// The refunds that are owed and not paid yet.
pub async fn pending_refunds(connection: &mut Connection) -> Result<Vec<(RefundId, Money)>, PaymentsError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: RefundId", amount_minor, currency AS "currency: Currency" FROM refunds WHERE state = $1 ORDER BY id"#,
        RefundState::Pending as _
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.id, Money::new(row.amount_minor, row.currency))).collect())
}

/// Receipts minus paid refunds of a leg must equal what its transfers brought to the escrow and the surplus of what was paid for. If a
/// provider took the money, they must also equal what it owes us: plus the refunds that it did not pay (kept as credit, or for a
/// chargeback), minus what banks took back
/// and did not give back.
async fn legs_off(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"WITH books AS (
             SELECT t.reference_id AS leg_id, coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'provider_clearing'), 0) AS cleared,
               coalesce(-sum(p.amount_minor) FILTER (
                 WHERE a.kind IN ('booking_escrow', 'order_escrow', 'unapplied_receipts')), 0) AS brought
             FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id JOIN ledger_accounts a ON a.id = p.account_id
             WHERE t.reference_kind = 'payment_leg' GROUP BY t.reference_id
           ), came AS (
             SELECT leg_id, sum(amount_minor) AS taken FROM payment_receipts GROUP BY leg_id
           ), back AS (
             SELECT leg_id, sum(amount_minor) AS arrived,
               coalesce(sum(amount_minor) FILTER (WHERE is_kept OR chargeback_id IS NOT NULL), 0) AS stayed
             FROM refunds WHERE state = $1 GROUP BY leg_id
           ), lost AS (
             SELECT leg_id, sum(amount_minor) AS disputed FROM chargebacks WHERE won_at IS NULL GROUP BY leg_id
           ), off AS MATERIALIZED (
           SELECT l.id FROM payment_legs l LEFT JOIN books ON books.leg_id = l.id LEFT JOIN came ON came.leg_id = l.id
           LEFT JOIN back ON back.leg_id = l.id LEFT JOIN lost ON lost.leg_id = l.id
           CROSS JOIN LATERAL (SELECT coalesce(came.taken, 0) - coalesce(back.arrived, 0) AS minor) AS kept
           WHERE coalesce(books.brought, 0) <> kept.minor
             OR coalesce(books.cleared, 0)
               <> CASE WHEN l.method = ANY($2) THEN 0 ELSE kept.minor + coalesce(back.stayed, 0) - coalesce(lost.disputed, 0) END
           )
           SELECT id AS "id!" FROM off LIMIT 100"#,
        RefundState::Succeeded as _,
        &stored_methods()
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(|id| format!("leg {id} differs from the books")).collect())
}

/// The captured and the refunded sum of a leg must equal the sums of its receipts and of its refunds.
async fn receipts_off(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"WITH off AS MATERIALIZED (
           SELECT l.id FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id
           LEFT JOIN (SELECT leg_id, currency, sum(amount_minor) AS taken, sum(surplus_minor) AS surplus
                      FROM payment_receipts GROUP BY leg_id, currency) AS came ON came.leg_id = l.id AND came.currency = i.currency
           LEFT JOIN (SELECT leg_id, currency, sum(amount_minor) AS owed FROM refunds WHERE state <> $1 GROUP BY leg_id, currency)
             AS back ON back.leg_id = l.id AND back.currency = i.currency
           WHERE l.captured_minor <> coalesce(came.taken, 0) OR l.surplus_minor <> coalesce(came.surplus, 0)
              OR l.refunded_minor <> coalesce(back.owed, 0)
           )
           SELECT id AS "id!" FROM off LIMIT 100"#,
        RefundState::Failed as _
    );
    let line = |id| format!("leg {id} differs from its receipts or refunds");
    Ok(ids.fetch_all(connection).await?.into_iter().map(line).collect())
}

/// The unapplied balance of a booking or purchase must equal its surplus that was not refunded yet.
async fn surplus_off(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"WITH owed AS (
             SELECT i.booking_id, r.currency, sum(r.amount_minor) AS minor FROM refunds r JOIN payment_legs l ON l.id = r.leg_id
             JOIN payment_intents i ON i.id = l.intent_id WHERE r.is_surplus AND r.state = $1 GROUP BY i.booking_id, r.currency
           ), books AS (
             SELECT a.owner_id AS booking_id, a.currency, -sum(p.amount_minor) AS minor FROM ledger_accounts a
             JOIN ledger_postings p ON p.account_id = a.id WHERE a.kind = 'unapplied_receipts' GROUP BY a.owner_id, a.currency
           )
           SELECT coalesce(owed.booking_id, books.booking_id) AS "id!" FROM owed FULL JOIN books USING (booking_id, currency)
           WHERE coalesce(owed.minor, 0) <> coalesce(books.minor, 0) LIMIT 100"#,
        RefundState::Pending as _
    );
    let line = |id| format!("the surplus of booking or purchase {id} is neither in the books nor owed back");
    Ok(ids.fetch_all(connection).await?.into_iter().map(line).collect())
}

/// What a card or a person's credit has set aside must equal the legs that hold it.
async fn holds_off(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let rows = sqlx::query!(
        r#"WITH legs AS (
             SELECT CASE l.method WHEN 'credit' THEN 'credit_hold' ELSE 'gift_hold' END AS kind,
               coalesce(CASE l.method WHEN 'credit' THEN i.customer_id ELSE l.provider_ref::uuid END, l.id) AS owner_id,
               i.currency, sum(l.share_minor) AS minor
             FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id WHERE l.state = $1 AND l.method = ANY($2) GROUP BY 1, 2, 3
           ), books AS (
             SELECT kind, owner_id, currency, balance_minor AS minor FROM ledger_accounts WHERE kind IN ('gift_hold', 'credit_hold')
           )
           SELECT coalesce(legs.kind, books.kind) AS "kind!", coalesce(legs.owner_id, books.owner_id) AS "owner!"
           FROM legs FULL JOIN books USING (kind, owner_id, currency) WHERE coalesce(legs.minor, 0) <> coalesce(books.minor, 0) LIMIT 100"#,
        LegState::Held as _,
        &stored_methods()
    );
    let rows = rows.fetch_all(connection).await?;
    let line = |kind, owner| format!("{kind}:{owner} differs from the legs that hold it: look at its statement");
    Ok(rows.into_iter().map(|row| line(row.kind, row.owner)).collect())
}

fn stored_methods() -> Vec<String> {
    let stored = PaymentMethod::ALL.into_iter().filter(|method| method.is_stored());
    stored.map(|method| method.as_str().to_owned()).collect()
}

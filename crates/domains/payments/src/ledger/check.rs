//! Whether the books hold, and what stands in them.

use database::Connection;
use kernel::Currency;

use crate::PaymentsError;

/// The sum of all accounts of a kind in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub kind: String,
    pub currency: Currency,
    /// Debits less credits, in minor units.
    pub balance_minor: i64,
}

/// The trial balance, and every rule that is broken.
#[derive(Debug, Clone)]
pub struct Report {
    pub balances: Vec<Balance>,
    pub faults: Vec<String>,
}

/// Adds everything up anew.
pub async fn check(connection: &mut Connection) -> Result<Report, PaymentsError> {
    let balances = sqlx::query_as!(
        Balance,
        r#"SELECT a.kind, a.currency AS "currency: Currency", coalesce(sum(p.amount_minor), 0)::bigint AS "balance_minor!"
           FROM ledger_accounts a LEFT JOIN ledger_postings p ON p.account_id = a.id GROUP BY a.kind, a.currency ORDER BY a.currency, a.kind"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut faults: Vec<String> = Currency::ALL
        .into_iter()
        .map(|currency| {
            (
                currency,
                balances.iter().filter(|line| line.currency == currency).map(|line| line.balance_minor).sum::<i64>(),
            )
        })
        .filter(|(_, sum)| *sum != 0)
        .map(|(currency, sum)| format!("{currency} is off by {sum}"))
        .collect();
    faults.extend(unbalanced(connection).await?);
    faults.extend(legs_off(connection).await?);
    faults.extend(overdrawn(connection).await?);
    Ok(Report { balances, faults })
}

async fn unbalanced(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        "SELECT transfer_id FROM ledger_postings GROUP BY transfer_id, currency HAVING sum(amount_minor) <> 0 LIMIT 100"
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(|id| format!("transfer {id} does not balance")).collect())
}

/// Every captured cent of a leg is in the books, and every refunded one.
async fn legs_off(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT l.id FROM payment_legs l
           LEFT JOIN (SELECT t.leg_id, sum(p.amount_minor) AS cleared FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id
                      JOIN ledger_accounts a ON a.id = p.account_id AND a.kind = 'provider_clearing' GROUP BY t.leg_id) AS books ON books.leg_id = l.id
           LEFT JOIN (SELECT leg_id, sum(amount_minor) AS arrived FROM refunds WHERE state = 'succeeded' GROUP BY leg_id) AS back ON back.leg_id = l.id
           WHERE coalesce(books.cleared, 0) <> l.captured_minor - coalesce(back.arrived, 0) LIMIT 100"#
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(|id| format!("leg {id} differs from the books")).collect())
}

/// No booking pays out more than was paid in.
async fn overdrawn(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        "SELECT a.owner_id FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id WHERE a.kind = 'booking_escrow' GROUP BY a.owner_id HAVING sum(p.amount_minor) > 0 LIMIT 100"
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|id| format!("booking {id} paid out more than came in"))
        .collect())
}

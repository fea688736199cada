//! The trial balance and the checks of the ledger.

use database::Connection;
use kernel::Currency;

use crate::LedgerError;

mod guarded;
mod statement;

pub use statement::{AccountLine, statement};

/// The sum of all accounts of a kind in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub kind: String,
    pub currency: Currency,
    /// Debits minus credits, in minor units.
    pub balance_minor: i64,
}

/// The trial balance, and every rule that is broken.
#[derive(Debug, Clone)]
pub struct Report {
    pub balances: Vec<Balance>,
    pub faults: Vec<String>,
}

/// Checks the rules of the ledger itself. Each domain compares it with its own tables.
pub async fn check(connection: &mut Connection) -> Result<Report, LedgerError> {
    let balances = sqlx::query_as!(
        Balance,
        r#"SELECT a.kind, a.currency AS "currency: Currency", coalesce(sum(p.amount_minor), 0)::bigint AS "balance_minor!"
           FROM ledger_accounts a LEFT JOIN ledger_postings p ON p.account_id = a.id
           GROUP BY a.kind, a.currency ORDER BY a.currency, a.kind"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let sum = |currency: Currency| -> i64 {
        balances.iter().filter(|line| line.currency == currency).map(|line| line.balance_minor).sum()
    };
    let sums = Currency::ALL.map(|currency| (currency, sum(currency)));
    let mut faults: Vec<String> = sums
        .into_iter()
        .filter(|(_, sum)| *sum != 0)
        .map(|(currency, sum)| format!("{currency} is off by {sum}"))
        .collect();
    faults.extend(unbalanced(&mut *connection).await?);
    faults.extend(overdrawn(&mut *connection).await?);
    faults.extend(guarded::off(connection).await?);
    Ok(Report { balances, faults })
}

async fn unbalanced(connection: &mut Connection) -> Result<Vec<String>, LedgerError> {
    let ids = sqlx::query_scalar!(
        // Materialised, here and below: with `LIMIT` alone the planner would walk an index, expecting to find a few rows soon. When all is
        // well there are none, and it would walk the whole index.
        r#"WITH off AS MATERIALIZED (
             SELECT transfer_id FROM ledger_postings GROUP BY transfer_id, currency HAVING sum(amount_minor) <> 0
           )
           SELECT transfer_id AS "id!" FROM off LIMIT 100"#
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(|id| format!("transfer {id} does not balance")).collect())
}

/// Accounts on the wrong side of zero whose kind does not allow that.
async fn overdrawn(connection: &mut Connection) -> Result<Vec<String>, LedgerError> {
    let rows = sqlx::query!(
        r#"WITH sums AS (
             SELECT account_id, sum(amount_minor)::bigint AS minor FROM ledger_postings GROUP BY account_id
           ), off AS MATERIALIZED (
             SELECT a.kind, a.owner_id, a.currency, sums.minor
             FROM sums JOIN ledger_accounts a ON a.id = sums.account_id JOIN ledger_account_kinds k ON k.kind = a.kind
             WHERE NOT k.may_be_overdrawn AND CASE k.normal_side WHEN 'debit' THEN sums.minor < 0 ELSE sums.minor > 0 END
           )
           SELECT kind AS "kind!", owner_id AS "owner_id!", currency AS "currency!: Currency", minor AS "balance_minor!"
           FROM off LIMIT 100"#
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| {
            format!("{} of {} is overdrawn by {} {}", row.kind, row.owner_id, row.balance_minor.abs(), row.currency)
        })
        .collect())
}

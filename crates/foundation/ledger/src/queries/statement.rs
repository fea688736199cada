//! The running statement of an account.

use database::Connection;
use kernel::{Currency, Instant, Money};
use uuid::Uuid;

use crate::LedgerError;

/// One posting of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    pub occurred_at: Instant,
    pub transfer: Uuid,
    pub template: String,
    /// What it is about, and what caused it.
    pub subject: String,
    pub reference: Option<String>,
    /// Debits are positive, credits negative.
    pub amount: Money,
    /// The sum of the postings up to this one.
    pub balance: Money,
}

/// All postings of the accounts of this kind and owner, oldest first, each currency by itself.
pub async fn statement(connection: &mut Connection, kind: &str, owner: Uuid) -> Result<Vec<AccountLine>, LedgerError> {
    let rows = sqlx::query!(
        r#"SELECT t.occurred_at AS "occurred_at: Instant", t.id, t.template,
             concat_ws(':', t.subject_kind, t.subject_id) AS "subject!", t.reference_kind || ':' || t.reference_id AS reference,
             p.amount_minor, p.currency AS "currency: Currency",
             sum(p.amount_minor) OVER (PARTITION BY p.currency ORDER BY p.version, t.occurred_at, t.id, p.position)::bigint
               AS "balance_minor!"
           FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id JOIN ledger_transfers t ON t.id = p.transfer_id
           WHERE a.kind = $1 AND a.owner_id = $2 ORDER BY p.currency, p.version, t.occurred_at, t.id, p.position"#,
        kind,
        owner
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| AccountLine {
            occurred_at: row.occurred_at,
            transfer: row.id,
            template: row.template,
            subject: row.subject,
            reference: row.reference,
            amount: Money::new(row.amount_minor, row.currency),
            balance: Money::new(row.balance_minor, row.currency),
        })
        .collect())
}

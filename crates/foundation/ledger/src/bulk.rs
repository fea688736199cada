//! Bulk loading of accounts, transfers and postings, for demo data.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;
use uuid::Uuid;

bulk_row! {
    /// One row of `ledger_accounts`.
    LedgerAccountRow in "ledger_accounts" {
        id: Uuid,
        kind: Text,
        owner_id: Uuid,
        currency: Text,
        created_at: Instant,
    }
}

/// Copies rows into `ledger_accounts` and returns their number.
pub async fn copy_accounts(tx: &mut Tx, rows: impl IntoIterator<Item = LedgerAccountRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `ledger_transfers`.
    TransferRow in "ledger_transfers" {
        id: Uuid,
        template: Text,
        subject_kind: Text,
        subject_id: Uuid,
        reference_kind: Option<Text>,
        reference_id: Option<Uuid>,
        occurred_at: Instant,
    }
}

/// Copies rows into `ledger_transfers` and returns their number.
pub async fn copy_transfers(tx: &mut Tx, rows: impl IntoIterator<Item = TransferRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `ledger_postings`.
    PostingRow in "ledger_postings" {
        transfer_id: Uuid,
        position: i16,
        account_id: Uuid,
        amount_minor: i64,
        currency: Text,
    }
}

/// Copies rows into `ledger_postings` and returns their number.
///
/// The trigger that checks the balance of a transfer runs two queries for each posting, which takes minutes
/// for millions. Here one statement checks them all, and unbalanced rows are refused just the same.
pub async fn copy_postings(tx: &mut Tx, rows: impl IntoIterator<Item = PostingRow>) -> Result<u64, sqlx::Error> {
    sqlx::query!("ALTER TABLE ledger_postings DISABLE TRIGGER ledger_transfer_balances").execute(&mut **tx).await?;
    let count = copy(tx, rows).await?;
    sqlx::query!("ALTER TABLE ledger_postings ENABLE TRIGGER ledger_transfer_balances").execute(&mut **tx).await?;
    let unbalanced = sqlx::query_scalar!(
        "SELECT transfer_id FROM ledger_postings GROUP BY transfer_id, currency
         HAVING sum(amount_minor) <> 0 OR count(*) < 2 LIMIT 1"
    );
    match unbalanced.fetch_optional(&mut **tx).await? {
        Some(transfer) => Err(sqlx::Error::Protocol(format!("transfer {transfer} does not balance"))),
        None => Ok(count),
    }
}

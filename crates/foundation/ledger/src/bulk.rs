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
        balance_minor: Option<i64>,
        version: Option<i64>,
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
        balance_minor: Option<i64>,
        version: Option<i64>,
    }
}

/// Copies rows into `ledger_postings` and returns their number; each transfer is whole, and refused unless it balances.
pub async fn copy_postings(tx: &mut Tx, rows: impl IntoIterator<Item = PostingRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

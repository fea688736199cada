//! Bulk loading of the sandbox provider's charges, refunds and disputes, for demo data.

use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;

bulk_row! {
    /// One row of `sandbox_card_payments`.
    SandboxPaymentRow in "sandbox_card_payments" {
        provider_ref: Text,
        idempotency_key: Text,
        amount_minor: i64,
        currency: Text,
        scenario: Text,
        state: Text,
        failure_code: Option<Text>,
        refunded_minor: i64,
        is_captured_later: bool,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `sandbox_card_payments` and returns their number.
pub async fn copy_sandbox_payments(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = SandboxPaymentRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `sandbox_card_refunds`.
    SandboxRefundRow in "sandbox_card_refunds" {
        idempotency_key: Text,
        provider_ref: Text,
        amount_minor: i64,
        created_at: Instant,
    }
}

/// Copies rows into `sandbox_card_refunds` and returns their number.
pub async fn copy_sandbox_refunds(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = SandboxRefundRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `sandbox_card_disputes`.
    SandboxDisputeRow in "sandbox_card_disputes" {
        provider_ref: Text,
        amount_minor: i64,
        opened_at: Instant,
        won_at: Option<Instant>,
    }
}

/// Copies rows into `sandbox_card_disputes` and returns their number.
pub async fn copy_sandbox_disputes(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = SandboxDisputeRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

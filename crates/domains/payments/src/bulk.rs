//! Bulk loading of intents, legs, receipts and refunds, for demo data.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;
use uuid::Uuid;

bulk_row! {
    /// One row of `payment_intents`.
    IntentRow in "payment_intents" {
        id: Uuid,
        booking_id: Uuid,
        customer_id: Uuid,
        due_minor: i64,
        currency: Text,
        state: Text,
        pay_by: Instant,
        settle_by: Instant,
        created_at: Instant,
        settled_at: Option<Instant>,
    }
}

/// Copies rows into `payment_intents` and tells how many.
pub async fn copy_intents(tx: &mut Tx, rows: impl IntoIterator<Item = IntentRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `payment_legs`.
    LegRow in "payment_legs" {
        id: Uuid,
        intent_id: Uuid,
        position: i16,
        method: Text,
        one_open: bool,
        provider: Text,
        share_minor: i64,
        state: Text,
        provider_ref: Option<Text>,
        failure_code: Option<Text>,
        captured_minor: i64,
        surplus_minor: i64,
        refunded_minor: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `payment_legs` and tells how many.
pub async fn copy_legs(tx: &mut Tx, rows: impl IntoIterator<Item = LegRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `payment_receipts`.
    ReceiptRow in "payment_receipts" {
        id: Uuid,
        leg_id: Uuid,
        provider: Text,
        event: Text,
        amount_minor: i64,
        surplus_minor: i64,
        currency: Text,
        received_at: Instant,
    }
}

/// Copies rows into `payment_receipts` and tells how many.
pub async fn copy_receipts(tx: &mut Tx, rows: impl IntoIterator<Item = ReceiptRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `refunds`.
    RefundRow in "refunds" {
        id: Uuid,
        leg_id: Uuid,
        amount_minor: i64,
        currency: Text,
        reason: Text,
        state: Text,
        is_surplus: bool,
        provider_ref: Option<Text>,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `refunds` and tells how many.
pub async fn copy_refunds(tx: &mut Tx, rows: impl IntoIterator<Item = RefundRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

//! Bulk loading of intents, legs, receipts, refunds, their requests and chargebacks, for demo data.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;
use uuid::Uuid;

use crate::{Chargeback, RefundRequest};

bulk_row! {
    /// One row of `payment_intents`.
    IntentRow in "payment_intents" {
        id: Uuid,
        booking_id: Uuid,
        subject_kind: Text,
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
        given_up_at: Option<Instant>,
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
        is_kept: bool,
        provider_ref: Option<Text>,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `refunds` and tells how many.
pub async fn copy_refunds(tx: &mut Tx, rows: impl IntoIterator<Item = RefundRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `refund_requests`.
    RefundRequestRow in "refund_requests" {
        id: Uuid,
        intent_id: Uuid,
        amount_minor: i64,
        currency: Text,
        reason: Text,
        state: Text,
        asked_by: Uuid,
        asked_at: Instant,
        decided_by: Option<Uuid>,
        decided_at: Option<Instant>,
    }
}

/// Copies rows into `refund_requests` and tells how many.
pub async fn copy_refund_requests(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = RefundRequestRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `chargebacks`.
    ChargebackRow in "chargebacks" {
        id: Uuid,
        leg_id: Uuid,
        provider: Text,
        dispute_ref: Text,
        amount_minor: i64,
        taken_back_minor: i64,
        currency: Text,
        state: Text,
        note: Option<Text>,
        closed_by: Option<Uuid>,
        closed_at: Option<Instant>,
        won_at: Option<Instant>,
        opened_at: Instant,
        recorded_at: Instant,
    }
}

/// Copies rows into `chargebacks` and tells how many.
pub async fn copy_chargebacks(tx: &mut Tx, rows: impl IntoIterator<Item = ChargebackRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

impl From<&RefundRequest> for RefundRequestRow {
    fn from(request: &RefundRequest) -> Self {
        Self {
            id: request.id.0,
            intent_id: request.intent.0,
            amount_minor: request.amount.amount_minor,
            currency: request.amount.currency.code().into(),
            reason: request.reason.clone().into(),
            state: request.state.as_str().into(),
            asked_by: request.asked_by.0,
            asked_at: request.asked_at,
            decided_by: request.decided_by.map(|id| id.0),
            decided_at: request.decided_at,
        }
    }
}

impl From<&Chargeback> for ChargebackRow {
    fn from(case: &Chargeback) -> Self {
        Self {
            id: case.id.0,
            leg_id: case.leg.0,
            provider: case.provider.clone().into(),
            dispute_ref: case.dispute_ref.clone().into(),
            amount_minor: case.amount.amount_minor,
            taken_back_minor: case.taken_back.amount_minor,
            currency: case.amount.currency.code().into(),
            state: case.state.as_str().into(),
            note: case.note.clone().map(Into::into),
            closed_by: case.closed_by.map(|id| id.0),
            closed_at: case.closed_at,
            won_at: case.won_at,
            opened_at: case.opened_at,
            recorded_at: case.recorded_at,
        }
    }
}

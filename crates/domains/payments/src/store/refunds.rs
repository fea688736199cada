//! Refunds of legs.

use kernel::{ChargebackId, Currency, Instant, LegId, Money, RefundId};
use serde::Deserialize;
use uuid::Uuid;

use crate::{LegRefund, RefundReason, RefundState};

/// A row of `refunds`.
#[derive(Deserialize)]
pub(super) struct StoredRefund {
    id: RefundId,
    leg_id: LegId,
    amount_minor: i64,
    currency: Currency,
    reason: RefundReason,
    state: RefundState,
    is_surplus: bool,
    is_kept: bool,
    chargeback_id: Option<ChargebackId>,
    created_at: Instant,
}

impl From<StoredRefund> for LegRefund {
    fn from(row: StoredRefund) -> Self {
        Self {
            id: row.id,
            leg: row.leg_id,
            amount: Money::new(row.amount_minor, row.currency),
            reason: row.reason,
            state: row.state,
            is_surplus: row.is_surplus,
            is_kept: row.is_kept,
            covers: row.chargeback_id,
            created_at: row.created_at,
        }
    }
}

/// Refunds that are owed, by column.
#[derive(Default)]
pub(super) struct RefundColumns {
    pub ids: Vec<Uuid>,
    pub legs: Vec<Uuid>,
    pub amounts: Vec<i64>,
    pub currencies: Vec<String>,
    pub reasons: Vec<String>,
    pub are_surplus: Vec<bool>,
    pub are_kept: Vec<bool>,
    pub chargebacks: Vec<Option<Uuid>>,
}

impl RefundColumns {
    pub(super) fn of(refunds: &[LegRefund]) -> Self {
        let mut columns = Self::default();
        for refund in refunds {
            columns.ids.push(refund.id.0);
            columns.legs.push(refund.leg.0);
            columns.amounts.push(refund.amount.amount_minor);
            columns.currencies.push(refund.amount.currency.code().to_owned());
            columns.reasons.push(refund.reason.as_str().to_owned());
            columns.are_surplus.push(refund.is_surplus);
            columns.are_kept.push(refund.is_kept);
            columns.chargebacks.push(refund.covers.map(|chargeback| chargeback.0));
        }
        columns
    }
}

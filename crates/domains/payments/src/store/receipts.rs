//! Receipts: one for each event of a provider.

use kernel::{Currency, Instant, LegId, Money};
use serde::Deserialize;
use uuid::Uuid;

use crate::PaymentReceipt;

/// A row of `payment_receipts`.
#[derive(Deserialize)]
pub(super) struct StoredReceipt {
    id: Uuid,
    leg_id: LegId,
    provider: String,
    event: String,
    amount_minor: i64,
    surplus_minor: i64,
    currency: Currency,
    received_at: Instant,
}

impl From<StoredReceipt> for PaymentReceipt {
    fn from(row: StoredReceipt) -> Self {
        Self {
            id: row.id,
            leg: row.leg_id,
            provider: row.provider,
            event: row.event,
            amount: Money::new(row.amount_minor, row.currency),
            surplus_minor: row.surplus_minor,
            received_at: row.received_at,
        }
    }
}

/// Receipts by column.
#[derive(Default)]
pub(super) struct ReceiptColumns {
    pub ids: Vec<Uuid>,
    pub legs: Vec<Uuid>,
    pub providers: Vec<String>,
    pub events: Vec<String>,
    pub amounts: Vec<i64>,
    pub surpluses: Vec<i64>,
    pub currencies: Vec<String>,
}

impl ReceiptColumns {
    pub(super) fn of(receipts: &[PaymentReceipt]) -> Self {
        let mut columns = Self::default();
        for receipt in receipts {
            columns.ids.push(receipt.id);
            columns.legs.push(receipt.leg.0);
            columns.providers.push(receipt.provider.clone());
            columns.events.push(receipt.event.clone());
            columns.amounts.push(receipt.amount.amount_minor);
            columns.surpluses.push(receipt.surplus_minor);
            columns.currencies.push(receipt.amount.currency.code().to_owned());
        }
        columns
    }
}

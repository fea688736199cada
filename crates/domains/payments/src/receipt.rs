//! Receipts: money that arrived for a leg.

use chrono::{DateTime, Utc};
use kernel::{LegId, Money};
use uuid::Uuid;

/// Money that a provider took for a leg. Each event of a provider is one receipt.
#[derive(Debug, Clone)]
pub struct PaymentReceipt {
    pub id: Uuid,
    pub leg: LegId,
    pub provider: String,
    /// The provider's id of the event, or the charge's reference.
    pub event: String,
    pub amount: Money,
    /// The part that is not needed and is refunded.
    pub surplus_minor: i64,
    pub received_at: DateTime<Utc>,
}

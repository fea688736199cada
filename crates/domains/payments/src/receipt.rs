//! What arrived for a leg, as its provider named it.

use chrono::{DateTime, Utc};
use kernel::{LegId, Money};
use uuid::Uuid;

/// Money that a provider took for a leg. One event of a provider is one receipt.
#[derive(Debug, Clone)]
pub struct PaymentReceipt {
    pub id: Uuid,
    pub leg: LegId,
    pub provider: String,
    /// The provider's own name for it: the id of its event, or the charge's reference.
    pub event: String,
    pub amount: Money,
    /// The part that pays for nothing and is owed back.
    pub surplus_minor: i64,
    pub received_at: DateTime<Utc>,
}

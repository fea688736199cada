//! Payment intents: what is due for a booking or a purchase, and until when.

use chrono::{DateTime, Utc};
use kernel::{Instant, IntentId, Money, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PaidFor;

/// The state of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum IntentState {
    /// It can be paid; a booking has at most one open intent.
    Open,
    /// Its legs cover the price.
    Settled,
    Expired,
    Cancelled,
    Refunding,
    PartlyRefunded,
    Refunded,
}

impl IntentState {
    /// Whether nothing is paid and nothing pending, so that another intent may be opened for the booking.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Expired | Self::Cancelled | Self::Refunded)
    }
}

/// A payment intent.
#[derive(Debug, Clone)]
pub struct Intent {
    pub id: IntentId,
    pub paid_for: PaidFor,
    pub customer: PersonId,
    pub due: Money,
    pub state: IntentState,
    /// The last moment at which a payment may be started.
    pub pay_by: DateTime<Utc>,
    /// The last moment at which a started payment may still confirm the booking.
    pub settle_by: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
}

/// A new intent.
#[derive(Debug, Clone, Copy)]
pub struct NewIntent {
    pub paid_for: PaidFor,
    pub customer: PersonId,
    pub due: Money,
    pub pay_by: Instant,
    pub settle_by: Instant,
}

//! What is due for a booking, and until when.

use chrono::{DateTime, Utc};
use kernel::{BookingId, Instant, IntentId, Money, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum IntentState {
    /// It may be paid: of a booking's intents at most one is open.
    Open,
    /// The legs cover the price.
    Settled,
    Expired,
    Cancelled,
    Refunding,
    PartlyRefunded,
    Refunded,
}

impl IntentState {
    /// Nothing is paid and nothing is on its way: another intent may be opened for the booking.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Expired | Self::Cancelled | Self::Refunded)
    }
}

/// A payment intent.
#[derive(Debug, Clone)]
pub struct Intent {
    pub id: IntentId,
    pub booking: BookingId,
    pub customer: PersonId,
    pub due: Money,
    pub state: IntentState,
    /// Until then a payment may begin.
    pub pay_by: DateTime<Utc>,
    /// Until then what is under way may still confirm.
    pub settle_by: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
}

/// What an intent is opened for.
#[derive(Debug, Clone, Copy)]
pub struct NewIntent {
    pub booking: BookingId,
    pub customer: PersonId,
    pub due: Money,
    pub pay_by: Instant,
    pub settle_by: Instant,
}

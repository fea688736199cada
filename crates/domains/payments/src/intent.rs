//! What a booking costs, and the legs that cover it.

use chrono::{DateTime, Utc};
use kernel::{BookingId, IntentId, LegId, Money, PersonId, RefundId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum IntentState {
    Open,
    /// The legs cover the price.
    Settled,
    Expired,
    Cancelled,
    Refunding,
    PartlyRefunded,
    Refunded,
}

/// What a leg is paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Method {
    Card,
    Crypto,
    GiftCard,
    Credit,
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum LegState {
    /// On its way to the provider; the answer is not known.
    Created,
    Awaiting,
    /// The payer has to prove who they are at `action_url`.
    ActionRequired,
    Processing,
    Held,
    Captured,
    Failed,
    Void,
}

/// A payment intent.
#[derive(Debug, Clone)]
pub struct Intent {
    pub id: IntentId,
    pub booking: BookingId,
    pub customer: PersonId,
    pub due: Money,
    pub state: IntentState,
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
}

/// One leg of an intent.
#[derive(Debug, Clone)]
pub struct Leg {
    pub id: LegId,
    pub intent: IntentId,
    pub method: Method,
    pub provider: String,
    pub share: Money,
    pub state: LegState,
    pub provider_ref: Option<String>,
    pub action_url: Option<String>,
    pub failure_code: Option<String>,
    pub captured_minor: i64,
    pub refunded_minor: i64,
    pub created_at: DateTime<Utc>,
}

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RefundReason {
    /// The money came when the time was gone.
    SlotLost,
    CancelledByCustomer,
    CancelledByTalent,
    Declined,
    Staff,
    NotDelivered,
    /// Two payments of one booking arrived.
    PaidTwice,
}

/// A refund of one leg.
#[derive(Debug, Clone)]
pub struct Refund {
    pub id: RefundId,
    pub leg: LegId,
    pub amount: Money,
    pub reason: RefundReason,
    /// `pending`, `succeeded` or `failed`.
    pub state: String,
    pub created_at: DateTime<Utc>,
}

impl LegState {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Awaiting => "awaiting",
            Self::ActionRequired => "action_required",
            Self::Processing => "processing",
            Self::Held => "held",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Void => "void",
        }
    }

    /// Whether money may still come of it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Awaiting | Self::ActionRequired | Self::Processing)
    }
}

/// How much of `amount` goes back through each leg, in reverse order of payment; what cannot go back that way is left over.
pub fn split_refund(legs: &[Leg], amount_minor: i64) -> Vec<(LegId, i64)> {
    let mut left = amount_minor;
    let mut parts = Vec::new();
    for leg in legs.iter().rev() {
        let part = left.min(leg.captured_minor - leg.refunded_minor);
        if part > 0 {
            parts.push((leg.id, part));
            left -= part;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(number: u128, captured_minor: i64, refunded_minor: i64) -> Leg {
        Leg {
            id: LegId(uuid::Uuid::from_u128(number)),
            intent: IntentId(uuid::Uuid::nil()),
            method: Method::Card,
            provider: "sandbox".into(),
            share: Money::new(captured_minor, kernel::Currency::Usd),
            state: LegState::Captured,
            provider_ref: None,
            action_url: None,
            failure_code: None,
            captured_minor,
            refunded_minor,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_refund_goes_back_the_way_the_money_came_last_first() {
        let legs = [leg(1, 100, 0), leg(2, 50, 20)];
        let ids: Vec<(u128, i64)> =
            split_refund(&legs, 90).into_iter().map(|(id, part)| (id.0.as_u128(), part)).collect();
        assert_eq!(ids, [(2, 30), (1, 60)]);
        assert_eq!(split_refund(&legs, 1_000).iter().map(|(_, part)| part).sum::<i64>(), 130);
        assert!(split_refund(&legs, 0).is_empty());
    }
}

//! Refunds: why, how much, and through which leg.

use chrono::{DateTime, Utc};
use kernel::{LegId, Money, RefundId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Leg;

/// The reason of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RefundReason {
    /// The payment arrived after the time was lost.
    SlotLost,
    CancelledByCustomer,
    CancelledByTalent,
    Declined,
    Staff,
    NotDelivered,
    /// The booking was paid twice.
    PaidTwice,
    /// The provider took another amount than the leg's share.
    OtherAmount,
}

impl RefundReason {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SlotLost => "slot_lost",
            Self::CancelledByCustomer => "cancelled_by_customer",
            Self::CancelledByTalent => "cancelled_by_talent",
            Self::Declined => "declined",
            Self::Staff => "staff",
            Self::NotDelivered => "not_delivered",
            Self::PaidTwice => "paid_twice",
            Self::OtherAmount => "other_amount",
        }
    }
}

/// The state of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RefundState {
    /// Not confirmed by the provider yet.
    Pending,
    Succeeded,
    Failed,
}

/// A refund through one leg.
#[derive(Debug, Clone)]
pub struct LegRefund {
    pub id: RefundId,
    pub leg: LegId,
    pub amount: Money,
    pub reason: RefundReason,
    pub state: RefundState,
    /// Whether it refunds surplus; then the price stays covered.
    pub is_surplus: bool,
    pub created_at: DateTime<Utc>,
}

/// How much of `amount` each leg refunds, latest leg first. The parts sum to less if the legs do not have enough.
pub fn split_refund(legs: &[Leg], amount_minor: i64) -> Vec<(LegId, i64)> {
    let mut left = amount_minor;
    let mut parts = Vec::new();
    for leg in legs.iter().rev() {
        let part = left.min(leg.kept_minor());
        if part > 0 {
            parts.push((leg.id, part));
            left -= part;
        }
    }
    parts
}

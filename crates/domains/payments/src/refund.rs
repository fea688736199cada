//! Refunds: why, how much, and through which leg.

use chrono::{DateTime, Utc};
use kernel::{Chance, ChargebackId, Instant, LegId, Money, RefundId};
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
    /// It was not paid, because a bank took the money back first, or gave it back; another refund says what became of it.
    Failed,
}

/// Where whoever paid wants their refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundChoice {
    /// Back the way it came.
    #[default]
    AsPaid,
    /// As credit, as far as it is their own money.
    Credit,
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
    /// Whether it becomes credit of whoever paid, instead of going back the way it came.
    pub is_kept: bool,
    /// The chargeback that it makes good, because whoever paid has it from their bank already.
    pub covers: Option<ChargebackId>,
    pub created_at: DateTime<Utc>,
}

impl LegRefund {
    /// A refund of the price that is owed, the way it came.
    pub(crate) fn new(chance: &dyn Chance, now: Instant, leg: LegId, amount: Money, reason: RefundReason) -> Self {
        Self {
            id: RefundId::new(chance, now),
            leg,
            amount,
            reason,
            state: RefundState::Pending,
            is_surplus: false,
            is_kept: false,
            covers: None,
            created_at: now,
        }
    }

    /// Whether a provider pays it. The rest is a movement in our own books.
    pub fn is_paid_by_provider(&self, leg: &Leg) -> bool {
        !self.is_kept && self.covers.is_none() && !leg.method.is_stored()
    }
}

//! The facts that payments record for other parts of the program.

use database::facts::Event;
use kernel::{IntentId, LegId, Money, RefundId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{PaidFor, PaymentMethod, RefundReason};

/// An event of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentEvent {
    pub intent: IntentId,
    #[serde(flatten)]
    pub paid_for: PaidFor,
    #[serde(flatten)]
    pub change: PaymentChange,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaymentChange {
    Opened {
        due: Money,
    },
    /// Money arrived; `surplus_minor` of it is not needed and is refunded.
    LegCaptured {
        leg: LegId,
        method: PaymentMethod,
        provider: String,
        amount: Money,
        surplus_minor: i64,
    },
    LegFailed {
        leg: LegId,
        method: PaymentMethod,
        provider: String,
        amount: Money,
        code: String,
    },
    Settled {
        due: Money,
    },
    RefundOwed {
        refund: RefundId,
        leg: LegId,
        method: PaymentMethod,
        amount: Money,
        reason: RefundReason,
        /// Missing in facts of the previous release, which kept none.
        #[serde(default)]
        is_kept: bool,
    },
    RefundPaid {
        refund: RefundId,
        leg: LegId,
        method: PaymentMethod,
        amount: Money,
        reason: RefundReason,
        #[serde(default)]
        is_kept: bool,
    },
}

impl Event for PaymentEvent {
    fn topic(&self) -> &'static str {
        match self.change {
            PaymentChange::Opened { .. } => "payment.opened",
            PaymentChange::LegCaptured { .. } => "payment.leg_captured",
            PaymentChange::LegFailed { .. } => "payment.leg_failed",
            PaymentChange::Settled { .. } => "payment.settled",
            PaymentChange::RefundOwed { .. } => "payment.refund_owed",
            PaymentChange::RefundPaid { .. } => "payment.refund_paid",
        }
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("payment.")
    }

    fn subject_id(&self) -> Uuid {
        self.intent.0
    }
}

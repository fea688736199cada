//! The facts that payments record for other parts of the program.

use database::facts::Event;
use kernel::{ChargebackId, IntentId, LegId, Money, PersonId, RefundId, RefundRequestId};
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
        /// The chargeback that it makes good.
        #[serde(default)]
        covers: Option<ChargebackId>,
    },
    RefundPaid {
        refund: RefundId,
        leg: LegId,
        method: PaymentMethod,
        amount: Money,
        reason: RefundReason,
        #[serde(default)]
        is_kept: bool,
        #[serde(default)]
        covers: Option<ChargebackId>,
    },
    /// A refund that was owed is not paid, because a bank took the money back first.
    RefundStopped {
        refund: RefundId,
        leg: LegId,
        amount: Money,
    },
    /// One of our staff asked for a refund beyond the policy.
    RefundAsked {
        request: RefundRequestId,
        amount: Money,
        by: PersonId,
    },
    /// Another one approved it, and it is owed.
    RefundApproved {
        request: RefundRequestId,
        amount: Money,
        asked_by: PersonId,
        by: PersonId,
    },
    RefundDeclined {
        request: RefundRequestId,
        asked_by: PersonId,
        by: PersonId,
    },
    /// A bank took money back.
    ChargedBack {
        chargeback: ChargebackId,
        leg: LegId,
        amount: Money,
    },
    /// One of our staff closed that case.
    ChargebackClosed {
        chargeback: ChargebackId,
        written_off: Money,
        by: PersonId,
    },
    /// The bank let the payment stand after all.
    ChargebackWon {
        chargeback: ChargebackId,
        leg: LegId,
        amount: Money,
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
            PaymentChange::RefundStopped { .. } => "payment.refund_stopped",
            PaymentChange::RefundAsked { .. } => "payment.refund_asked",
            PaymentChange::RefundApproved { .. } => "payment.refund_approved",
            PaymentChange::RefundDeclined { .. } => "payment.refund_declined",
            PaymentChange::ChargedBack { .. } => "payment.charged_back",
            PaymentChange::ChargebackClosed { .. } => "payment.chargeback_closed",
            PaymentChange::ChargebackWon { .. } => "payment.chargeback_won",
        }
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("payment.")
    }

    fn subject_id(&self) -> Uuid {
        self.intent.0
    }
}

//! The changes of a booking, as its history stores them.

use kernel::{Instant, closed_set};
use serde::{Deserialize, Serialize};

use crate::status::{CancelledBy, DeadlineKind};

/// One change of a booking, with its data. In JSON, `kind` is the name of the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The talent's side was asked; it has to answer by then.
    Requested {
        answer_by: Instant,
    },
    /// The time is held; it has to be paid by then.
    Held {
        until: Instant,
    },
    Offered {
        price_minor: i64,
        /// The fee of that price; missing in histories of earlier releases.
        #[serde(default)]
        service_fee_minor: Option<i64>,
        answer_by: Instant,
    },
    Countered {
        price_minor: i64,
        #[serde(default)]
        service_fee_minor: Option<i64>,
        answer_by: Instant,
    },
    Accepted {
        pay_by: Instant,
    },
    Declined,
    Confirmed,
    /// A payment arrived after the time was lost, and is refunded.
    PaymentReturned,
    Expired {
        missed: DeadlineKind,
    },
    Started,
    Delivered {
        approve_by: Instant,
    },
    /// The customer asked for another delivery.
    RedoAsked {
        deliver_by: Instant,
    },
    Completed,
    Cancelled {
        by: CancelledBy,
        refund_minor: i64,
    },
    Disputed,
    RuledForTalent,
    RuledForCustomer {
        refund_minor: i64,
    },
    Refunded {
        partly: bool,
    },
}

closed_set! {
    /// The name of a change, as the history stores it.
    ChangeKind {
        Requested = "requested",
        Held = "held",
        Offered = "offered",
        Countered = "countered",
        Accepted = "accepted",
        Declined = "declined",
        Confirmed = "confirmed",
        PaymentReturned = "payment_returned",
        Expired = "expired",
        Started = "started",
        Delivered = "delivered",
        RedoAsked = "redo_asked",
        Completed = "completed",
        Cancelled = "cancelled",
        Disputed = "disputed",
        RuledForTalent = "ruled_for_talent",
        RuledForCustomer = "ruled_for_customer",
        Refunded = "refunded",
    }
}

impl Change {
    /// The name of the change in the history.
    pub const fn kind(&self) -> ChangeKind {
        match self {
            Self::Requested { .. } => ChangeKind::Requested,
            Self::Held { .. } => ChangeKind::Held,
            Self::Offered { .. } => ChangeKind::Offered,
            Self::Countered { .. } => ChangeKind::Countered,
            Self::Accepted { .. } => ChangeKind::Accepted,
            Self::Declined => ChangeKind::Declined,
            Self::Confirmed => ChangeKind::Confirmed,
            Self::PaymentReturned => ChangeKind::PaymentReturned,
            Self::Expired { .. } => ChangeKind::Expired,
            Self::Started => ChangeKind::Started,
            Self::Delivered { .. } => ChangeKind::Delivered,
            Self::RedoAsked { .. } => ChangeKind::RedoAsked,
            Self::Completed => ChangeKind::Completed,
            Self::Cancelled { .. } => ChangeKind::Cancelled,
            Self::Disputed => ChangeKind::Disputed,
            Self::RuledForTalent => ChangeKind::RuledForTalent,
            Self::RuledForCustomer { .. } => ChangeKind::RuledForCustomer,
            Self::Refunded { .. } => ChangeKind::Refunded,
        }
    }
}

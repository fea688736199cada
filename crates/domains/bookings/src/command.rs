//! What can be asked of a booking, and what it answers with.

use kernel::{ActorKind, Instant};
use serde::{Deserialize, Serialize};

use crate::{CancelledBy, DeadlineKind};

/// Something asked of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// The talent's side names a price, in minor units.
    Offer {
        price_minor: i64,
    },
    /// The customer names another.
    Counter {
        price_minor: i64,
    },
    /// The side whose turn it is agrees.
    Accept,
    /// The side whose turn it is says no.
    Decline,
    /// The price is covered and the time is taken for good.
    Confirm,
    /// Money came for a time that is gone: it goes back.
    ReturnPayment,
    /// A deadline passed.
    Expire,
    Start,
    Deliver,
    /// The customer asks for another try, once.
    AskForRedo,
    Approve,
    Cancel {
        by: CancelledBy,
    },
    Dispute,
    /// Staff decide a dispute.
    Rule {
        refund: bool,
    },
    /// The refund has arrived.
    FinishRefund {
        partly: bool,
    },
}

/// Something that happened to a booking. `kind` in the history is the name of the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The talent's side is asked; it answers by then.
    Requested {
        answer_by: Instant,
    },
    /// The time is held; it is paid by then.
    Held {
        until: Instant,
    },
    Offered {
        price_minor: i64,
        answer_by: Instant,
    },
    Countered {
        price_minor: i64,
        answer_by: Instant,
    },
    Accepted {
        pay_by: Instant,
    },
    Declined,
    Confirmed,
    /// A payment arrived for a time that was gone, and goes back.
    PaymentReturned,
    Expired {
        missed: DeadlineKind,
    },
    Started,
    Delivered {
        approve_by: Instant,
    },
    RedoAsked,
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

impl Change {
    /// As the history names it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::Held { .. } => "held",
            Self::Offered { .. } => "offered",
            Self::Countered { .. } => "countered",
            Self::Accepted { .. } => "accepted",
            Self::Declined => "declined",
            Self::Confirmed => "confirmed",
            Self::PaymentReturned => "payment_returned",
            Self::Expired { .. } => "expired",
            Self::Started => "started",
            Self::Delivered { .. } => "delivered",
            Self::RedoAsked => "redo_asked",
            Self::Completed => "completed",
            Self::Cancelled { .. } => "cancelled",
            Self::Disputed => "disputed",
            Self::RuledForTalent => "ruled_for_talent",
            Self::RuledForCustomer { .. } => "ruled_for_customer",
            Self::Refunded { .. } => "refunded",
        }
    }
}

impl Command {
    /// Whether this side may ask for it at all, in whatever state.
    pub(crate) const fn is_open_to(&self, actor: ActorKind) -> bool {
        let (customer, talent) =
            (matches!(actor, ActorKind::Customer), matches!(actor, ActorKind::Talent | ActorKind::Agent));
        let (staff, system) = (matches!(actor, ActorKind::Staff), matches!(actor, ActorKind::System));
        match self {
            Self::Offer { .. } => talent,
            Self::Counter { .. } | Self::AskForRedo => customer,
            Self::Accept | Self::Decline => customer || talent,
            Self::Confirm | Self::ReturnPayment | Self::Expire | Self::Start | Self::FinishRefund { .. } => system,
            Self::Deliver => talent || system,
            Self::Approve => customer || system,
            Self::Dispute => customer || talent || staff,
            Self::Rule { .. } => staff,
            Self::Cancel { by } => match by {
                CancelledBy::Customer => customer,
                CancelledBy::Talent => talent,
                CancelledBy::Staff => staff,
                CancelledBy::System => system,
            },
        }
    }
}

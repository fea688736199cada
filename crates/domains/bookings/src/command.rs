//! The commands of the status machine, and which side may give each.

use kernel::{ActorKind, FeeSchedule};

use crate::status::CancelledBy;

/// A command to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingCommand {
    /// The talent's side names a price, in minor units, under the fees in force.
    Offer {
        price_minor: i64,
        fees: FeeSchedule,
    },
    /// The customer names another price, in minor units, under the fees in force.
    Counter {
        price_minor: i64,
        fees: FeeSchedule,
    },
    /// The side whose turn it is accepts.
    Accept,
    /// The side whose turn it is declines.
    Decline,
    /// The price is covered and the time allocated.
    Confirm,
    /// A payment arrived after the time was lost: refund it.
    ReturnPayment,
    /// A deadline passed.
    Expire,
    Start,
    Deliver,
    /// The customer asks for a new delivery, once.
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

impl BookingCommand {
    /// Whether this side may ever give this command, in whatever state.
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

//! The history of a card: every step with the balance after it.

use chrono::{DateTime, Utc};
use kernel::{Actor, Money, closed_set};
use uuid::Uuid;

use crate::card::CardState;

/// Why a card was issued in place of another, as whoever has it reads it.
pub const WHY_REISSUED: &str =
    "The refund of a booking; the card that paid for it has ended or belongs to somebody else.";
/// Why a card is stopped whose price was charged back, as whoever has it reads it.
pub const WHY_CHARGED_BACK: &str = "The bank took back what was paid for this card";

/// Why value of a card comes back, and it goes on, when the bank let the payment for it stand, as whoever has it reads it.
pub const WHY_RESTORED: &str = "The bank let the payment for this card stand after all";

closed_set! {
    /// A step in the life of a card.
    EntryKind {
        Issued = "issued",
        Delivered = "delivered",
        Claimed = "claimed",
        /// Value set aside for a payment that is under way.
        Held = "held",
        /// That payment came to nothing.
        Released = "released",
        /// That payment was completed.
        Spent = "spent",
        /// Value that came back from a payment, or from a bank that had taken it back.
        Refunded = "refunded",
        /// Value that became credit of the holder.
        Redeemed = "redeemed",
        /// Sent to another person.
        Offered = "offered",
        TakenBack = "taken_back",
        /// Taken by that person.
        Transferred = "transferred",
        Frozen = "frozen",
        Unfrozen = "unfrozen",
        Expired = "expired",
        /// Its value went to another card.
        Replaced = "replaced",
        /// The booking that earned it was paid back.
        Unearned = "unearned",
        /// Its purchase was undone.
        Reclaimed = "reclaimed",
    }
}

impl EntryKind {
    /// Whether the code that opens a card opens nothing after this step that left it in `state`, as `sql/save_cards.sql` has it. That of a
    /// card of which something was taken opens the rest.
    pub const fn ends_code(self, state: CardState) -> bool {
        match self {
            Self::Claimed | Self::Offered | Self::TakenBack | Self::Replaced | Self::Expired => true,
            Self::Reclaimed => matches!(state, CardState::Void),
            _ => false,
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardEntry {
    /// Counted from 1, without gaps.
    pub number: i64,
    pub kind: EntryKind,
    /// By how much the balance changed; zero for steps without value.
    pub change: Money,
    pub balance: Money,
    /// The leg, credit account, card or person that it is about.
    pub about: Option<Uuid>,
    /// Why staff did it.
    pub reason: Option<String>,
    pub actor: Actor,
    pub at: DateTime<Utc>,
}

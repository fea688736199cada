//! Legs: the parts that cover an intent, one for each attempt or method.

use chrono::{DateTime, Utc};
use kernel::{IntentId, LegId, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The failure code of a leg whose charge the provider does not know (yet).
pub const NO_ANSWER: &str = "no_answer";
/// The failure code of a leg whose charge the provider refused to make.
pub const REFUSED: &str = "refused";
/// The failure code of a leg whose charge was not for its share.
pub const OTHER_AMOUNT: &str = "other_amount";

/// The failure code of a leg of stored value that was set free because the bank did not give what its card had set aside beside it.
pub const CARD_FAILED: &str = "card_failed";

/// What a leg is paid with: a row of `payment_methods`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum PaymentMethod {
    Card,
    Crypto,
    GiftCard,
    Credit,
}

impl PaymentMethod {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Crypto, Self::GiftCard, Self::Credit];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Crypto => "crypto",
            Self::GiftCard => "gift_card",
            Self::Credit => "credit",
        }
    }

    /// Whether it is value that we keep ourselves, which is set aside and taken in our own transactions, without asking anybody.
    pub const fn is_stored(self) -> bool {
        matches!(self, Self::GiftCard | Self::Credit)
    }

    /// Whether the provider must take exactly the leg's share. If so, another amount is a mistake and is refunded
    /// in full; otherwise (money that the payer sends, such as coins) any amount counts up to the share.
    pub const fn takes_exact_share(self) -> bool {
        !matches!(self, Self::Crypto)
    }
}

/// A new leg.
#[derive(Debug, Clone, Copy)]
pub struct NewLeg<'caller> {
    pub method: PaymentMethod,
    pub provider: &'caller str,
    /// What is set aside: the id of a gift card. `None` where a provider gives a reference later, and for credit.
    pub stored: Option<Uuid>,
    /// The part of the price that it covers; `None` for all that is neither paid nor reserved.
    pub amount: Option<Money>,
    pub attempt: Option<LegAttempt>,
}

/// The attempt of a client that opened a leg. A retry of it has the same two ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegAttempt {
    /// Made of who called, what, and with which key.
    pub id: Uuid,
    /// Made of what was asked for.
    pub request: Uuid,
}

/// The state of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum LegState {
    /// Sent, or about to be sent, to the provider; the result is not known.
    Created,
    Awaiting,
    /// The payer has to authenticate at `action_url` (3-D Secure).
    ActionRequired,
    Processing,
    /// Set aside: stored value in our books, or a card's authorisation at its provider, which is captured last.
    Held,
    Captured,
    Failed,
    Void,
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

    /// Those before a provider has set money aside or taken it.
    pub const OPEN: [Self; 4] = [Self::Created, Self::Awaiting, Self::ActionRequired, Self::Processing];

    /// Whether a provider has neither set money aside nor taken it, and may still do so.
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }
}

/// One leg of an intent.
#[derive(Debug, Clone)]
pub struct Leg {
    pub id: LegId,
    pub intent: IntentId,
    pub position: i16,
    pub method: PaymentMethod,
    /// The name of its provider, the only one that is asked about it.
    pub provider: String,
    /// The amount that it was opened for.
    pub share: Money,
    pub state: LegState,
    pub provider_ref: Option<String>,
    pub action_url: Option<String>,
    pub failure_code: Option<String>,
    /// The sum of its receipts.
    pub captured_minor: i64,
    /// The part of that which is not needed and is refunded.
    pub surplus_minor: i64,
    /// Refunded or being refunded, surplus included.
    pub refunded_minor: i64,
    /// When it was given up: it reserves nothing any more and is cancelled at the provider.
    pub given_up_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// The attempt that opened it, where that had a key.
    pub attempt: Option<LegAttempt>,
}

impl Leg {
    /// What it covers of the price, before refunds.
    pub const fn applied_minor(&self) -> i64 {
        self.captured_minor - self.surplus_minor
    }

    /// What was captured and not refunded.
    pub const fn kept_minor(&self) -> i64 {
        self.captured_minor - self.refunded_minor
    }

    /// Whether it failed without its provider's word on the charge, which may therefore still show up.
    pub fn is_unheard_of(&self) -> bool {
        self.state == LegState::Failed && matches!(self.failure_code.as_deref(), Some(NO_ANSWER | REFUSED))
    }

    /// Whether money may still come of it from its provider.
    pub fn is_open(&self) -> bool {
        self.state.is_open() || self.is_authorised()
    }

    /// Whether its provider has set the money aside, to be captured or given back.
    pub fn is_authorised(&self) -> bool {
        self.state == LegState::Held && !self.method.is_stored()
    }

    /// Whether it holds stored value, given up or not.
    pub fn holds_value(&self) -> bool {
        self.state == LegState::Held && self.method.is_stored()
    }

    /// Whether it held stored value that came off because the card beside it was not paid.
    pub fn came_off(&self) -> bool {
        self.method.is_stored() && self.failure_code.as_deref() == Some(CARD_FAILED)
    }

    /// Whether something is still expected of it: open or holding value, and not given up.
    pub fn is_under_way(&self) -> bool {
        (self.is_open() || self.holds_value()) && self.given_up_at.is_none()
    }

    /// The amount that is still expected from it, so that no other leg may be opened for it.
    pub fn reserved_minor(&self) -> i64 {
        if self.is_under_way() { (self.share.amount_minor - self.applied_minor()).max(0) } else { 0 }
    }
}

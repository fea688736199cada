//! The legs that cover what is due: one for each try to pay, or each part.

use chrono::{DateTime, Utc};
use kernel::{IntentId, LegId, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

    /// Whether a leg pays only with exactly its share: a charge of another amount is a mistake and goes back as a whole. What a payer
    /// sends by themselves counts as far as it goes.
    pub const fn takes_exact_share(self) -> bool {
        !matches!(self, Self::Crypto)
    }
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

    /// Those of which money may still come.
    pub const OPEN: [Self; 4] = [Self::Created, Self::Awaiting, Self::ActionRequired, Self::Processing];

    /// Whether money may still come of it.
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
    /// Who moves the money, and who is asked about it.
    pub provider: String,
    /// What it was asked for.
    pub share: Money,
    pub state: LegState,
    pub provider_ref: Option<String>,
    pub action_url: Option<String>,
    pub failure_code: Option<String>,
    /// The sum of its receipts.
    pub captured_minor: i64,
    /// Of that, what pays for nothing and is owed back.
    pub surplus_minor: i64,
    /// Gone back or on its way back, surplus included.
    pub refunded_minor: i64,
    /// Since when nobody waits for it any more.
    pub given_up_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl Leg {
    /// What it pays of what is due, whatever went back since.
    pub const fn applied_minor(&self) -> i64 {
        self.captured_minor - self.surplus_minor
    }

    /// What it has and does not give back.
    pub const fn kept_minor(&self) -> i64 {
        self.captured_minor - self.refunded_minor
    }

    /// Whether its payer is waited for.
    pub fn is_under_way(&self) -> bool {
        (self.state.is_open() || matches!(self.state, LegState::Held)) && self.given_up_at.is_none()
    }

    /// What it may still bring, and nobody else may pay meanwhile.
    pub fn reserved_minor(&self) -> i64 {
        if self.is_under_way() { (self.share.amount_minor - self.applied_minor()).max(0) } else { 0 }
    }
}

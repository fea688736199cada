//! What a card provider does for us.

use async_trait::async_trait;
use kernel::{Currency, Instant, Money, Secret};

/// The card as the payer gave it. A real provider's own fields take it in the browser; then this is the provider's token.
#[derive(Debug, Clone)]
pub struct CardInput {
    pub number: Secret<String>,
}

/// One charge to make.
#[derive(Debug, Clone)]
pub struct ChargeRequest {
    /// Made before the first try: the same key is the same charge, however often it is sent.
    pub idempotency_key: String,
    pub amount: Money,
    pub card: CardInput,
    /// Where the payer comes back to after proving who they are.
    pub return_url: String,
    pub capture: Capture,
}

/// When a charge takes the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    AtOnce,
    /// It is only set aside, until [`CardProvider::capture`] takes it or [`CardProvider::cancel`] gives it back.
    Later,
}

/// How a charge stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardState {
    Succeeded,
    /// The bank has set the money aside.
    Authorised,
    /// The bank said no; the code says why.
    Declined {
        code: String,
    },
    /// The payer must prove who they are at this address.
    ActionRequired {
        url: String,
    },
    /// Under way; ask again later.
    Processing,
    Cancelled,
}

/// A charge as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPayment {
    pub provider_ref: String,
    pub amount: Money,
    pub state: CardState,
}

/// Money that the bank took back from us, for a payer who disputes a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDispute {
    /// What the provider calls it.
    pub dispute_ref: String,
    /// The charge.
    pub provider_ref: String,
    pub amount: Money,
    pub opened_at: Instant,
    /// The bank decided for us, and gave the money back.
    pub is_won: bool,
}

/// Why the provider could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CardsError {
    /// No answer came: the charge may or may not exist.
    #[error("the card provider did not answer in time")]
    Timeout,
    #[error("the card provider knows no such payment")]
    Unknown,
    /// This call did nothing. It says nothing about an earlier one with the same key, whose answer may have been lost.
    #[error("the card provider refuses: {0}")]
    Refused(&'static str),
    #[error("the card provider is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Takes card payments and gives them back.
#[async_trait]
pub trait CardProvider: std::fmt::Debug + Send + Sync {
    /// As it is stored with each payment: `sandbox`.
    fn name(&self) -> &'static str;

    /// The smallest amount that it charges, in the smallest unit of the currency.
    fn least_minor(&self, currency: Currency) -> i64;

    /// Charges a card, once for each key. A key belongs to one request: only the same card and amount may be sent under it again.
    async fn charge(&self, request: &ChargeRequest) -> Result<CardPayment, CardsError>;

    /// The charge made with this key, if there is one.
    async fn find(&self, idempotency_key: &str) -> Result<Option<CardPayment>, CardsError>;

    /// Takes all that a charge has set aside, once, and says how it stands then. A bank may still say no.
    async fn capture(&self, idempotency_key: &str) -> Result<CardPayment, CardsError>;

    /// Gives up a charge of `amount` that has not succeeded, and what it has set aside; says how it stands then. A key that is not known
    /// yet is closed, so that a charge on its way takes nothing; `None` from a provider that cannot do that.
    async fn cancel(&self, idempotency_key: &str, amount: Money) -> Result<Option<CardPayment>, CardsError>;

    /// Pays part or all of a charge back, once for each key.
    async fn refund(&self, provider_ref: &str, amount: Money, idempotency_key: &str) -> Result<(), CardsError>;

    /// The disputes since then, each of which took money back. What is disputed cannot be paid back too, until the dispute is won.
    async fn disputes(&self, since: Instant) -> Result<Vec<CardDispute>, CardsError>;
}

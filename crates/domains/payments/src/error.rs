//! The errors of this domain, in business terms.

use kernel::{Currency, Fault, FaultKind, FieldFault, Money};
use ledger::LedgerError;
use serde_json::json;

/// Why something about a payment was refused.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    #[error("There is no such payment.")]
    NotFound,
    #[error("Nothing is set aside there any more.")]
    NotHeld,
    #[error("This is set aside here already. Take it back first to use another amount.")]
    AlreadyApplied,
    #[error("This pays in {means}, and the price is in {due}. Value of one currency pays only that currency.")]
    OtherCurrency { means: Currency, due: Currency },
    #[error(
        "{left} would be left for a card, and cards pay at least {least}. Use less here, or pay all of it this way."
    )]
    LeavesTooLittle { left: Money, least: Money },
    #[error(
        "{left} is left for a card, and cards pay at least {least}. Use less of your gift cards or credit, or cover all of it."
    )]
    TooLittle { left: Money, least: Money },
    #[error("What you applied covers the price. Pay with that; no card is needed.")]
    Covered,
    #[error("{missing} of the price is still missing. Pay it by card, or add another gift card.")]
    NotCovered { missing: Money },
    #[error(
        "You agreed to {expected}, and {due} is to be paid now. Nothing was charged. Look at it again before you pay."
    )]
    AmountChanged { expected: Money, due: Money },
    #[error("{due} is to be paid by card, beside what was applied. Look at it, and say which amount you agree to.")]
    AmountNotNamed { due: Money },
    #[error("A payment for this is under way. Wait for it, or look at it.")]
    AlreadyPaying,
    #[error("This was sent before. Look at what became of it, or send it again as something new.")]
    AttemptUsed,
    #[error("This is paid already.")]
    AlreadyPaid,
    #[error("The time to pay for this is over, and nothing was charged. Book or order it again.")]
    PayByPassed,
    #[error("{asked} cannot be paid: {left} of the price is left. Pay at most that.")]
    ShareTooLarge { asked: Money, left: Money },
    #[error("A refund cannot exceed what was paid.")]
    RefundTooLarge,
    #[error("This was decided already. Look at it again.")]
    AlreadyDecided,
    #[error("You asked for this refund, so somebody else has to approve it.")]
    OwnRequest,
    #[error("This is about a payment of your own, so somebody else has to decide about it.")]
    OwnCase,
    #[error("This is not a place in this list. Begin again without a cursor.")]
    BadCursor,
    #[error("Please correct the fields below.")]
    Fields(Vec<FieldFault>),
    #[error("the books could not be written")]
    Ledger(#[from] LedgerError),
    #[error("the payments' tables could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for PaymentsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::NotHeld
            | Self::AlreadyApplied
            | Self::OtherCurrency { .. }
            | Self::LeavesTooLittle { .. }
            | Self::TooLittle { .. }
            | Self::Covered
            | Self::NotCovered { .. }
            | Self::AmountChanged { .. }
            | Self::AlreadyPaying
            | Self::AttemptUsed
            | Self::AlreadyPaid
            | Self::PayByPassed
            | Self::ShareTooLarge { .. }
            | Self::RefundTooLarge
            | Self::AlreadyDecided
            | Self::OwnRequest
            | Self::OwnCase => FaultKind::Conflict,
            Self::AmountNotNamed { .. } | Self::BadCursor | Self::Fields(_) => FaultKind::Invalid,
            Self::Ledger(error) => error.kind(),
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotHeld => "not_held",
            Self::AlreadyApplied => "already_applied",
            Self::OtherCurrency { .. } => "other_currency",
            Self::LeavesTooLittle { .. } | Self::TooLittle { .. } => "leaves_too_little",
            Self::Covered => "covered",
            Self::NotCovered { .. } => "not_covered",
            Self::AmountChanged { .. } => "amount_changed",
            Self::AlreadyPaying => "already_paying",
            Self::AttemptUsed => "attempt_used",
            Self::AlreadyPaid => "already_paid",
            Self::PayByPassed => "hold_lapsed",
            Self::ShareTooLarge { .. } => "share_too_large",
            Self::RefundTooLarge => "refund_too_large",
            Self::AlreadyDecided => "already_decided",
            Self::OwnRequest => "own_request",
            Self::OwnCase => "own_case",
            Self::BadCursor => "bad_cursor",
            Self::AmountNotNamed { .. } | Self::Fields(_) => "invalid_fields",
            Self::Ledger(error) => error.code(),
            Self::Database(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Fields(faults) => faults.clone(),
            Self::AmountNotNamed { due } => {
                let text = format!(
                    "Something was applied here before, so name what the payer agrees to pay now: {due} is due."
                );
                vec![FieldFault::new("expected_minor", "required", text)]
            }
            _ => Vec::new(),
        }
    }

    fn extra(&self) -> Option<serde_json::Value> {
        match self {
            Self::AmountChanged { due, .. } | Self::AmountNotNamed { due } => Some(json!({"due": due})),
            _ => None,
        }
    }
}

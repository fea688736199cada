//! The errors of this domain, in business terms.

use kernel::{Fault, FaultKind, Money};
use ledger::LedgerError;

/// Why something about a payment was refused.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    #[error("There is no such payment.")]
    NotFound,
    #[error("A payment for this booking is under way. Wait for it, or look at it.")]
    AlreadyPaying,
    #[error("This was sent before. Look at the booking, or send it again as something new.")]
    AttemptUsed,
    #[error("This booking is paid.")]
    AlreadyPaid,
    #[error("The time to pay for this is over, and nothing was charged. Choose a time again.")]
    PayByPassed,
    #[error("{asked} cannot be paid: {left} of the price is left. Pay at most that.")]
    ShareTooLarge { asked: Money, left: Money },
    #[error("A refund cannot exceed what was paid.")]
    RefundTooLarge,
    #[error("the books could not be written")]
    Ledger(#[from] LedgerError),
    #[error("the payments' tables could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for PaymentsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::AlreadyPaying
            | Self::AttemptUsed
            | Self::AlreadyPaid
            | Self::PayByPassed
            | Self::ShareTooLarge { .. }
            | Self::RefundTooLarge => FaultKind::Conflict,
            Self::Ledger(error) => error.kind(),
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyPaying => "already_paying",
            Self::AttemptUsed => "attempt_used",
            Self::AlreadyPaid => "already_paid",
            Self::PayByPassed => "hold_lapsed",
            Self::ShareTooLarge { .. } => "share_too_large",
            Self::RefundTooLarge => "refund_too_large",
            Self::Ledger(error) => error.code(),
            Self::Database(error) => error.code(),
        }
    }
}

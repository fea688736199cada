//! What payments refuse, in the words of the business.

use kernel::{Fault, FaultKind};

/// Why something about a payment was refused.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    #[error("There is no such payment.")]
    NotFound,
    #[error("A payment for this booking is under way. Wait for it, or look at it.")]
    AlreadyPaying,
    #[error("This booking is paid.")]
    AlreadyPaid,
    #[error("A refund cannot exceed what was paid.")]
    RefundTooLarge,
    #[error("the payments' tables could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for PaymentsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::AlreadyPaying | Self::AlreadyPaid | Self::RefundTooLarge => FaultKind::Conflict,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyPaying => "already_paying",
            Self::AlreadyPaid => "already_paid",
            Self::RefundTooLarge => "refund_too_large",
            Self::Database(error) => error.code(),
        }
    }
}

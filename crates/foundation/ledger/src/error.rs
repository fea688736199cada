//! The errors of the ledger.

use kernel::{Currency, Fault, FaultKind};
use uuid::Uuid;

/// Why the books refuse a transfer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("transfer {id} does not balance: {currency} is off by {sum_minor}")]
    Unbalanced { id: Uuid, currency: Currency, sum_minor: i128 },
    #[error("transfer {id} moves nothing")]
    Empty { id: Uuid },
    #[error("transfer {id} stands in the books with other postings")]
    Mismatch { id: Uuid },
    #[error("an account would fall below zero")]
    Overdrawn,
    #[error("the transfer is reversed already")]
    Reversed,
    #[error("the ledger could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for LedgerError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Database(error) => error.kind(),
            _ => FaultKind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Database(error) => error.code(),
            _ => "internal",
        }
    }
}

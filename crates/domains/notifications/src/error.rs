//! The errors of this domain.

use kernel::{Fault, FaultKind};

/// Why a mail could not be stored or found.
#[derive(Debug, thiserror::Error)]
pub enum NotificationsError {
    #[error("There is no such mail.")]
    NotFound,
    #[error("the mails' table could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for NotificationsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Database(error) => error.code(),
        }
    }
}

//! The errors of the queue itself.

use kernel::{Fault, FaultKind};

/// The queue could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    #[error("the jobs' table could not be used")]
    Database(#[from] sqlx::Error),
    #[error("the payload of a job cannot be written down")]
    Payload(#[from] serde_json::Error),
}

impl Fault for JobsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Database(error) => error.kind(),
            Self::Payload(_) => FaultKind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Database(error) => error.code(),
            Self::Payload(_) => "internal",
        }
    }
}

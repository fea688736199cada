//! What can go wrong with the queue itself.

use kernel::{Fault, FaultKind};

/// The queue could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    #[error("the jobs' table could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for JobsError {
    fn kind(&self) -> FaultKind {
        let Self::Database(error) = self;
        error.kind()
    }

    fn code(&self) -> &'static str {
        let Self::Database(error) = self;
        error.code()
    }
}

//! What a workflow refuses: the refusals of the domains it joins, and those that only show where they meet.

use kernel::{Fault, FaultKind, FieldFault};

/// Why a workflow did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    #[error(transparent)]
    Accounts(#[from] accounts::AccountsError),
    #[error(transparent)]
    Notifications(#[from] notifications::NotificationsError),
    #[error("the queue of jobs could not be used")]
    Jobs(#[from] jobs::JobsError),
    #[error("the database could not be used")]
    Database(#[from] database::Error),
}

impl WorkflowError {
    fn inner(&self) -> &dyn Fault {
        match self {
            Self::Accounts(error) => error,
            Self::Notifications(error) => error,
            Self::Jobs(error) => error,
            Self::Database(error) => error,
        }
    }
}

impl Fault for WorkflowError {
    fn kind(&self) -> FaultKind {
        self.inner().kind()
    }

    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn fields(&self) -> Vec<FieldFault> {
        self.inner().fields()
    }

    fn extra(&self) -> Option<serde_json::Value> {
        self.inner().extra()
    }

    fn retry_after_s(&self) -> Option<u64> {
        self.inner().retry_after_s()
    }
}

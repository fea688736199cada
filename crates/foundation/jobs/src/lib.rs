//! Durable jobs on PostgreSQL: owed in the transaction of their cause, worked off at least once, safe to run twice.

mod backoff;
mod error;
mod queue;
mod worker;

pub use backoff::{ATTEMPTS_MAX, backoff};
pub use error::JobsError;
pub use queue::{Job, Kinds, NewJob, earliest_due, enqueue, enqueue_all, forget_finished};
pub use worker::{Failure, Runner, run_due};

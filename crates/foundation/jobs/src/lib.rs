//! Durable jobs on PostgreSQL: typed, enqueued in the transaction of their cause, run at least once, idempotent.

mod backoff;
pub mod dead;
mod error;
mod failure;
mod job;
mod queue;
mod recurrence;
mod recurring;
mod registry;
mod schedules;
mod settle;
mod worker;

pub use backoff::{ATTEMPTS_MAX, LAPSES_MAX, backoff};
pub use error::JobsError;
pub use failure::{Failure, presentable};
pub use job::{Attempt, Job, Lane};
pub use queue::{enqueue, enqueue_all, forget_finished, live};
pub use recurrence::{Recurrence, occurrence_key};
pub use recurring::{Recurring, ScheduledTask, TaskRun};
pub use registry::Registry;
pub use worker::{MayBegin, Worker};

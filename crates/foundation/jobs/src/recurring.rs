//! Jobs that schedules enqueue.

use std::marker::PhantomData;
use std::time::Duration;

use kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::{Attempt, Failure, Job, Lane, occurrence_key};

/// A job that a schedule enqueues.
pub trait Recurring: Job {
    /// The job of one occurrence.
    fn at(occurrence: Instant) -> Self;
}

/// A recurring job that needs to know no more than its occurrence: one run for each, in one piece.
pub trait ScheduledTask: Send + Sync + 'static {
    /// As [`Job::Context`].
    type Context: Sync;

    /// As [`Job::KIND`].
    const KIND: &'static str;
    /// As [`Job::LANE`].
    const LANE: &'static Lane;
    /// As [`Job::IS_NEW`].
    const IS_NEW: bool = false;
    /// As [`Job::TIME_MAX`].
    const TIME_MAX: Duration = Duration::from_secs(45);

    /// Runs the task. An earlier run for this occurrence may have done some or all of it.
    fn run(context: &Self::Context, occurrence: Instant) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The job of one occurrence of a scheduled task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct TaskRun<Task> {
    occurrence: Instant,
    #[serde(skip)]
    task: PhantomData<fn() -> Task>,
}

impl<Task: ScheduledTask> Recurring for TaskRun<Task> {
    fn at(occurrence: Instant) -> Self {
        Self { occurrence, task: PhantomData }
    }
}

impl<Task: ScheduledTask> Job for TaskRun<Task> {
    type Context = Task::Context;
    const KIND: &'static str = Task::KIND;
    const LANE: &'static Lane = Task::LANE;
    const IS_NEW: bool = Task::IS_NEW;
    const TIME_MAX: Duration = Task::TIME_MAX;

    fn key(&self, _: Instant) -> String {
        occurrence_key(self.occurrence)
    }

    async fn run(self, context: &Self::Context, _: &Attempt) -> Result<(), Failure> {
        Task::run(context, self.occurrence).await
    }
}

//! Works jobs off.

use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use database::Database;
use futures::{FutureExt as _, StreamExt as _, stream};
use kernel::{Chance, Clock};

use crate::backoff::{ATTEMPTS_MAX, backoff};
use crate::{Job, JobsError, Kinds, queue};

/// Jobs taken at a time.
const BATCH: i64 = 16;
/// Jobs worked on at once. Two turns of jobs that each wait twice for a neighbour, ten seconds at most, end within the lease.
const AT_ONCE: usize = 8;

/// Why a job did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// It may go well later.
    Retry(String),
    /// It never will.
    Final(String),
}

/// Knows what each kind of job means.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Does the job. It may have been done before, wholly or in part: doing it again must be harmless.
    async fn run(&self, job: &Job) -> Result<(), Failure>;
}

/// Works off what is due of these kinds, a few at once, and says how many there were.
pub async fn run_due(
    database: &Database,
    clock: &dyn Clock,
    chance: &dyn Chance,
    kinds: Kinds<'_>,
    runner: &dyn Runner,
) -> Result<usize, JobsError> {
    let jobs = queue::lease(database, chance, kinds, clock.now(), BATCH).await?;
    let count = jobs.len();
    let work: Vec<_> = jobs.into_iter().map(|job| work_off(database, clock, chance, runner, job)).collect();
    let settled: Vec<Result<(), JobsError>> = stream::iter(work).buffer_unordered(AT_ONCE).collect().await;
    settled.into_iter().collect::<Result<(), JobsError>>()?;
    Ok(count)
}

async fn work_off(
    database: &Database,
    clock: &dyn Clock,
    chance: &dyn Chance,
    runner: &dyn Runner,
    job: Job,
) -> Result<(), JobsError> {
    // A job that panics is a failed one; the others go on.
    let outcome = AssertUnwindSafe(runner.run(&job))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Failure::Retry("the job panicked".to_owned())));
    settle(database, clock, chance, &job, outcome).await
}

async fn settle(
    database: &Database,
    clock: &dyn Clock,
    chance: &dyn Chance,
    job: &Job,
    outcome: Result<(), Failure>,
) -> Result<(), JobsError> {
    let now = clock.now();
    match outcome {
        Ok(()) => queue::finish(database, job, now).await,
        Err(Failure::Retry(error)) if job.attempts + 1 < ATTEMPTS_MAX => {
            tracing::warn!(job.kind, job.attempts, error, "a job failed and will be tried again");
            let mut byte = [0];
            chance.fill(&mut byte);
            queue::put_back(database, job, now, &error, Some(now + backoff(job.attempts, byte[0]))).await
        }
        Err(Failure::Retry(error) | Failure::Final(error)) => {
            tracing::error!(job.kind, job.attempts, error, "a job was given up");
            queue::put_back(database, job, now, &error, None).await
        }
    }
}

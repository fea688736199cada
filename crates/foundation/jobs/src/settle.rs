//! Records the outcome of a run.

use database::Database;
use kernel::{Causes, Chance, Instant};

use crate::backoff::{ATTEMPTS_MAX, backoff};
use crate::failure::presentable;
use crate::queue::{self, Leased};
use crate::{Failure, JobsError};

/// Records the outcome of a run. If the database is unavailable, the lease expires and the job runs again.
pub(crate) async fn settle(
    database: &Database,
    chance: &dyn Chance,
    now: Instant,
    job: &Leased,
    outcome: Result<(), Failure>,
) {
    if let Err(error) = try_to_settle(database, chance, now, job, outcome).await {
        tracing::warn!(job.kind, job = %job.id, error = %Causes(&error), "what came of a job could not be written down");
    }
}

async fn try_to_settle(
    database: &Database,
    chance: &dyn Chance,
    now: Instant,
    job: &Leased,
    outcome: Result<(), Failure>,
) -> Result<(), JobsError> {
    match outcome {
        Ok(()) => queue::finish(database, job, now).await,
        Err(Failure::Retry(reason))
            if job.attempts + 1 < ATTEMPTS_MAX && job.wanted_until.is_none_or(|until| now < until) =>
        {
            let reason = presentable(&reason);
            tracing::warn!(job.kind, job.attempts, error = reason, "a job failed and will be tried again");
            let mut byte = [0];
            chance.fill(&mut byte);
            let retry_at = now + backoff(job.attempts, byte[0]);
            let retry_at = job.wanted_until.map_or(retry_at, |until| retry_at.min(until));
            queue::put_back(database, job, now, &reason, Some(retry_at)).await
        }
        Err(Failure::Retry(reason) | Failure::Final(reason)) if job.wanted_until.is_some() => {
            let reason = presentable(&reason);
            tracing::error!(job.kind, job.attempts, error = reason, "a job failed and is not wanted any more");
            queue::finish(database, job, now).await
        }
        Err(Failure::Retry(reason) | Failure::Final(reason)) => {
            let reason = presentable(&reason);
            tracing::error!(job.kind, job.attempts, error = reason, "a job was given up");
            queue::put_back(database, job, now, &reason, None).await
        }
    }
}

//! Hourly clean-up, safe to repeat.

use chrono::TimeDelta;
use database::idempotency;
use jobs::{Failure, Lane, ScheduledTask};
use kernel::Instant;
use site::Services;

use super::lanes;
use crate::WorkflowError;

/// How long answers for retries are kept; retries come within a day.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long finished jobs are kept, for looking into recent problems.
const JOBS_KEPT: TimeDelta = TimeDelta::days(7);

/// The job that deletes old data: stored answers, finished jobs, ended sessions, expired keys and links.
#[derive(Debug)]
pub(super) struct Sweep;

impl ScheduledTask for Sweep {
    type Context = Services;
    const KIND: &'static str = "sweep";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        Ok(sweep(site).await?)
    }
}

async fn sweep(site: &Services) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    idempotency::forget(&mut tx, now - ANSWERS_KEPT).await?;
    payments::commands::forget_attempts(&mut tx, now - ANSWERS_KEPT).await?;
    jobs::forget_finished(&mut tx, now - JOBS_KEPT).await?;
    accounts::commands::forget_old(&mut tx, now).await?;
    Ok(tx.commit().await?)
}

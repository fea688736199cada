//! Hourly clean-up, safe to repeat.

use chrono::TimeDelta;
use database::idempotency;
use jobs::{Failure, Lane, ScheduledTask};
use kernel::Instant;
use site::Services;

use crate::WorkflowError;
use crate::lanes;

/// How long answers for retries are kept; retries come within a day.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long finished jobs are kept, for looking into recent problems.
const JOBS_KEPT: TimeDelta = TimeDelta::days(7);
/// How long it is kept what was mailed to whom, for questions about it. Texts are emptied when a mail is sent.
const MAILS_KEPT: TimeDelta = TimeDelta::days(90);
/// The most rows that one transaction deletes: after a long time without a server there may be millions.
const ROWS_MAX: i64 = 5_000;

/// The job that deletes old data: stored answers, finished jobs, sent mails, ended sessions, expired keys and links.
#[derive(Debug)]
pub(super) struct Sweep;

impl ScheduledTask for Sweep {
    type Context = Services;
    const KIND: &'static str = "sweep";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        Ok(sweep(site).await?)
    }
}

async fn sweep(site: &Services) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    while delete_some(site, now).await? {}
    let mut tx = site.database.begin().await?;
    payments::commands::forget_attempts(&mut tx, now - ANSWERS_KEPT).await?;
    accounts::commands::forget_old(&mut tx, now).await?;
    Ok(tx.commit().await?)
}

/// Deletes some of what is old, and says whether there may be more.
async fn delete_some(site: &Services, now: Instant) -> Result<bool, WorkflowError> {
    let mut tx = site.database.begin().await?;
    let counts = [
        idempotency::forget(&mut tx, now - ANSWERS_KEPT, ROWS_MAX).await?,
        jobs::forget_finished(&mut tx, now - JOBS_KEPT, ROWS_MAX).await?,
        notifications::commands::forget_old(&mut tx, now - MAILS_KEPT, ROWS_MAX).await?,
    ];
    tx.commit().await?;
    Ok(counts.into_iter().any(|count| i64::try_from(count).is_ok_and(|count| count >= ROWS_MAX)))
}

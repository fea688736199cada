//! What nobody needs any more: lapsed keys, ended sessions, finished jobs; and what fell out of its row. Once an hour, on each server: what another has done is not there any more.

use chrono::TimeDelta;
use database::idempotency;

use site::Services;

use crate::WorkflowError;
use crate::calendar::{self, open_days};

/// Retries come within a day.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(24);
/// Finished jobs are kept for questions about yesterday.
const WORK_KEPT: TimeDelta = TimeDelta::days(7);

/// Sweeps once.
pub async fn sweep(site: &Services) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    idempotency::forget(&mut tx, now - KEYS_KEPT).await?;
    jobs::forget_finished(&mut tx, now - WORK_KEPT).await?;
    accounts::commands::forget_old(&mut tx, now).await?;
    calendar::take_up_forgotten(site, &mut tx).await?;
    open_days::take_up_stale(site, &mut tx).await?;
    Ok(tx.commit().await?)
}

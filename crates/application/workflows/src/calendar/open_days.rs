//! Which days have room is kept ready for the search; it is made anew when a calendar has changed.

use chrono::{DurationRound, TimeDelta};
use database::Tx;
use jobs::{Failure, NewJob};
use kernel::{CelebrityId, Instant};
use serde::{Deserialize, Serialize};
use site::Services;

use crate::WorkflowError;

/// The kind of the job that makes the days of one celebrity anew.
pub(crate) const REFRESH_OPEN_DAYS: &str = "refresh_open_days";
/// Changes within this long lead to one refresh.
const GATHER: TimeDelta = TimeDelta::seconds(10);
/// How far the search looks ahead.
const DAYS_AHEAD: u16 = 180;

/// Days that were made so long ago are made anew: with each hour a day comes too near for those who want notice.
const STALE: TimeDelta = TimeDelta::hours(6);
/// Made anew in one sweep, spread over the time to the next.
const REFRESHED_MAX: i64 = 10_000;

/// Whose days to make anew.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefreshOpenDays {
    celebrity: CelebrityId,
}

/// The job that a change of this calendar at `now` leads to; the same one for all changes within a few seconds.
pub(crate) fn refresh_job(celebrity: CelebrityId, now: Instant) -> NewJob {
    let run_at = now.duration_trunc(GATHER).unwrap_or(now) + GATHER;
    NewJob {
        kind: REFRESH_OPEN_DAYS,
        payload: serde_json::json!(RefreshOpenDays { celebrity }),
        dedupe_key: format!("{REFRESH_OPEN_DAYS}/{celebrity}/{}", run_at.timestamp()),
        run_at,
    }
}

/// Owes the making anew of days that time has passed over, spread over an hour.
pub(crate) async fn take_up_stale(site: &Services, tx: &mut Tx) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let stale = catalog::queries::open_days_before(tx, now - STALE, REFRESHED_MAX).await?;
    let pause = TimeDelta::hours(1) / i32::try_from(stale.len().max(1)).unwrap_or(i32::MAX);
    for (index, celebrity) in (0..).zip(stale) {
        // One for each hour, whichever server sweeps.
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now).timestamp();
        let dedupe_key = format!("{REFRESH_OPEN_DAYS}/{celebrity}/stale/{hour}");
        let job = NewJob { dedupe_key, run_at: now + pause * index, ..refresh_job(celebrity, now) };
        jobs::enqueue(tx, &*site.chance, now, &job).await?;
    }
    Ok(())
}

/// The job: makes the days anew.
pub(crate) async fn refresh(site: &Services, RefreshOpenDays { celebrity }: RefreshOpenDays) -> Result<(), Failure> {
    store(site, celebrity).await.map_err(|error| Failure::Retry(error.to_string()))
}

async fn store(site: &Services, celebrity: CelebrityId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let days = overviews::availability::open_days(&mut tx, celebrity, now, DAYS_AHEAD).await?;
    catalog::commands::store_open_days(&mut tx, celebrity, &days, now).await?;
    Ok(tx.commit().await?)
}
